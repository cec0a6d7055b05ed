"""Opening a case: what is known of it goes into its place in the queue, its deadline, and its sketch."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from guiju.desk import Signals, opening, sketch
from guiju.evidence.record import Exchange, RecordedFinding
from guiju.nouns import Part
from guiju.store import care, desk_policy
from guiju.store.models import Account, CareProfile, Case, CaseSketch
from guiju.text.reading import read

_ORDER = {"low": 0, "medium": 1, "high": 2}
_PARTS = msgspec.json.Decoder(tuple[Part, ...])
_KEPT = timedelta(minutes=10)
_HEARD = frozenset({"system", "developer"})
"""Roles whose words are the operator's own: they say nothing about what a case is like."""


class Reaches:
    """Accounts of an integration seen lately, counted as far as the policy tells them apart, anew every ten minutes."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[datetime, int]] = {}

    def of(self, integration: str, at: datetime) -> int:
        """How many accounts used ``integration`` in the days before ``at``."""
        known = self._known.get(integration)
        if known is None or at - known[0] >= _KEPT:
            policy = desk_policy.in_force()
            seen = Account.objects.filter(
                integration_id=integration, last_seen__gte=at - timedelta(days=policy.reach_days)
            )
            count = seen.order_by().values("pk")[: policy.most_reach].count()
            known = self._known[integration] = (at, count)
        return known[1]


def open_case(number: int, exchange: Exchange, at: datetime, *, reach: int, prompt: str = "", answer: str = "") -> Case:
    """The case of a record; the one that is there already is left as it is.

    Args:
        number: the record. ``prompt``, ``answer``: its texts as JSON arrays of parts, for the sketch only.
    """
    verdict = exchange.answer if exchange.answer.action == "review" else exchange.prompt
    severity = severest(f for f in verdict.findings if f.risk == verdict.risk)
    signals = Signals(verdict.risk[:60], severity, reach, is_minors(exchange.account))
    begun = opening(desk_policy.in_force(), signals)
    case, created = Case.objects.get_or_create(
        record_id=number,
        part="",
        kind=Case.Kind.FIRST,
        defaults={
            "opened_at": at,
            "due_at": at + timedelta(hours=begun.hours),
            "priority": begun.priority,
            "risk": signals.risk,
            "service": exchange.service,
            "severity": severity,
            "severe": begun.severe,
            "minors": begun.minors,
            "reach": reach,
            "deadline": begun.deadline,
        },
    )
    if created:
        keep_sketch(case, telling(answer if verdict is exchange.answer else prompt))
    return case


def severest(findings: Iterable[RecordedFinding]) -> str:
    """The highest severity among findings; medium where there is none."""
    return max((f.severity for f in findings), key=lambda severity: _ORDER.get(severity, 0), default="medium")


def is_minors(account: str) -> bool:
    """Whether an account is known or suspected to be a minor's."""
    if not account:
        return False
    row = CareProfile.objects.filter(pk=account).first()
    return row is not None and (row.mode or care.policy_in_force().band(row.band) is not None)


def telling(parts: str) -> str:
    """The words of a JSON array of parts that are a user's or a model's, the newest part first."""
    told = [part.text for part in _PARTS.decode(parts) if part.role not in _HEARD] if parts else []
    return "\n".join(reversed(told))


def keep_sketch(case: Case, text: str) -> None:
    """Keep what a case's text is like; nothing for one too short to be like anything."""
    made = sketch(read(text[:4000]).text)
    if made:
        CaseSketch.objects.update_or_create(case=case, defaults={"at": case.opened_at, "sketch": made})
