"""The review desk in figures: what waits, how fast it goes, how often it was wrong, how many people it needs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q
from django.db.models.functions import TruncDate
from django.utils import timezone

from guiju.china import china_day
from guiju.desk import Agreement, Share, percentile, share, staffing
from guiju.store import desk_policy, second_reviews
from guiju.store.desk_counts import FIRED, FIRST_JUDGED, JUDGED, TOOK
from guiju.store.finished_days import between
from guiju.store.models import Appeal, Case, CaseClaim

_ZONE = ZoneInfo("Asia/Shanghai")  # databases know zones by name
_AGES = (1, 4, 24)
_OPEN = Q(status=Case.Status.OPEN)


@dataclass(frozen=True)
class Backlog:
    """What waits at a moment.

    Attributes:
        waiting: open cases. ``held``: of these, in somebody's hands. ``late``: past their deadline. ``escalated``.
        ages: how many wait under 1, under 4, under 24 hours, and longer. ``oldest``: when the oldest was opened.
        by_service, by_risk: the largest groups.
    """

    waiting: int
    held: int
    late: int
    escalated: int
    ages: tuple[int, int, int, int]
    oldest: datetime | None
    by_service: tuple[tuple[str, int], ...]
    by_risk: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Times:
    """Seconds: of handling (from claim to decision) and from opening to decision, at the median and the 95th percentile."""

    cases: int
    handling_p50: float | None
    handling_p95: float | None
    handling_mean: float | None
    waiting_p50: float | None
    waiting_p95: float | None


@dataclass(frozen=True)
class RulePrecision:
    """How often reviewers confirmed what a rule had found."""

    detector: str
    rule: str
    confirmed: Share


@dataclass(frozen=True)
class Staff:
    """Reviewers that decided a case, cases opened a day, and reviewers that so many need at the present pace."""

    reviewers: int
    cases_a_day: float
    needed: float | None

    @property
    def enough(self) -> bool | None:
        """Whether those who work are as many as the volume needs; ``None`` where the pace is not known."""
        return None if self.needed is None else self.reviewers >= self.needed


@dataclass(frozen=True)
class Days:
    """Cases opened, decided and decided late on each day of a span, days in China (UTC+8)."""

    days: tuple[date, ...]
    opened: tuple[int, ...]
    decided: tuple[int, ...]
    late: tuple[int, ...]


def backlog(now: datetime) -> Backlog:
    """What waits now."""
    rows = Case.objects.filter(_OPEN)
    edges = [now - timedelta(hours=hours) for hours in _AGES]
    seen = rows.aggregate(
        all=Count("id"),
        held=Count("id", filter=Q(claimed_until__gt=now)),
        late=Count("id", filter=Q(due_at__lt=now)),
        escalated=Count("id", filter=Q(verdict=Case.Verdict.UNSURE)),
        hour=Count("id", filter=Q(opened_at__gt=edges[0])),
        few=Count("id", filter=Q(opened_at__gt=edges[1], opened_at__lte=edges[0])),
        day=Count("id", filter=Q(opened_at__gt=edges[2], opened_at__lte=edges[1])),
        more=Count("id", filter=Q(opened_at__lte=edges[2])),
    )
    return Backlog(
        waiting=seen["all"],
        held=seen["held"],
        late=seen["late"],
        escalated=seen["escalated"],
        ages=(seen["hour"], seen["few"], seen["day"], seen["more"]),
        oldest=rows.order_by("opened_at").values_list("opened_at", flat=True).first(),
        by_service=_groups("service"),
        by_risk=_groups("risk"),
    )


def days(since: datetime, until: datetime) -> Days:
    """Cases a day from the day of ``since`` to that of ``until``."""
    first, last = china_day(since), china_day(until)
    listed = tuple(first + timedelta(days=n) for n in range((last - first).days + 1))
    opened, _ = _a_day("opened_at", Q(opened_at__gte=since, opened_at__lte=until))
    decided, late = _a_day("decided_at", JUDGED & Q(decided_at__gte=since, decided_at__lte=until))
    columns = (tuple(counts[day] for day in listed) for counts in (opened, decided, late))
    return Days(listed, *columns)


def times(since: datetime, until: datetime) -> Times:
    """How long decided cases took. The last claim counts: the one that ended in the decision."""
    took = [one for _, day in between(TOOK, since, until, timezone.now()) for one in day]
    handling, waiting = [one.handling / 1000 for one in took], [one.waiting / 1000 for one in took]
    return Times(
        cases=len(took),
        handling_p50=percentile(handling, 50),
        handling_p95=percentile(handling, 95),
        handling_mean=sum(handling) / len(handling) if handling else None,
        waiting_p50=percentile(waiting, 50),
        waiting_p95=percentile(waiting, 95),
    )


def overturned(since: datetime, until: datetime) -> Share:
    """Of first decisions of the span, those a settling or a granted appeal overturned since."""
    decided = Case.objects.filter(FIRST_JUDGED, decided_at__gte=since, decided_at__lt=until)
    granted = Appeal.objects.filter(outcome=Appeal.Outcome.GRANTED, record__isnull=False).values("record")
    settled = Q(overturned_at__isnull=False)
    appealed = Q(record__in=granted, verdict=Case.Verdict.VIOLATION)
    return share(decided.filter(settled | appealed).count(), decided.count())


def agreed(since: datetime, until: datetime) -> Agreement:
    """Cohen's kappa of first and second reviews of the span."""
    return second_reviews.measured(since, until)


def precision(since: datetime, until: datetime, most: int = 20) -> list[RulePrecision]:
    """Rules by how often reviewers confirmed what they found, the most often met first."""
    met: Counter[tuple[str, str]] = Counter()
    right: Counter[tuple[str, str]] = Counter()
    for _, day in between(FIRED, since, until, timezone.now()):
        for one in day:
            met[one.detector, one.rule] += one.met
            right[one.detector, one.rule] += one.confirmed
    return [RulePrecision(*key, share(right[key], count)) for key, count in met.most_common(most)]


def staff(since: datetime, until: datetime, took: Times) -> Staff:
    """Reviewers against volume over a span (SVC-02), whose cases ``took`` so long."""
    length = max((until - since).total_seconds() / 86400, 1 / 24)
    opened = Case.objects.filter(opened_at__gte=since, opened_at__lt=until).count()
    deciders = CaseClaim.objects.filter(end=CaseClaim.End.DECIDED, ended_at__gte=since, ended_at__lt=until)
    people = deciders.order_by().values("reviewer").distinct().count()
    a_day, pace = opened / length, took.handling_mean
    needed = None if pace is None else staffing(a_day, pace, desk_policy.in_force().staffing)
    return Staff(people, a_day, needed)


def _groups(field: str, most: int = 8) -> tuple[tuple[str, int], ...]:
    rows = Case.objects.filter(_OPEN).order_by().values_list(field).annotate(total=Count("id"))
    return tuple(rows.order_by("-total", field)[:most])


def _a_day(field: str, which: Q) -> tuple[Counter[date], Counter[date]]:
    """Cases by the day of ``field``, and of these the ones whose deadline had passed by then."""
    rows = Case.objects.filter(which).exclude(verdict=Case.Verdict.SPLIT).order_by()
    late = Count("id", filter=Q(**{f"{field}__gt": F("due_at")}))
    counted = list(rows.values_list(TruncDate(field, tzinfo=_ZONE)).annotate(total=Count("id"), late=late))
    return Counter({day: total for day, total, _ in counted}), Counter({day: late for day, _, late in counted})
