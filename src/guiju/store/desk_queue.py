"""The queue as it stands at a moment: which cases are free, for whom, and in which order they are worked off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Case as Choice
from django.db.models import F, IntegerField, Q, QuerySet, Value, When

from guiju.store import desk_policy
from guiju.store.models import Case, User


@dataclass(frozen=True)
class Wanted:
    """Which cases are asked for; empty means all of them.

    Attributes:
        risk: a risk with what is below it. ``service``: its short name. ``kind``: a value of ``Case.Kind``.
        due: ``late``, or ``soon`` for what is due within the policy's ``soon_minutes`` or late already.
    """

    risk: str = ""
    service: str = ""
    due: str = ""
    kind: str = ""

    def of(self, rows: QuerySet[Case], now: datetime) -> QuerySet[Case]:
        """Those of ``rows`` that are asked for."""
        if self.risk:
            below = Q(risk__startswith=f"{self.risk}/") | Q(risk__startswith=f"{self.risk}.")
            rows = rows.filter(Q(risk=self.risk) | below)
        if self.service:
            rows = rows.filter(service=self.service)
        if self.kind:
            rows = rows.filter(kind=self.kind)
        if self.due == "late":
            rows = rows.filter(due_at__lte=now)
        elif self.due == "soon":
            soon = desk_policy.in_force().urgency.soon_minutes
            rows = rows.filter(due_at__lte=now + timedelta(minutes=soon))
        return rows


EVERYTHING = Wanted()


def queue(now: datetime) -> QuerySet[Case]:
    """Cases nobody holds at ``now``, the most urgent first."""
    free = Q(claimed_until=None) | Q(claimed_until__lte=now)
    return in_order(Case.objects.filter(free, status=Case.Status.OPEN), now)


def in_order(rows: QuerySet[Case], now: datetime) -> QuerySet[Case]:
    """``rows`` as they are worked off: priority, with points on top for a deadline that is near or has passed."""
    urgency = desk_policy.in_force().urgency
    on_top = Choice(
        When(due_at__lte=now, then=Value(urgency.late_points)),
        When(due_at__lte=now + timedelta(minutes=urgency.soon_minutes), then=Value(urgency.soon_points)),
        default=Value(0),
        output_field=IntegerField(),
    )
    return rows.annotate(urgency=F("priority") + on_top).order_by("-urgency", "due_at", "id")


def not_theirs(user: User) -> Q:
    """Cases this user may not take: reviews of what he or she decided, and what he or she escalated."""
    kinds = Case.Kind
    decided_first = Q(kind__in=(kinds.SECOND, kinds.SETTLE), about__decided_by=user)
    decided_second = Q(
        kind=kinds.SETTLE, about__in=Case.objects.filter(later__kind=kinds.SECOND, later__decided_by=user)
    )
    escalated = Q(verdict=Case.Verdict.UNSURE, decided_by=user)
    return decided_first | decided_second | escalated


def took_part(user: User, case: Case) -> bool:
    """Whether this user decided what ``case`` reviews."""
    if case.kind == Case.Kind.FIRST or case.about_id is None:
        return False
    decided = Case.objects.filter(Q(pk=case.about_id) | Q(about=case.about_id, kind=Case.Kind.SECOND)).exclude(
        pk=case.pk
    )
    return decided.filter(decided_by=user).exists()


def hidden_from(user: User, case: Case) -> bool:
    """Whether the decision of ``case`` is kept from this user, because a blind second review of it is still open."""
    if case.kind != Case.Kind.FIRST or case.decided_by_id == user.pk:
        return False
    return case.later.filter(kind=Case.Kind.SECOND, status=Case.Status.OPEN).exists()


def still_blind() -> Q:
    """Decided cases whose blind second review is still open."""
    return Q(pk__in=Case.objects.filter(kind=Case.Kind.SECOND, status=Case.Status.OPEN).values("about"))
