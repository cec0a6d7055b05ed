"""How the declared time limits were kept, kind by kind: what an inspector asks first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from statistics import median

from django.db.models import F, Q, QuerySet

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
    names = sorted(set(rows.values_list("kind", flat=True).order_by()))
    return tuple(_kept(name, rows.filter(kind=name), end) for name in names)


def _kept(name: str, rows: QuerySet[Complaint], end: datetime) -> Kept:
    answered = rows.filter(answered_at__lt=end)
    in_time = answered.filter(answered_at__lte=F("due_at"), missed=False).count()
    waiting = rows.filter(Q(answered_at=None) | Q(answered_at__gte=end), due_at__gt=end, missed=False).count()
    spans = [(a - r).total_seconds() / 3600 for a, r in answered.values_list("answered_at", "received_at") if a]
    received = rows.count()
    return Kept(
        kind=name,
        received=received,
        answered=len(spans),
        in_time=in_time,
        late=received - in_time - waiting,
        waiting=waiting,
        median_hours=round(median(spans), 1) if spans else None,
    )
