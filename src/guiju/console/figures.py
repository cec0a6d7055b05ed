"""Counts and series that stand on several screens, read with aggregates only.

Days are days in China (UTC+8). Days that are over are counted once (`guiju.store.finished_days`).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Sum
from django.utils import timezone

from guiju.china import china_day
from guiju.store.finished_days import lately, start_of
from guiju.store.models import CareCase, Case, Refusal, Usage
from guiju.store.traffic import EXCHANGES, FINDINGS


@dataclass(frozen=True)
class Day:
    """One day: exchanges recorded, and those of them where Guiju stepped in."""

    day: date
    exchanges: int
    flagged: int


def open_cases() -> int:
    """Cases that wait for a decision."""
    return Case.objects.filter(status=Case.Status.OPEN).count()


def open_crises() -> int:
    """People in a crisis whose contact nobody has reached yet; an index holds the few cases that are open."""
    still = CareCase.objects.filter(state__in=(CareCase.State.OPEN, CareCase.State.CONTACTED))
    return still.filter(kind=CareCase.Kind.CRISIS, state=CareCase.State.OPEN).count()


def last_days(count: int) -> list[date]:
    """The last ``count`` days, today included, oldest first."""
    today = china_day(timezone.now())
    return [today - timedelta(days=back) for back in reversed(range(count))]


def exchanges_by_day(count: int, integration: str = "", service: str = "") -> list[Day]:
    """Exchanges of the last ``count`` days, of everything or of one integration or service."""
    found = []
    for day, traffic in lately(EXCHANGES, count, timezone.now()):
        wanted = [one for one in traffic if integration in ("", one.integration) and service in ("", one.service)]
        found.append(Day(day, sum(one.exchanges for one in wanted), sum(one.flagged for one in wanted)))
    return found


def exchanges_by_integration(count: int) -> Counter[str]:
    """Exchanges of the last ``count`` days by integration."""
    total: Counter[str] = Counter()
    for _, traffic in lately(EXCHANGES, count, timezone.now()):
        for one in traffic:
            total[one.integration] += one.exchanges
    return total


@dataclass(frozen=True)
class Issued:
    """Answers and files that left with the implicit label: on each of some days, and by what gave them out."""

    days: tuple[date, ...]
    daily: tuple[int, ...]
    by_endpoint: tuple[tuple[str, int], ...]


def labels_issued(count: int) -> Issued:
    """The labels given out in the last ``count`` days."""
    days, daily, total = [], [], Counter[str]()
    for day, traffic in lately(EXCHANGES, count, timezone.now()):
        days.append(day)
        daily.append(sum(one.labelled for one in traffic))
        for one in traffic:
            total[one.endpoint] += one.labelled
    return Issued(tuple(days), tuple(daily), tuple((+total).most_common()))


def tokens_of(integration: str, count: int) -> int:
    """Tokens of one integration in the last ``count`` days, from the gateways' counters."""
    rows = Usage.objects.filter(integration_id=integration, window="d", start__gte=start_of(last_days(count)[0]))
    return int(rows.aggregate(total=Sum("tokens"))["total"] or 0)


def risks_found(count: int, most: int = 8) -> list[tuple[str, int]]:
    """The risks found most often in the last ``count`` days, with how many exchanges had them."""
    total: Counter[str] = Counter()
    for _, found in lately(FINDINGS, count, timezone.now()):
        for one in found:
            total[one.risk] += one.records
    return sorted(total.items(), key=lambda item: (-item[1], item[0]))[:most]


def refusals_of(integration: str | None, count: int) -> list[tuple[str, int]]:
    """Refused calls of the last ``count`` days by error code, the most frequent first."""
    rows = Refusal.objects.filter(hour__gte=start_of(last_days(count)[0]))
    if integration is not None:
        rows = rows.filter(integration_id=integration)
    counted = rows.order_by().values_list("code").annotate(total=Sum("count")).order_by("-total", "code")
    return [(code, total) for code, total in counted]
