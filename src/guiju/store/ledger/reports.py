"""Accounts reported to authorities, the last step of the ladder."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Count, F, Q

from guiju.law.ledger import ReportCounts
from guiju.law.period import Period
from guiju.store.models import AuthorityReport

State = AuthorityReport.State


def reports(slug: str, period: Period, limit_days: int) -> ReportCounts:
    """Reports of the service's accounts that were prepared or settled in the span, or waited during it."""
    limit = timedelta(days=limit_days)
    ours = AuthorityReport.objects.filter(account__integration__service=slug, prepared_at__lt=period.end)
    sent = Q(state=State.SENT, reported_at__lt=period.end)
    refused = Q(state=State.REFUSED, decided_at__lt=period.end)
    settled_before = Q(reported_at__lt=period.start) | Q(state=State.REFUSED, decided_at__lt=period.start)
    waiting = ~sent & ~refused
    slow = sent & Q(reported_at__gt=F("prepared_at") + limit)
    slow |= refused & Q(decided_at__gt=F("prepared_at") + limit)
    late = slow | waiting & Q(prepared_at__lt=period.end - limit)
    rows = ours.exclude(settled_before)
    counted = rows.aggregate(
        asked=Count("id"),
        sent=Count("id", filter=sent),
        refused=Count("id", filter=refused),
        waiting=Count("id", filter=waiting),
        late=Count("id", filter=late),
    )
    behind = rows.filter(late).order_by("prepared_at", "id").values_list("records", flat=True)[:20]
    return ReportCounts(**counted, sample=tuple(str(record) for records in behind for record in records[:1]))
