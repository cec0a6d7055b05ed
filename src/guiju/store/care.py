"""Minors' profiles, guardians' decisions and use, between rows and the values of the minors room.

Usage is bookkeeping, not an act of people: no audit entries. It is a set that only grows, so that gateways may store the
same thing twice, late, or in any order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Max

from guiju.minors import (
    ADULT,
    Basis,
    GuardianRule,
    Ledger,
    MinorsPolicy,
    Profile,
    Purchase,
    RuleKind,
    Span,
    policy_source,
)
from guiju.minors.calendar import DAY, day_of, start_of
from guiju.store.models import AuditEntry, CareProfile, GuardianDecision, MinorsPolicyVersion, UsageDay
from guiju.store.moments import micros

_LOOKED_AT = 2
"""Days of use that a decision can depend on: today, and yesterday for use that goes on over midnight."""


def policy_in_force() -> MinorsPolicy:
    """The newest version of the minors' policy; the shipped one before any was published."""
    row = MinorsPolicyVersion.objects.first()
    return policy_source.default() if row is None else policy_source.load(row.source)


def policy_number() -> int:
    """The number of the policy in force; 0 for the shipped one."""
    return MinorsPolicyVersion.objects.aggregate(last=Max("number"))["last"] or 0


def as_rule(row: GuardianDecision) -> GuardianRule:
    """A stored decision as a value."""
    return GuardianRule(
        kind=RuleKind(row.kind),
        scope=row.scope,
        value=row.value,
        names=frozenset(row.names),
        starts=micros(row.starts_at),
        ends=micros(row.expires_at) if row.expires_at is not None else None,
        withdrawn=micros(row.withdrawn_at) if row.withdrawn_at is not None else None,
    )


def as_profile(row: CareProfile, decisions: Iterable[GuardianDecision]) -> Profile:
    """A stored profile with its guardian's decisions as a value."""
    rules = tuple(as_rule(decision) for decision in decisions)
    return Profile(band=row.band, born=row.born, basis=Basis(row.basis), mode=row.mode, rules=rules)


def profile_of(account: str) -> Profile:
    """What is known of one account."""
    row = CareProfile.objects.filter(pk=account).first()
    if row is None:
        return Profile()
    return as_profile(row, GuardianDecision.objects.filter(account_id=account))


def profiles(accounts: Collection[str] | None = None) -> dict[str, Profile]:
    """Every account that something is known of which binds it, by pseudonym; grown-ups out of minors' mode are absent.

    Args:
        accounts: of these alone; of all where None.
    """
    decided, rows = GuardianDecision.objects.filter(withdrawn_at=None), CareProfile.objects.all()
    if accounts is not None:
        decided, rows = decided.filter(account__in=accounts), rows.filter(pk__in=accounts)
    decisions: dict[str, list[GuardianDecision]] = defaultdict(list)
    for decision in decided:
        decisions[decision.account_id].append(decision)
    rows = rows.exclude(band=ADULT, mode=False, born="")
    return {row.pk: as_profile(row, decisions[row.pk]) for row in rows}


class KnownProfiles:
    """:func:`profiles`, kept between asks: only accounts of which the audit log tells something new are read again.

    Entries of the log are numbered in the order in which they were committed, so that no clock is asked and none is missed.
    """

    _TELLING = (
        "minors.profile", "minors.state", "minors.suspect", "minors.clear", "guardian.decide", "guardian.withdraw",
    )  # fmt: skip
    _MOST = 500
    """Accounts above which everything is read at once."""

    def __init__(self) -> None:
        self._entry: int | None = None
        self._known: dict[str, Profile] = {}

    def now(self) -> Mapping[str, Profile]:
        """Every profile that binds. What was given out before is never changed."""
        last = (
            AuditEntry.objects.aggregate(last=Max("id"))["last"] or 0
        )  # before the rows: what comes between is seen again
        if self._entry is None or last < self._entry:  # the first time, or another database
            self._known = profiles()
        elif last > self._entry:
            self._learn(self._entry, last)
        self._entry = last
        return self._known

    def _learn(self, after: int, last: int) -> None:
        told = AuditEntry.objects.filter(id__gt=after, id__lte=last, action__in=self._TELLING)
        accounts = set(told.values_list("object_id", flat=True).order_by()[: self._MOST + 1])
        if len(accounts) > self._MOST:
            self._known = profiles()
        elif accounts:
            kept = {account: profile for account, profile in self._known.items() if account not in accounts}
            self._known = kept | profiles(accounts)


# --- usage -----------------------------------------------------------------------------------------------------------


def usage_since(changed: datetime | None, now: datetime) -> dict[str, Ledger]:
    """The use that still matters, by account: of all accounts, or of those stored since ``changed``."""
    rows = UsageDay.objects.filter(day__gt=day_of(micros(now)) - timedelta(days=_LOOKED_AT))
    if changed is not None:
        rows = rows.filter(updated_at__gte=changed)
    counting = policy_source.default().counting
    found: dict[str, Ledger] = {}
    for row in rows:
        found[row.account] = found.get(row.account, Ledger()).plus(_ledger(row), counting)
    return found


def usage_of(account: str, now: datetime, policy: MinorsPolicy) -> Ledger:
    """The use of one account that still matters."""
    ledger = Ledger()
    for row in UsageDay.objects.filter(account=account, day__gt=day_of(micros(now)) - timedelta(days=_LOOKED_AT)):
        ledger = ledger.plus(_ledger(row), policy.counting)
    return ledger


def store_usage(account: str, added: Ledger, policy: MinorsPolicy, now: datetime) -> None:
    """Add to what is stored; spans over midnight are divided between their days."""
    for day, part in sorted(_by_day(added).items()):
        with transaction.atomic():
            row, _ = UsageDay.objects.select_for_update().get_or_create(
                account=account, day=day, defaults={"updated_at": now}
            )
            joined = _ledger(row).plus(part, policy.counting)
            row.spans = [list(span) for span in joined.spans]
            row.purchases = {name: list(bought) for name, bought in joined.purchases.items()}
            row.reminded = dict(joined.reminded)
            row.updated_at = max(now, row.updated_at)
            row.save()


def used_minutes(account: str, last: date, days: int, policy: MinorsPolicy) -> list[tuple[date, int]]:
    """Minutes of use on each of the last days, oldest first."""
    rows = UsageDay.objects.filter(account=account, day__gt=last - timedelta(days=days), day__lte=last)
    minutes = {row.day: _ledger(row).usage(start_of(row.day), policy.counting).today // 60_000_000 for row in rows}
    wanted = [last - timedelta(days=days - 1 - n) for n in range(days)]
    return [(day, minutes.get(day, 0)) for day in wanted]


def _ledger(row: UsageDay) -> Ledger:
    return Ledger(
        tuple(Span(start, end) for start, end in row.spans),
        {name: Purchase(at, fen) for name, (at, fen) in row.purchases.items()},
        row.reminded,
    )


def _by_day(ledger: Ledger) -> Mapping[date, Ledger]:
    found: dict[date, Ledger] = {}

    def add(at: int, part: Ledger) -> None:
        day = day_of(at)
        have = found.get(day, Ledger())
        found[day] = Ledger(
            (*have.spans, *part.spans),
            {**have.purchases, **part.purchases},
            {**have.reminded, **part.reminded},
        )

    for start, end in ledger.spans:
        while start <= end:
            stop = min(end, start_of(day_of(start)) + DAY)
            add(start, Ledger((Span(start, stop),)))
            if stop == end:
                break
            start = stop
    for name, bought in ledger.purchases.items():
        add(bought.at, Ledger((), {name: bought}))
    for kind, at in ledger.reminded.items():
        add(at, Ledger((), {}, {kind: at}))
    return found
