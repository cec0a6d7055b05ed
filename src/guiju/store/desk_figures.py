"""The review desk in figures: what waits, how fast it goes, how often it was wrong, how many people it needs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q
from django.db.models.functions import TruncDate

from guiju.desk import Agreement, Share, percentile, share, staffing
from guiju.errors import GuijuError
from guiju.evidence import Exchange, decode
from guiju.law.period import CHINA
from guiju.store import desk_policy, second_reviews
from guiju.store.models import Appeal, Case, CaseClaim

_MOST = 20_000
_ZONE = ZoneInfo("Asia/Shanghai")  # databases know zones by name
_AGES = (1, 4, 24)
_OPEN = Q(status=Case.Status.OPEN)
_FIRST = Q(kind=Case.Kind.FIRST)
_JUDGED = Q(status=Case.Status.DECIDED, verdict__in=(Case.Verdict.VIOLATION, Case.Verdict.FINE))


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
    first, last = since.astimezone(CHINA).date(), until.astimezone(CHINA).date()
    listed = tuple(first + timedelta(days=n) for n in range((last - first).days + 1))
    opened = _a_day("opened_at", Q(opened_at__gte=since, opened_at__lte=until))
    decided = _a_day("decided_at", _JUDGED & Q(decided_at__gte=since, decided_at__lte=until))
    late = _a_day("decided_at", _JUDGED & Q(decided_at__gte=since, decided_at__lte=until, decided_at__gt=F("due_at")))
    columns = (tuple(counts[day] for day in listed) for counts in (opened, decided, late))
    return Days(listed, *columns)


def times(since: datetime, until: datetime) -> Times:
    """How long decided cases took, the newest 20,000 of the span. The last claim counts: the one that ended in the decision."""
    ends = CaseClaim.objects.filter(end=CaseClaim.End.DECIDED, ended_at__gte=since, ended_at__lt=until)
    rows = ends.order_by("-ended_at").values_list("claimed_at", "ended_at", "case__opened_at")[:_MOST]
    spans = [((end - claimed).total_seconds(), (end - opened).total_seconds()) for claimed, end, opened in rows if end]
    handling, waiting = [one for one, _ in spans], [other for _, other in spans]
    return Times(
        cases=len(spans),
        handling_p50=percentile(handling, 50),
        handling_p95=percentile(handling, 95),
        handling_mean=sum(handling) / len(handling) if handling else None,
        waiting_p50=percentile(waiting, 50),
        waiting_p95=percentile(waiting, 95),
    )


def overturned(since: datetime, until: datetime) -> Share:
    """Of first decisions of the span, those a settling or a granted appeal overturned since."""
    decided = Case.objects.filter(_FIRST & _JUDGED, decided_at__gte=since, decided_at__lt=until)
    granted = Appeal.objects.filter(outcome=Appeal.Outcome.GRANTED, record__isnull=False).values("record")
    settled = Q(overturned_at__isnull=False)
    appealed = Q(record__in=granted, verdict=Case.Verdict.VIOLATION)
    return share(decided.filter(settled | appealed).count(), decided.count())


def agreed(since: datetime, until: datetime) -> Agreement:
    """Cohen's kappa of first and second reviews of the span."""
    return second_reviews.measured(since, until)


def precision(since: datetime, until: datetime, most: int = 20) -> list[RulePrecision]:
    """Rules by how often reviewers confirmed what they found, the most often met first; the newest 20,000 decisions count."""
    decided = Case.objects.filter(_FIRST & _JUDGED, decided_at__gte=since, decided_at__lt=until)
    rows = decided.order_by("-decided_at").values_list("record__body", "verdict", "risk", "part")[:_MOST]
    met: Counter[tuple[str, str]] = Counter()
    right: Counter[tuple[str, str]] = Counter()
    for body, verdict, risk, part in rows.iterator(chunk_size=2000):
        for key in fired(bytes(body), risk, part):
            met[key] += 1
            right[key] += verdict == Case.Verdict.VIOLATION
    return [RulePrecision(*key, share(right[key], count)) for key, count in met.most_common(most)]


def staff(since: datetime, until: datetime) -> Staff:
    """Reviewers against volume over a span (SVC-02)."""
    length = max((until - since).total_seconds() / 86400, 1 / 24)
    opened = Case.objects.filter(opened_at__gte=since, opened_at__lt=until).count()
    deciders = CaseClaim.objects.filter(end=CaseClaim.End.DECIDED, ended_at__gte=since, ended_at__lt=until)
    people = deciders.order_by().values("reviewer").distinct().count()
    pace = times(since, until).handling_mean
    a_day = opened / length
    needed = None if pace is None else staffing(a_day, pace, desk_policy.in_force().staffing)
    return Staff(people, a_day, needed)


def fired(body: bytes, risk: str, part: str) -> set[tuple[str, str]]:
    """The rules behind a case: those that found its risk, in its part where it is about one."""
    try:
        exchange = decode(body)
    except GuijuError:
        return set()
    if not isinstance(exchange, Exchange):
        return set()
    both = (*exchange.prompt.findings, *exchange.answer.findings)
    return {(f.detector, f.rule) for f in both if f.risk == risk and part in ("", f.where)}


def _groups(field: str, most: int = 8) -> tuple[tuple[str, int], ...]:
    rows = Case.objects.filter(_OPEN).order_by().values_list(field).annotate(total=Count("id"))
    return tuple(rows.order_by("-total", field)[:most])


def _a_day(field: str, which: Q) -> Counter[date]:
    rows = Case.objects.filter(which).exclude(verdict=Case.Verdict.SPLIT).order_by()
    return Counter(dict(rows.values_list(TruncDate(field, tzinfo=_ZONE)).annotate(total=Count("id"))))
