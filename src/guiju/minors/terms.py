"""What holds for one account at one moment: its band's limits, made stricter or lifted as its guardian decided."""

from __future__ import annotations

import msgspec

from guiju.minors.calendar import MINUTE, clock, clock_text, day_of
from guiju.minors.policy import Band, MinorsPolicy
from guiju.minors.profile import GuardianRule, Profile, RuleKind
from guiju.minors.reasons import GUARDIAN


class Window(msgspec.Struct, frozen=True):
    """A part of the day without service, in minutes of the day, and what it rests on."""

    start: int
    until: int
    source: str

    @property
    def words(self) -> tuple[str, str]:
        """Both ends as ``HH:MM``."""
        return clock_text(self.start), clock_text(self.until)


class Amount(msgspec.Struct, frozen=True):
    """A limit in the unit of its place, and what it rests on."""

    value: int
    source: str


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """The limits in force. None where there is none; times in microseconds, money in fen."""

    band: Band
    daily: Amount | None
    continuous: Amount | None
    curfews: tuple[Window, ...]
    single_spend: Amount
    daily_spend: Amount
    features: frozenset[str]
    features_by_guardian: frozenset[str]
    characters: frozenset[str]
    links: bool
    paused: bool


def terms(policy: MinorsPolicy, band: Band, profile: Profile, now: int) -> Terms:
    """The limits for a minor at ``now``. Where several bind, the strictest does; the order of the decisions is nothing."""
    rules = [rule for rule in profile.rules if rule.in_force(now)]
    limits = [rule for rule in rules if rule.kind is RuleKind.LIMIT]
    lifted = {rule.scope for rule in rules if rule.kind is RuleKind.EXEMPTION} & policy.exemptible
    daily = Amount(band.daily.minutes(policy.kind_of(day_of(now))) * MINUTE, band.daily.source)
    continuous = Amount(band.continuous.value * MINUTE, band.continuous.source)
    return Terms(
        band=band,
        daily=_least(None if "daily" in lifted else daily, limits, "daily", MINUTE),
        continuous=_least(None if "continuous" in lifted else continuous, limits, "continuous", MINUTE),
        curfews=_curfews(band, limits, exempt="curfew" in lifted),
        single_spend=_least(Amount(band.spend.single, band.spend.source), limits, "single_spend") or _NOTHING,
        daily_spend=_least(Amount(band.spend.daily, band.spend.source), limits, "daily_spend") or _NOTHING,
        features=band.without.names,
        features_by_guardian=_names(limits, "features"),
        characters=_names(limits, "characters"),
        links=band.links.allowed or "links" in lifted,
        paused=any(rule.scope == "all" for rule in limits),
    )


_NOTHING = Amount(0, GUARDIAN)


def _least(amount: Amount | None, limits: list[GuardianRule], scope: str, unit: int = 1) -> Amount | None:
    """The strictest of the policy's amount and the guardian's; on a tie the policy's."""
    values = [rule.value * unit for rule in limits if rule.scope == scope]
    if not values or (amount is not None and amount.value <= min(values)):
        return amount
    return Amount(min(values), GUARDIAN)


def _names(limits: list[GuardianRule], scope: str) -> frozenset[str]:
    return frozenset(name for rule in limits if rule.scope == scope for name in rule.names)


def _curfews(band: Band, limits: list[GuardianRule], *, exempt: bool) -> tuple[Window, ...]:
    found = set[tuple[int, int]]()
    for rule in limits:
        if rule.scope == "curfew":
            found |= {pair for name in rule.names if (pair := window(name)) is not None}
    own = () if exempt else (Window(*band.curfew.minutes, band.curfew.source),)
    return (*own, *(Window(start, until, GUARDIAN) for start, until in sorted(found)))


def window(text: str) -> tuple[int, int] | None:
    """Both ends of ``HH:MM-HH:MM`` in minutes of the day; None if it is no such window."""
    start, _, until = text.partition("-")
    first, last = clock(start.strip()), clock(until.strip())
    return None if first is None or last is None or first == last else (first, last)
