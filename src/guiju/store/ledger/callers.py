"""The inventory of integrations with its traffic, and the calls that belong to none."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Count, Q, Sum

from guiju.china import china_day
from guiju.errors import (
    IntegrationExpired,
    IntegrationNotApproved,
    IntegrationRetired,
    IntegrationSuspended,
    KeyMissing,
    KeyUnknown,
)
from guiju.law.ledger import CallerCounts, IntegrationFacts
from guiju.law.period import Period
from guiju.store.ledger.traffic import exchange_rows
from guiju.store.models import AuditEntry, Integration, Refusal

GRACE = timedelta(seconds=2)
"""Gateways take up a changed status within a second; exchanges that arrived in between were not yet refusable."""

_UNKNOWN = (KeyMissing.code, KeyUnknown.code)
_UNAPPROVED = (IntegrationNotApproved.code, IntegrationSuspended.code, IntegrationRetired.code, IntegrationExpired.code)


def integrations(slug: str, period: Period) -> tuple[IntegrationFacts, ...]:
    """Every integration of the service that is in use or had traffic in the span."""
    traffic = exchange_rows(slug, period).values("integration_id").annotate(n=Count("id")).order_by()
    requests = {row["integration_id"]: row["n"] for row in traffic}
    rows = Integration.objects.filter(service_id=slug).order_by("name", "id")
    shown = (row for row in rows if row.pk in requests or row.status != Integration.Status.RETIRED)
    return tuple(_facts(slug, row, period, requests.get(row.pk, 0)) for row in shown)


def callers(slug: str, period: Period) -> CallerCounts:
    """Unknown callers name no service: their refusals are the whole installation's."""
    ours = Integration.objects.filter(service_id=slug).values_list("id", flat=True)
    refusals = Refusal.objects.filter(hour__gte=period.start, hour__lt=period.end)
    counted = refusals.aggregate(
        unknown=Sum("count", filter=Q(code__in=_UNKNOWN)),
        unapproved=Sum("count", filter=Q(code__in=_UNAPPROVED, integration_id__in=list(ours))),
    )
    return CallerCounts(
        unattributed=exchange_rows(slug, period).filter(integration_id="").count(),
        refused_unknown=counted["unknown"] or 0,
        refused_unapproved=counted["unapproved"] or 0,
    )


def _facts(slug: str, row: Integration, period: Period, requests: int) -> IntegrationFacts:
    history = _history(row)
    return IntegrationFacts(
        id=row.pk,
        name=row.name,
        status=_status_at(history, period.end, row),
        owner=row.owner,
        purpose=row.purpose,
        filing_number=row.filing_number,
        filing_expires=row.filing_expires,
        reviewed_on=china_day(row.reviewed_at) if row.reviewed_at else None,
        requests=requests,
        requests_while_unapproved=_unapproved(slug, row, period, history) if requests else 0,
    )


def _history(row: Integration) -> list[tuple[datetime, str]]:
    """When the integration took on which status, from the audit log, oldest first."""
    entries = AuditEntry.objects.filter(object_type="Integration", object_id=row.pk)
    found = entries.filter(action__in=("integration.create", "integration.status")).order_by("id")
    return [(entry.at, entry.detail["after" if entry.action == "integration.status" else "status"]) for entry in found]


def _status_at(history: list[tuple[datetime, str]], moment: datetime, row: Integration) -> str:
    """The status in force just before ``moment``; where the log says nothing, the present one."""
    before = [status for at, status in history if at < moment]
    return before[-1] if before else row.status


def _unapproved(slug: str, row: Integration, period: Period, history: list[tuple[datetime, str]]) -> int:
    """Exchanges served while the integration was anything but approved."""
    ends = [*(at for at, _ in history[1:]), period.end]
    count = 0
    for (start, status), end in zip(history, ends, strict=True):
        since, until = max(start + GRACE, period.start), min(end, period.end)
        if status != Integration.Status.APPROVED and since < until:
            rows = exchange_rows(slug, period).filter(integration_id=row.pk)
            count += rows.filter(at__gte=since, at__lt=until).count()
    return count
