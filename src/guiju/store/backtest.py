"""What a policy would have decided over recorded exchanges: the findings in evidence judged again, no text read.

Records keep every finding, also those that changed nothing, so a policy can be judged over them without the texts. What
detectors or word lists of today would find is not asked here. An answer that was stopped keeps only the findings up to
there. Cost grows with the exchanges that had findings or failed checks; the others are counted, not read.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime

import msgspec
from django.db.models import Exists, OuterRef, Q, QuerySet

from guiju.accounts import Sanction, standing
from guiju.evidence.record import Exchange, Verdict, decode
from guiju.moderation.context import GOOD_STANDING, UNKNOWN_AGE, UNNAMED, Context
from guiju.moderation.policy import Policy
from guiju.nouns import Action, Direction, Failure, Finding
from guiju.store import care
from guiju.store.models import Integration, Record, RecordRisk
from guiju.store.models import Sanction as SanctionRow
from guiju.store.sanctions import as_value

SAMPLES = 10
"""Content numbers kept for each kind of change."""
_CHUNK = 1000
_MODALITIES = {"images": "image", "audio.speech": "audio"}
"""By the endpoint of the record; what is not listed is text."""

Progress = Callable[[int, int], None]
"""Called with how many records were judged, and how many there are to judge."""


class Change(msgspec.Struct, frozen=True):
    """Verdicts that went from one action to another: how many, and the newest of them by content number."""

    direction: str
    before: str
    after: str
    count: int
    samples: tuple[str, ...] = ()


class Backtest(msgspec.Struct, frozen=True):
    """The outcome.

    Attributes:
        policy: version of the policy judged.
        exchanges: how many the span holds. ``judged``: those with something to judge; the others pass under any policy.
        verdicts: prompts and answers judged. ``same``: decided as before.
        changes: the others, the most frequent first.
    """

    policy: str
    exchanges: int
    judged: int
    verdicts: int
    same: int
    changes: tuple[Change, ...]

    @property
    def stricter(self) -> int:
        """Verdicts that would have been stricter."""
        return sum(c.count for c in self.changes if Action(c.after).rank > Action(c.before).rank)

    @property
    def milder(self) -> int:
        """Verdicts that would have been milder."""
        return sum(c.count for c in self.changes if Action(c.after).rank < Action(c.before).rank)


def backtest(
    policy: Policy, since: datetime, until: datetime, service: str = "", progress: Progress | None = None
) -> Backtest:
    """Judge the exchanges of a span again; ``service`` narrows it to one."""
    rows = Record.objects.filter(at__gte=since, at__lt=until)
    if service:
        rows = rows.filter(service=service)
    asked = rows.filter(
        Exists(RecordRisk.objects.filter(record=OuterRef("pk")))
        | Q(prompt_action="unchecked")
        | Q(answer_action="unchecked")
    )
    exchanges, total = rows.count(), asked.count()
    known = _Circumstances(policy)
    counts: Counter[tuple[str, str, str]] = Counter()
    samples: dict[tuple[str, str, str], list[str]] = {}
    judged = 0
    for exchange in _exchanges(asked):
        judged += 1
        context = known.of(exchange)
        for direction, verdict in ((Direction.PROMPT, exchange.prompt), (Direction.ANSWER, exchange.answer)):
            if verdict.action:
                after = _again(policy, direction, verdict, context)
                key = (direction.value, verdict.action, after.value)
                counts[key] += 1
                held = samples.setdefault(key, [])
                if len(held) < SAMPLES:
                    held.append(exchange.id)
        if progress is not None and judged % _CHUNK == 0:
            progress(judged, total)
    if progress is not None:
        progress(judged, total)
    changes = [Change(*key, count, tuple(samples[key])) for key, count in counts.most_common() if key[1] != key[2]]
    verdicts = counts.total()
    return Backtest(
        policy.version, exchanges, judged, verdicts, verdicts - sum(c.count for c in changes), tuple(changes)
    )


class _Circumstances:
    """What is known today of the circumstances exchanges were judged in. The field a text was of is not: no text is read."""

    def __init__(self, policy: Policy) -> None:
        self._purposes = dict(Integration.objects.values_list("id", "purpose"))
        self._profiles = care.profiles() if policy.asks("band") else {}
        self._bands = care.policy_in_force()
        self._sanctions: dict[str, list[Sanction]] = defaultdict(list)
        for row in SanctionRow.objects.all() if policy.asks("standing") else ():
            self._sanctions[row.account_id].append(as_value(row))

    def of(self, exchange: Exchange) -> Context:
        """The circumstances of one exchange: the account's age as it was then, and what bound it then
        and was not lifted since."""
        account, profile = exchange.account, self._profiles.get(exchange.account)
        step = standing(self._sanctions.get(account, ()), exchange.at).step(exchange.at) if account else None
        return Context(
            purpose=self._purposes.get(exchange.integration, ""),
            integration=exchange.integration,
            band=(profile.band_at(exchange.at, self._bands) if profile is not None else "") or UNKNOWN_AGE,
            standing=step.value if step is not None else GOOD_STANDING if account else UNNAMED,
            modality=_MODALITIES.get(exchange.endpoint, "text"),
        )


def _exchanges(rows: QuerySet[Record]) -> Iterator[Exchange]:
    """The bodies, newest first."""
    for body in rows.order_by("-at", "-id").values_list("body", flat=True).iterator(_CHUNK):
        found = decode(bytes(body))
        if isinstance(found, Exchange):
            yield found


def _again(policy: Policy, direction: Direction, verdict: Verdict, context: Context) -> Action:
    findings = [
        Finding(f.risk, f.detector, f.rule, f.score / 1000, f.where, f.spans, severity=f.severity)
        for f in verdict.findings
    ]
    failures = [Failure(f.detector, f.risks, f.error) for f in verdict.failures]
    return policy.decide(direction, findings, failures, context).action
