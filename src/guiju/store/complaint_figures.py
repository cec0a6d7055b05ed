"""How the declared time limits were kept, kind by kind: what an inspector asks first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Q, QuerySet

from guiju.store.models import Complaint


@dataclass(frozen=True)
class Kept:
    """One kind of messages received in a span.

    Attributes:
        received: all of them. ``answered``: those with an answer. ``in_time``: those answered within their limit.
        late: answered after it, or still waiting beyond it. ``waiting``: not answered, and still within it.
        median_hours: from receipt to the first answer; None while there is none.
    """

    kind: str
    received: int
    answered: int
    in_time: int
    late: int
    waiting: int
    median_hours: float | None

    @property
    def due(self) -> int:
        """Those whose time limit says something already: answered, or past it."""
        return self.in_time + self.late

    @property
    def share(self) -> float | None:
        """``in_time`` of ``due``, 0 to 1; None while nothing is due."""
        return self.in_time / self.due if self.due else None


def figures(
    start: datetime, end: datetime, service: str | None = None, topics: tuple[str, ...] = ()
) -> tuple[Kept, ...]:
    """Every kind received in ``[start, end)``, looked at from ``end``; of one service, or of all; about some topics, or any."""
    rows = Complaint.objects.filter(received_at__gte=start, received_at__lt=end)
    if service is not None:
        rows = rows.filter(Q(service=service) | Q(service=None))
    if topics:
        rows = rows.filter(topic__in=topics)
    answered, waits = Q(answered_at__lt=end), Q(answered_at=None) | Q(answered_at__gte=end)
    counted = (
        rows.order_by()
        .values("kind")
        .annotate(
            received=Count("pk"),
            answered=Count("pk", filter=answered),
            in_time=Count("pk", filter=answered & Q(answered_at__lte=F("due_at"), missed=False)),
            waiting=Count("pk", filter=waits & Q(due_at__gt=end, missed=False)),
        )
        .order_by("kind")
    )
    return tuple(
        Kept(
            kind=one["kind"],
            received=one["received"],
            answered=one["answered"],
            in_time=one["in_time"],
            late=one["received"] - one["in_time"] - one["waiting"],
            waiting=one["waiting"],
            median_hours=_median_hours(rows.filter(answered, kind=one["kind"]), one["answered"]),
        )
        for one in counted
    )


def _median_hours(answered: QuerySet[Complaint], count: int) -> float | None:
    """The middle of the spans from receipt to answer: the database orders them and hands over the one or two there."""
    if not count:
        return None
    spans = answered.annotate(span=F("answered_at") - F("received_at")).order_by("span").values_list("span", flat=True)
    middle = list(spans[(count - 1) // 2 : count // 2 + 1])
    return round(float(sum(span.total_seconds() for span in middle)) / len(middle) / 3600, 1)
