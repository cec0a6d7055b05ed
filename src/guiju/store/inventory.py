"""The inventory held against traffic: what every integration declared, what it does, and what is to be remarked."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

import msgspec
from django.db.models import OuterRef, Q, Subquery, Sum

from guiju.china import china_day
from guiju.errors import KeyMissing, KeyUnknown
from guiju.inventory import Facts, Remark, remarks
from guiju.inventory.standing import rules
from guiju.store.finished_days import lately, start_of
from guiju.store.models import Integration, IntegrationKey, Record, Refusal
from guiju.store.traffic import EXCHANGES, FINDINGS, Findings

DAYS = 30
_FIELD = "guiju.domain."


class Line(msgspec.Struct, frozen=True):
    """One integration: who it is, what it did in the span, what is to be remarked."""

    id: str
    name: str
    owner: str
    purpose: str
    status: str
    calls: int
    last_call: datetime | None
    remarks: tuple[Remark, ...]


class Reconciliation(msgspec.Struct, frozen=True):
    """The inventory over a span.

    Attributes:
        unknown: refused calls by callers nobody registered, by the keyed hash of their address.
    """

    days: int
    lines: tuple[Line, ...]
    unknown: dict[str, int]

    @property
    def remarked(self) -> tuple[Line, ...]:
        """The integrations something is to be said about."""
        return tuple(line for line in self.lines if line.remarks)


def reconcile(now: datetime, days: int = DAYS) -> Reconciliation:
    """Hold every integration against its traffic of the last ``days`` in China, today included."""
    today = china_day(now)
    spans = [today - timedelta(days=back) for back in range(days - 1, -1, -1)]
    calls: dict[str, Counter[date]] = defaultdict(Counter)
    for day, traffic in lately(EXCHANGES, days, now):
        for one in traffic:
            calls[one.integration][day] += one.exchanges
    fields = _fields(one for _, found in lately(FINDINGS, days, now) for one in found)
    newest = Record.objects.filter(integration_id=OuterRef("pk")).order_by("-at").values("at")[:1]
    last = dict(Integration.objects.annotate(at=Subquery(newest)).values_list("pk", "at"))
    unused = _unused_keys(now)
    lines = []
    for row in Integration.objects.select_related("service").order_by("name", "id"):
        daily = [calls[row.pk].get(day, 0) for day in spans]
        facts = Facts(
            approved=row.status == Integration.Status.APPROVED,
            purpose=row.purpose,
            created=row.created_at,
            reviewed=row.reviewed_at,
            filing_number=row.filing_number,
            filing_expires=row.filing_expires,
            days=daily,
            last_call=last.get(row.pk),
            fields=fields[row.pk],
            keys_unused=unused[row.pk],
        )
        found = tuple(remarks(facts, now, today))
        lines.append(Line(row.pk, row.name, row.owner, row.purpose, row.status, sum(daily), last.get(row.pk), found))
    return Reconciliation(days, tuple(lines), _unknown(start_of(spans[0])))


def _fields(findings: Iterable[Findings]) -> Mapping[str, Counter[str]]:
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for one in findings:
        if one.risk.startswith(_FIELD):
            found[one.integration][one.risk.removeprefix(_FIELD)] += one.records
    return found


def _unused_keys(now: datetime) -> Mapping[str, list[str]]:
    """Beginnings of the usable keys nobody called with lately, by integration."""
    since = now - timedelta(days=rules().unused_days)
    usable = IntegrationKey.objects.filter(Q(expires_at=None) | Q(expires_at__gt=now), revoked_at=None)
    idle = usable.filter(Q(last_used_at=None) | Q(last_used_at__lt=since), created_at__lt=since)
    found: dict[str, list[str]] = defaultdict(list)
    for integration, prefix in idle.order_by("created_at").values_list("integration_id", "prefix"):
        found[integration].append(prefix)
    return found


def _unknown(since: datetime) -> dict[str, int]:
    rows = Refusal.objects.filter(hour__gte=since, code__in=(KeyMissing.code, KeyUnknown.code), integration_id="")
    counted = rows.values("caller").annotate(n=Sum("count")).order_by("-n", "caller")[:100]
    return {row["caller"]: row["n"] for row in counted}
