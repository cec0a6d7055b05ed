"""What decided cases of a day amount to: which rules had fired, and how long the decisions took."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import msgspec
from django.db.models import Q

from guiju.errors import GuijuError
from guiju.evidence import Exchange, decode
from guiju.store.finished_days import Kind
from guiju.store.models import Case, CaseClaim

_MILLISECOND = timedelta(milliseconds=1)

JUDGED = Q(status=Case.Status.DECIDED, verdict__in=(Case.Verdict.VIOLATION, Case.Verdict.FINE))
"""Reviews that ended in a verdict."""
FIRST_JUDGED = JUDGED & Q(kind=Case.Kind.FIRST)
"""The first ones of them."""


class Fired(msgspec.Struct, frozen=True, array_like=True):
    """One rule: decided cases that it was behind, and those of them in which reviewers confirmed what it had found."""

    detector: str
    rule: str
    met: int
    confirmed: int


class Took(msgspec.Struct, frozen=True, array_like=True):
    """One decision, in milliseconds: of handling, from the claim on, and of waiting, since the case was opened."""

    handling: int
    waiting: int


def _fired(start: datetime, end: datetime) -> list[Fired]:
    decided = Case.objects.filter(FIRST_JUDGED, decided_at__gte=start, decided_at__lt=end).order_by()
    met: Counter[tuple[str, str]] = Counter()
    right: Counter[tuple[str, str]] = Counter()
    rows = decided.values_list("record__body", "verdict", "risk", "part")
    for body, verdict, risk, part in rows.iterator(chunk_size=2000):
        for key in rules_behind(bytes(body), risk, part):
            met[key] += 1
            right[key] += verdict == Case.Verdict.VIOLATION
    return [Fired(*key, count, right[key]) for key, count in sorted(met.items())]


def _took(start: datetime, end: datetime) -> list[Took]:
    ends = CaseClaim.objects.filter(end=CaseClaim.End.DECIDED, ended_at__gte=start, ended_at__lt=end).order_by()
    rows = ends.values_list("claimed_at", "ended_at", "case__opened_at")
    return [
        Took((end - claimed) // _MILLISECOND, (end - opened) // _MILLISECOND) for claimed, end, opened in rows if end
    ]


def rules_behind(body: bytes, risk: str, part: str) -> set[tuple[str, str]]:
    """The rules behind a case, as detector and rule: those that found its risk, in its part where it is about one."""
    try:
        exchange = decode(body)
    except GuijuError:
        return set()
    if not isinstance(exchange, Exchange):
        return set()
    both = (*exchange.prompt.findings, *exchange.answer.findings)
    return {(f.detector, f.rule) for f in both if f.risk == risk and part in ("", f.where)}


FIRED = Kind("fired", Fired, _fired)
TOOK = Kind("took", Took, _took)
