"""The lease on a case: taken by one conditional UPDATE, its times kept, asked for before anything is decided."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import F, Q

from guiju.errors import InvalidTransition, LeaseLost
from guiju.store import desk_policy
from guiju.store.actor import Actor
from guiju.store.audit import append
from guiju.store.models import Case, CaseClaim, User
from guiju.store.validation import fresh

End = CaseClaim.End


def take(by: Actor, user: User, key: int, now: datetime) -> bool:
    """Take the case with this key, or extend the claim one holds; False if somebody else holds it or it is decided."""
    until = now + timedelta(minutes=desk_policy.in_force().lease_minutes)
    row = Case.objects.filter(pk=key, status=Case.Status.OPEN)
    if row.filter(claimed_by=user, claimed_until__gt=now).update(claimed_until=until):
        CaseClaim.objects.filter(case_id=key, ended_at=None).update(until=until)
        append(by, "case.extend", Case(pk=key))
        return True
    free = Q(claimed_until=None) | Q(claimed_until__lte=now)
    if not row.filter(free).update(claimed_by=user, claimed_at=now, claimed_until=until):
        return False
    CaseClaim.objects.filter(case_id=key, ended_at=None).update(ended_at=F("until"), end=End.LAPSED)
    CaseClaim.objects.create(case_id=key, reviewer=user, claimed_at=now, until=until)
    append(by, "case.claim", Case(pk=key))
    return True


def held(by: Actor, case: Case, now: datetime, target: str) -> Case:
    """The row as it is now, if ``by`` holds it and it is open.

    Raises:
        InvalidTransition: it is decided. LeaseLost: somebody else holds it, or nobody.
    """
    row = fresh(case)
    if row.status == Case.Status.DECIDED:
        raise InvalidTransition(what_zh="案件", what_en="case", state=row.status, target=target)
    mine = by.user is not None and row.claimed_by_id == by.user.pk
    if not mine or row.claimed_until is None or row.claimed_until <= now:
        raise LeaseLost(case=row.pk)
    return row


def ended(case: Case, now: datetime, how: CaseClaim.End) -> None:
    """Note how and when the present claim of a case ended."""
    CaseClaim.objects.filter(case_id=case.pk, ended_at=None).update(ended_at=now, end=how)
