"""The inventory held against traffic: what every integration declared, what it does, and what is to be remarked."""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone

import msgspec
from django.core.cache import cache
from django.db.models import Count, OuterRef, Q, Subquery, Sum

from guiju.errors import KeyMissing, KeyUnknown
from guiju.inventory import Facts, Remark, remarks
from guiju.inventory.standing import rules
from guiju.law.period import china_day
from guiju.store.models import Integration, IntegrationKey, Record, RecordRisk, Refusal

DAYS = 30
_UTC8 = timezone(timedelta(hours=8))
_FIELD = "guiju.domain."
_LONGEST = timedelta(minutes=15)
"""A long exchange is recorded at its end."""


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
    """Hold every integration against its traffic of the last ``days``. Cost grows with the records of the span."""
    since = now - timedelta(days=days)
    calls, fields = _calls(since, now), _fields(since)
    newest = Record.objects.filter(integration_id=OuterRef("pk")).order_by("-at").values("at")[:1]
    last = dict(Integration.objects.annotate(at=Subquery(newest)).values_list("pk", "at"))
    unused, today = _unused_keys(now), china_day(now)
    spans = [today - timedelta(days=back) for back in range(days - 1, -1, -1)]
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
    return Reconciliation(days, tuple(lines), _unknown(since))


REGISTER = (
    "id", "name", "service", "owner", "contact", "purpose", "purpose_note", "minors", "status", "status_reason", "models_allowed",
    "filing_number", "filing_expires", "expires", "requests_per_minute", "tokens_per_day", "concurrent", "reviewed_at",
    "created_at", "calls", "last_call", "remarks",
)  # fmt: skip
"""Columns of the register."""


def register(now: datetime, days: int = DAYS) -> str:
    """The register of integrations as CSV, with a mark by which spreadsheets know UTF-8. No keys stand in it."""
    lines = {line.id: line for line in reconcile(now, days).lines}
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(REGISTER)
    for row in Integration.objects.order_by("name", "id"):
        line = lines[row.pk]
        own: dict[str, object] = {"service": row.service_id, "models_allowed": " ".join(row.models_allowed)}
        own |= {"calls": line.calls, "last_call": line.last_call, "remarks": "; ".join(r.zh for r in line.remarks)}
        writer.writerow([_cell(own[name] if name in own else getattr(row, name)) for name in REGISTER])
    return "\ufeff" + out.getvalue()


def _cell(value: object) -> str:
    """A value as text that no spreadsheet takes for a formula."""
    if value is None:
        return ""
    text = value.isoformat() if isinstance(value, datetime) else str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _calls(since: datetime, now: datetime) -> Mapping[str, Counter[object]]:
    found: dict[str, Counter[object]] = defaultdict(Counter)
    day, today = since.astimezone(_UTC8).date(), now.astimezone(_UTC8).date()
    while day <= today:
        for integration, calls in _calls_on(day, since, now).items():
            found[integration][day] = calls
        day += timedelta(days=1)
    return found


def _calls_on(day: date, since: datetime, now: datetime) -> dict[str, int]:
    """Calls of one day from ``since`` on. A whole day that is over no longer changes: its count is kept in memory."""
    start = datetime(day.year, day.month, day.day, tzinfo=_UTC8)
    end = start + timedelta(days=1)
    key = f"guiju:calls:{day}" if start >= since and end + _LONGEST < now else ""
    kept: dict[str, int] | None = cache.get(key) if key else None
    if kept is not None:
        return kept
    rows = Record.objects.filter(at__gte=max(start, since), at__lt=end).order_by()
    found = dict(rows.values_list("integration_id").annotate(total=Count("id")))
    if key:
        cache.set(key, found, 7 * 24 * 3600)
    return found


def _fields(since: datetime) -> Mapping[str, Counter[str]]:
    found: dict[str, Counter[str]] = defaultdict(Counter)
    rows = RecordRisk.objects.filter(at__gte=since, risk__startswith=_FIELD)
    for row in rows.values("record__integration_id", "risk").annotate(n=Count("id")).order_by():
        found[row["record__integration_id"]][row["risk"].removeprefix(_FIELD)] += row["n"]
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
