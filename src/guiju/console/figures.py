"""Counts and series that stand on several screens, read with aggregates only.

Days are days in China (UTC+8). A day that is over no longer changes, so its count is kept in memory.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.cache import cache
from django.db.models import Count, Sum
from django.utils import timezone

from guiju.law.period import CHINA, china_day
from guiju.store.evidence import Query
from guiju.store.evidence.queries import matching
from guiju.store.models import Case, Record, RecordRisk, Refusal, Usage

_KEPT_SECONDS = 7 * 24 * 3600
_RISKS_SECONDS = 60


@dataclass(frozen=True)
class Day:
    """One day: exchanges recorded, and those of them where Guiju stepped in."""

    day: date
    exchanges: int
    flagged: int


def open_cases() -> int:
    """Cases that wait for a decision."""
    return Case.objects.filter(status=Case.Status.OPEN).count()


def last_days(count: int) -> list[date]:
    """The last ``count`` days, today included, oldest first."""
    today = china_day(timezone.now())
    return [today - timedelta(days=back) for back in reversed(range(count))]


def start_of(day: date) -> datetime:
    """When a day begins."""
    return datetime(day.year, day.month, day.day, tzinfo=CHINA)


def exchanges_by_day(count: int, integration: str = "", service: str = "") -> list[Day]:
    """Exchanges of the last ``count`` days, of everything or of one integration or service."""
    return [_day(day, integration, service) for day in last_days(count)]


def _day(day: date, integration: str, service: str) -> Day:
    over = _over(day)
    key = f"guiju:exchanges:{day}:{integration}:{service}"
    if over and (kept := cache.get(key)) is not None:
        return Day(day, *kept)
    span = Query(integration=integration, service=service, since=start_of(day), until=start_of(day) + timedelta(days=1))
    rows = matching(span)
    found = Day(day, rows.count(), rows.filter(flagged=True).count())
    if over:
        cache.set(key, (found.exchanges, found.flagged), _KEPT_SECONDS)
    return found


def exchanges_by_integration(count: int) -> Counter[str]:
    """Exchanges of the last ``count`` days by integration."""
    return _sum("integration_id", count)


def labels_by_endpoint(count: int) -> list[tuple[str, int]]:
    """Answers and files that left with the implicit label in the last ``count`` days, by what gave them out."""
    return _sum("endpoint", count, labelled=True).most_common()


def _sum(column: str, count: int, **which: bool) -> Counter[str]:
    """Records of the last ``count`` days by one of their columns, day by day: those that are over are kept."""
    total: Counter[str] = Counter()
    for day in last_days(count):
        total.update(_by(column, day, which))
    return total


def _by(column: str, day: date, which: dict[str, bool]) -> dict[str, int]:
    key = f"guiju:by:{column}:{day}"
    kept: dict[str, int] | None = cache.get(key) if _over(day) else None
    if kept is not None:
        return kept
    rows = Record.objects.filter(at__gte=start_of(day), at__lt=start_of(day) + timedelta(days=1), **which).order_by()
    found = dict(rows.values_list(column).annotate(total=Count("pk")))
    if _over(day):
        cache.set(key, found, _KEPT_SECONDS)
    return found


def _over(day: date) -> bool:
    """Whether its count no longer changes; a long exchange is recorded at its end."""
    return start_of(day) + timedelta(days=1, minutes=15) < timezone.now()


def tokens_of(integration: str, count: int) -> int:
    """Tokens of one integration in the last ``count`` days, from the gateways' counters."""
    rows = Usage.objects.filter(integration_id=integration, window="d", start__gte=start_of(last_days(count)[0]))
    return int(rows.aggregate(total=Sum("tokens"))["total"] or 0)


def risks_found(count: int, most: int = 8) -> list[tuple[str, int]]:
    """The risks found most often in the last ``count`` days, with how many exchanges had them."""
    key = f"guiju:risks:{china_day(timezone.now())}:{count}:{most}"
    found: list[tuple[str, int]] | None = cache.get(key)
    if found is None:
        rows = RecordRisk.objects.filter(at__gte=start_of(last_days(count)[0])).order_by()
        found = list(rows.values_list("risk").annotate(total=Count("pk")).order_by("-total", "risk")[:most])
        cache.set(key, found, _RISKS_SECONDS)
    return found


def refusals_of(integration: str | None, count: int) -> list[tuple[str, int]]:
    """Refused calls of the last ``count`` days by error code, the most frequent first."""
    rows = Refusal.objects.filter(hour__gte=start_of(last_days(count)[0]))
    if integration is not None:
        rows = rows.filter(integration_id=integration)
    counted = rows.order_by().values_list("code").annotate(total=Sum("count")).order_by("-total", "code")
    return [(code, total) for code, total in counted]
