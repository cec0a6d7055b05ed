"""How strikes are spread over accounts, and what rules in the shadow would have done: the figures to tune a policy by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.db.models import Case as Choice
from django.db.models import Count, IntegerField, Max, QuerySet, Value, When

from guiju.accounts import AccountPolicy, Strike, Violation, points, strikes
from guiju.china import china_day
from guiju.store import models
from guiju.store.moments import micros

_FIELDS = ("record_id", "at", "risk", "streak", "severity", "disguised")


@dataclass(frozen=True)
class Spread:
    """Accounts by their strikes.

    Attributes:
        days: the window looked at. ``accounts``: those with a violation in it.
        bins: accounts by whole points; the last bin holds everything from :attr:`top` on.
        marks: the points at which rules with this window act, by rule id.
    """

    days: int
    accounts: int
    bins: tuple[int, ...]
    marks: tuple[tuple[str, int], ...]

    @property
    def top(self) -> int:
        """The points from which on accounts are counted together."""
        return len(self.bins) - 1

    def reached(self, points: int) -> int:
        """Accounts with at least so many points."""
        return sum(self.bins[min(points, self.top) :])


@dataclass(frozen=True)
class Rehearsed:
    """What one rule in the shadow would have done: days on which it would have acted, and on how many accounts."""

    rule: str
    step: str
    times: int
    accounts: int


def spread(policy: AccountPolicy, now: datetime, days: int = 30) -> Spread:
    """The strikes every account has at ``now`` from the last ``days``."""
    marks = _marks(policy, days)
    top = max(10, *(mark + 5 for _, mark in marks)) if marks else 10
    bins = [0] * (top + 1)
    since = now - timedelta(days=days)
    for example, accounts in _alone(policy, since, now):
        bins[min(top, points(example, policy, micros(now)))] += accounts
    for violations in _by_account(since, now):
        bins[min(top, points(violations, policy, micros(now)))] += 1
    return Spread(days, sum(bins), tuple(bins), marks)


@dataclass(frozen=True)
class Standing:
    """How one account stands with the rules that count points within one window.

    Attributes:
        days: the window. ``points``: those of the violations in it, as they weigh now.
        next_rule, next_at: the next rule with this window and its points; empty and 0 where the account has passed
            every one.
    """

    days: int
    points: int
    next_rule: str
    next_at: int


@dataclass(frozen=True)
class Tally:
    """How one account stands with all rules that count points.

    Attributes:
        strikes: what each violation in the longest window weighs now, by its record.
        standings: one per window, the shortest first.
    """

    strikes: dict[int, Strike]
    standings: tuple[Standing, ...]


def tally(account: models.Account, policy: AccountPolicy, now: datetime) -> Tally:
    """The strikes of one account at ``now``, within every window that a rule of the policy looks at."""
    windows = sorted({rule.days for rule in policy.rules if rule.points is not None and rule.days is not None}) or [30]
    rows = models.Violation.objects.filter(account=account, at__gt=now - timedelta(days=windows[-1])).order_by("id")
    found = [_counted(*row) for row in rows.values_list(*_FIELDS)]
    weighed = {int(strike.violation.record): strike for strike in strikes(found, policy, micros(now))}
    return Tally(weighed, tuple(_standing(found, policy, now, days) for days in windows))


def _standing(violations: list[Violation], policy: AccountPolicy, now: datetime, days: int) -> Standing:
    since = micros(now - timedelta(days=days))
    reached = points([violation for violation in violations if violation.at > since], policy, micros(now))
    mark, rule = min(((mark, rule) for rule, mark in _marks(policy, days) if mark > reached), default=(0, ""))
    return Standing(days, reached, rule, mark)


def rehearsals(now: datetime, days: int = 7) -> tuple[Rehearsed, ...]:
    """Rules in the shadow, over the last ``days`` days in China."""
    since = china_day(now) - timedelta(days=days - 1)
    rows = (
        models.ShadowStep.objects.filter(day__gte=since)
        .values("rule", "step")
        .annotate(times=Count("id"), accounts=Count("account", distinct=True))
        .order_by("rule", "step")
    )
    return tuple(Rehearsed(row["rule"], row["step"], row["times"], row["accounts"]) for row in rows)


def _alone(policy: AccountPolicy, since: datetime, until: datetime) -> Iterator[tuple[list[Violation], int]]:
    """Accounts with one violation, as most have: those whose violations weigh the same, as one example and their number."""
    steps = [
        When(at__lte=until - timedelta(days=step.after_days), then=Value(number))
        for number, step in reversed(list(enumerate(policy.decay, 1)))
    ]
    aged = Choice(*steps, default=Value(0), output_field=IntegerField())
    rows = _of_accounts(since, until, n=1).annotate(aged=aged)
    kinds = rows.values_list("risk", "severity", "disguised", "aged").annotate(at=Max("at"), n=Count("id")).order_by()
    for risk, severity, disguised, _, at, alike in kinds:
        yield [Violation("", micros(at), risk, 1, severity, disguised)], alike


def _by_account(since: datetime, until: datetime) -> Iterator[list[Violation]]:
    """The violations of each account that has several."""
    rows = _of_accounts(since, until, n__gt=1).order_by("account_id", "id")
    fields = rows.values_list("account_id", *_FIELDS)
    for _, group in groupby(fields.iterator(chunk_size=2000), key=lambda row: row[0]):
        yield [_counted(*row[1:]) for row in group]


def _counted(record: int, at: datetime, risk: str, streak: int, severity: str, disguised: bool) -> Violation:
    return Violation(str(record), micros(at), risk, streak, severity, disguised)


def _marks(policy: AccountPolicy, days: int) -> tuple[tuple[str, int], ...]:
    """Rules that act at so many points within this window."""
    return tuple((rule.id, rule.points) for rule in policy.rules if rule.points is not None and rule.days == days)


def _of_accounts(since: datetime, until: datetime, **how_many: int) -> QuerySet[Any]:
    """Violations of the span by accounts that have so many in it (``n``)."""
    rows = models.Violation.objects.filter(at__gt=since, at__lte=until)
    accounts = rows.values("account_id").annotate(n=Count("id")).filter(**how_many)
    return rows.filter(account_id__in=accounts.values("account_id"))
