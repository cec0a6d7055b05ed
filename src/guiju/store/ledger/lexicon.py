"""The word lists in force, as GB/T 45654 counts them, and how they changed."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from functools import lru_cache

from guiju.china import china_day
from guiju.law.ledger import LexiconChange, LexiconFacts, RiskCount
from guiju.law.period import Period
from guiju.store.models import AuditEntry, WordList, WordListVersion
from guiju.store.services import word_lists


def facts() -> LexiconFacts:
    """Different words over all lists in force. Variants that read alike count once."""
    live = list(WordListVersion.objects.filter(pk__in=_live_ids()).select_related("list").order_by("list_id"))
    words, risks, sourced = _count(tuple((version.list_id, version.body) for version in live))
    first = AuditEntry.objects.filter(action=word_lists.LIVE).order_by("id").first()
    return LexiconFacts(
        version=_version([version.sha256 for version in live]),
        entries=words,
        by_risk=tuple(RiskCount(risk=risk, entries=n) for risk, n in risks),
        sourced=sourced,
        first_version_on=china_day(first.at) if first else None,
    )


def changes(period: Period) -> tuple[LexiconChange, ...]:
    """Changes of what is in force, oldest first; a change that added and removed nothing is none."""
    entries = AuditEntry.objects.filter(action=word_lists.LIVE, at__gte=period.start, at__lt=period.end).order_by("id")
    found = (
        LexiconChange(
            at=entry.at,
            version=f"{entry.object_id}@{entry.detail['after'] or 'off'}",
            added=entry.detail["added"],
            removed=entry.detail["removed"],
        )
        for entry in entries
    )
    return tuple(change for change in found if change.added or change.removed)


def _live_ids() -> list[int]:
    live = WordList.objects.exclude(live=None).values_list("live_id", flat=True)
    return [key for key in live if key is not None]


@lru_cache(maxsize=2)
def _count(bodies: tuple[tuple[str, str], ...]) -> tuple[int, tuple[tuple[str, int], ...], int]:
    """Different words, different words by risk, and how many words state a source."""
    by_risk: dict[str, set[str]] = defaultdict(set)
    sourced: set[str] = set()
    for slug, body in bodies:
        for word, risk, has_source in word_lists.canonical(slug, body):
            by_risk[risk.partition("/")[0]].add(word)
            if has_source:
                sourced.add(word)
    everything = set().union(*by_risk.values())
    return len(everything), tuple(sorted((risk, len(words)) for risk, words in by_risk.items())), len(sourced)


def _version(digests: list[str]) -> str:
    return hashlib.sha256("".join(sorted(digests)).encode()).hexdigest()[:12] if digests else ""
