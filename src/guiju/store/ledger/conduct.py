"""What was found illegal and what became of it: stopping, review, accounts."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from guiju.desk import staffing
from guiju.evidence import Outcome
from guiju.law.ledger import AccountHistory, DisposalCounts, Measure, ReviewCounts, Turn
from guiju.law.period import Period
from guiju.nouns import Action
from guiju.store import desk_policy
from guiju.store.evidence.retention import cutoff
from guiju.store.ledger.traffic import STOPS, exchange_rows, sample
from guiju.store.models import Case, CaseClaim, Record, RecordText, Sanction, Violation

_HELD_BACK = (*STOPS, Action.MASK.value)
_STOPPED = Q(prompt_action__in=_HELD_BACK) | Q(answer_action__in=_HELD_BACK)
_FIRST = Case.objects.filter(record=OuterRef("pk")).exclude(kind__in=(Case.Kind.SECOND, Case.Kind.SETTLE))
"""The cases of a record that decide about it; reviews of reviews only judge the judging."""
_OPEN = Q(waiting=True)
_CONFIRMED = Q(confirmed=True)


def disposals(slug: str, period: Period, now: datetime) -> DisposalCounts:
    """Stopped by the policy, waiting for a reviewer, or confirmed by one; a case decided as fine was no find."""
    rows = exchange_rows(slug, period).annotate(
        waiting=Exists(_FIRST.filter(status=Case.Status.OPEN)),
        confirmed=Exists(_FIRST.filter(verdict=Case.Verdict.VIOLATION)),
    )
    found = rows.filter(_STOPPED | _OPEN | _CONFIRMED)
    text = Exists(RecordText.objects.filter(record=OuterRef("pk")))
    kept = Q(at__lt=cutoff(now)) | Q(held=True)
    found = found.annotate(held=text)
    counted = found.aggregate(
        all=Count("id"),
        stopped=Count("id", filter=_STOPPED),
        left=Count("id", filter=~_STOPPED & _OPEN),
        kept=Count("id", filter=kept),
    )
    return DisposalCounts(
        found=counted["all"],
        stopped=counted["stopped"],
        waiting=counted["left"],
        kept=counted["kept"],
        sample=sample(found.exclude(_STOPPED | _OPEN), found.exclude(kept), found),
    )


def reviews(slug: str, period: Period, limit_hours: int) -> ReviewCounts:
    """Cases opened, decided and late in the span; an escalated case is still open."""
    cases = Case.objects.filter(record__service=slug, opened_at__lt=period.end).exclude(verdict=Case.Verdict.SPLIT)
    limit = timedelta(hours=limit_hours)
    decided = Q(status=Case.Status.DECIDED, decided_at__gte=period.start, decided_at__lt=period.end)
    open_at_end = ~Q(status=Case.Status.DECIDED) | Q(decided_at__gte=period.end)
    late = decided & Q(decided_at__gt=F("opened_at") + limit) | open_at_end & Q(opened_at__lt=period.end - limit)
    counted = cases.aggregate(
        opened=Count("id", filter=Q(opened_at__gte=period.start)),
        decided=Count("id", filter=decided),
        late=Count("id", filter=late),
        open=Count("id", filter=open_at_end),
        reviewers=Count("decided_by", filter=decided, distinct=True),
    )
    return ReviewCounts(
        opened=counted["opened"],
        decided=counted["decided"],
        late=counted["late"],
        open=counted["open"],
        reviewers=counted["reviewers"],
        needed=_needed(slug, period, counted["opened"]),
        sample=sample(_behind(cases.filter(late)), _behind(cases.filter(decided | open_at_end))),
    )


def _needed(slug: str, period: Period, opened: int) -> int | None:
    """Reviewers that so many cases need in the span, at the mean time a decision took in it."""
    ours = CaseClaim.objects.filter(case__service=slug, end=CaseClaim.End.DECIDED)
    rows = ours.filter(ended_at__gte=period.start, ended_at__lt=period.end).values_list("claimed_at", "ended_at")
    spans = [(end - begin).total_seconds() for begin, end in rows.iterator(chunk_size=2000) if end is not None]
    if not spans:
        return None
    a_day = opened * 86400 / (period.end - period.start).total_seconds()
    return math.ceil(staffing(a_day, sum(spans) / len(spans), desk_policy.in_force().staffing))


def accounts(slug: str, period: Period, at_least: int) -> Iterator[AccountHistory]:
    """Accounts with at least so many violations in the span, each loaded when it is its turn."""
    guilty = (
        _violations(slug, period)
        .values("account")
        .annotate(n=Count("id"))
        .filter(n__gte=at_least)
        .order_by("account")
        .values_list("account", flat=True)
    )
    for account in guilty.iterator(chunk_size=500):
        yield AccountHistory(account=account, turns=_turns(slug, period, account), measures=_measures(period, account))


def anonymous_violations(slug: str, period: Period) -> int:
    """Prompts the policy stopped in exchanges that named no account."""
    return exchange_rows(slug, period).filter(account="", prompt_action__in=STOPS).count()


def _violations(slug: str, period: Period) -> QuerySet[Violation]:
    ours = Record.objects.filter(pk=OuterRef("record_id"), service=slug)
    return Violation.objects.filter(Exists(ours), at__gte=period.start, at__lt=period.end)


def _turns(slug: str, period: Period, account: str) -> tuple[Turn, ...]:
    violated = Exists(Violation.objects.filter(record_id=OuterRef("pk")))
    rows = exchange_rows(slug, period).filter(account=account).exclude(outcome=Outcome.REFUSED)
    ordered = rows.annotate(violated=violated).order_by("at", "id").values_list("at", "violated", "id")
    return tuple(Turn(at=at, violated=bad, record=str(key)) for at, bad, key in ordered.iterator(chunk_size=2000))


def _measures(period: Period, account: str) -> tuple[Measure, ...]:
    """Measures in force at any moment of the span."""
    rows = Sanction.objects.filter(account_id=account, starts_at__lt=period.end).order_by("starts_at", "id")
    measures = (_measure(row) for row in rows)
    return tuple(one for one in measures if one.until is None or one.until > period.start)


def _measure(row: Sanction) -> Measure:
    return Measure(
        at=row.starts_at,
        until=min((end for end in (row.lifted_at, row.expires_at) if end is not None), default=None),
        kind=row.step,
        stops=row.step in (Sanction.Step.SUSPEND, Sanction.Step.CLOSE),
        reasoned=bool(row.reason.strip() and row.records),
    )


def _behind(cases: QuerySet[Case]) -> QuerySet[Record]:
    return Record.objects.filter(id__in=cases.values("record_id"))
