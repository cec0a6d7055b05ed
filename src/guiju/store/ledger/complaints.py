"""Complaints and their declared limits, as the checks ask about them."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from guiju.complaints import Limit
from guiju.law.ledger import ComplaintChannel, ComplaintCounts, ComplaintTopic
from guiju.law.period import Period
from guiju.store.complaint_figures import figures
from guiju.store.complaint_rules import kinds


def counts(slug: str, period: Period, topics: tuple[str, ...], now: datetime) -> ComplaintCounts:
    """Of the service or of none in particular, received in the span; looked at from its end, or from now."""
    kept = figures(period.start, min(period.end, now), slug, topics)
    return ComplaintCounts(
        received=sum(one.received for one in kept),
        in_time=sum(one.in_time for one in kept),
        late=sum(one.late for one in kept),
    )


def channel() -> ComplaintChannel:
    """The public page and what it takes."""
    topics = tuple(
        ComplaintTopic(topic.id, _working_days(kind.limit_of(topic.id)))
        for kind in kinds().kinds
        for topic in kind.topics
    )
    return ComplaintChannel(open=settings.GUIJU.complaints.open, topics=topics)


def _working_days(limit: Limit) -> int:
    """Hours count as the working days they may take at the least, rounded up: a day and a bit is two."""
    return limit.working_days if limit.working_days is not None else -(-(limit.hours or 0) // 24)
