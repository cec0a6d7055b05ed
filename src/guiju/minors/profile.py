"""Who an account belongs to, as far as is known, and what its guardian decided. Times are microseconds UTC."""

from __future__ import annotations

import enum
import re
from datetime import date

import msgspec

from guiju.minors.calendar import day_of
from guiju.minors.policy import ADULT, MinorsPolicy

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


class Basis(enum.StrEnum):
    """How the age came to be known. A later statement never replaces one that stands further down by one further up."""

    NONE = "none"
    SUSPECTED = "suspected"
    STATED = "stated"
    GUARDIAN = "guardian"
    VERIFIED = "verified"

    @property
    def rank(self) -> int:
        """Weight against another basis."""
        return list(Basis).index(self)


class RuleKind(enum.StrEnum):
    """What a guardian's decision does."""

    CONSENT = "consent"
    LIMIT = "limit"
    EXEMPTION = "exemption"


class GuardianRule(msgspec.Struct, frozen=True, kw_only=True):
    """One decision of a guardian.

    Attributes:
        kind, scope: a limit on ``daily`` (minutes), ``continuous`` (minutes), ``curfew`` (``names`` holds windows, ``21:00-06:30``),
            ``single_spend`` and ``daily_spend`` (fen), ``features`` and ``characters`` (``names``), or ``all`` (use is
            paused); an exemption from ``daily``, ``continuous``, ``curfew`` or ``links``; a consent to ``companion`` or
            ``personal_information``.
        starts, ends, withdrawn: when it begins, ends by itself, and was taken back; None for never.
    """

    kind: RuleKind
    scope: str
    value: int = 0
    names: frozenset[str] = frozenset()
    starts: int = 0
    ends: int | None = None
    withdrawn: int | None = None

    def in_force(self, now: int) -> bool:
        """Whether it binds at ``now``. What was withdrawn stays so, whatever the clock says."""
        return self.withdrawn is None and self.starts <= now and (self.ends is None or now < self.ends)


LIMITS = frozenset({"daily", "continuous", "curfew", "single_spend", "daily_spend", "features", "characters", "all"})
EXEMPTIONS = frozenset({"daily", "continuous", "curfew", "links"})
CONSENTS = frozenset({"companion", "personal_information"})
SCOPES: dict[RuleKind, frozenset[str]] = {
    RuleKind.LIMIT: LIMITS,
    RuleKind.EXEMPTION: EXEMPTIONS,
    RuleKind.CONSENT: CONSENTS,
}
"""The scopes each kind of decision can have."""


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one account.

    Attributes:
        band: id of a band, ``adult``, or empty where unknown.
        born: ``YYYY-MM``, where stated; it outdates a band by itself.
        mode: minors' mode is on, whatever the age.
        rules: what guardians decided, in any order.
    """

    band: str = ""
    born: str = ""
    basis: Basis = Basis.NONE
    mode: bool = False
    rules: tuple[GuardianRule, ...] = ()

    def age(self, now: int) -> int | None:
        """Completed years, where the month of birth is known; the birthday counts as the month's last day."""
        found = _MONTH.fullmatch(self.born)
        return None if found is None else years(int(found[1]), int(found[2]), day_of(now))

    def band_at(self, now: int, policy: MinorsPolicy) -> str:
        """The band that holds now: by birth, as stated, or the cautious one in minors' mode. Empty for the unknown."""
        age = self.age(now)
        if age is not None:
            found = policy.band_of_age(age)
        else:
            found = self.band if self.band == ADULT or policy.band(self.band) is not None else ""
        if self.mode and found in ("", ADULT):
            return policy.suspected.band
        return found

    def below(self, years: int, now: int, policy: MinorsPolicy) -> bool:
        """Whether somebody may be younger than ``years``: a band that begins below counts as younger."""
        age = self.age(now)
        if age is not None:
            return age < years
        band = policy.band(self.band_at(now, policy))
        return band is not None and band.start < years


def years(year: int, month: int, today: date) -> int:
    """Completed years of somebody born in a month, on a day; never negative."""
    return max(0, today.year - year - (today.month <= month))


def month_of_birth(text: str) -> bool:
    """Whether ``text`` is a month as :attr:`Profile.born` holds it."""
    return _MONTH.fullmatch(text) is not None
