"""What a reviewer is shown beside a case: cases alike, and what is known of the account. Blind where the case is blind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from guiju.desk import nearest
from guiju.store.desk_queue import still_blind
from guiju.store.models import Account, Case, CaseSketch, Record, Sanction, Violation

_LOOKED_AT = 3000
_LATELY = timedelta(days=30)


@dataclass(frozen=True)
class Alike:
    """A case whose text is like this one's, and how much, in per cent. ``shown``: whether its decision may be seen."""

    case: Case
    likeness: int
    shown: bool


@dataclass(frozen=True)
class History:
    """What is known of an account, up to ``until`` where a second reviewer must not see what followed.

    Attributes:
        exchanges, flagged: of the last thirty days. ``others``: newest flagged exchanges without a case of their own.
    """

    account: Account
    exchanges: int
    flagged: int
    violations: Sequence[Violation]
    sanctions: Sequence[Sanction]
    cases: Sequence[Case]
    others: Sequence[Record]


def alike(case: Case) -> list[Alike]:
    """The cases most like this one among the newest; never one about the same record."""
    mine = CaseSketch.objects.filter(pk=case.pk).values_list("sketch", flat=True).first()
    if mine is None:
        return []
    newest = CaseSketch.objects.exclude(case__record_id=case.record_id).filter(case__kind=Case.Kind.FIRST)
    rows = list(newest.order_by("-at", "-pk").values_list("pk", "sketch")[:_LOOKED_AT])
    near = nearest(bytes(mine), [bytes(sketch) for _, sketch in rows])
    found = Case.objects.select_related("decided_by").in_bulk([rows[one.place][0] for one in near])
    hidden = set(Case.objects.filter(still_blind(), pk__in=found).values_list("pk", flat=True))
    return [
        Alike(found[rows[one.place][0]], min(100, round(100 * one.likeness)), rows[one.place][0] not in hidden)
        for one in near
    ]


def history(account: Account, case: Case, now: datetime) -> History:
    """The account's past; of a blind second review only what was before the case."""
    blind = case.kind == Case.Kind.SECOND
    until = case.record.at if blind else now
    violations = account.violations.filter(at__lt=until)
    sanctions = account.sanctions.filter(starts_at__lt=until)
    earlier = Case.objects.filter(record__account=account.pk, status=Case.Status.DECIDED, kind=Case.Kind.FIRST)
    earlier = earlier.filter(decided_at__lt=until).exclude(still_blind()).exclude(record_id=case.record_id)
    records = Record.objects.filter(account=account.pk, at__gte=now - _LATELY, at__lt=now)
    others = records.filter(flagged=True, cases=None).exclude(pk=case.record_id)
    return History(
        account=account,
        exchanges=records.count(),
        flagged=records.filter(flagged=True).count(),
        violations=list(violations[:8]),
        sanctions=list(sanctions.order_by("-starts_at")[:8]),
        cases=list(earlier.order_by("-decided_at")[:5]),
        others=() if blind else list(others.order_by("-at")[:5]),
    )
