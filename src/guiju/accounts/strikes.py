"""What a violation weighs: by risk, severity, disguise, repeated probing and age. Whole numbers, so that sums are exact."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from guiju.accounts.policy import AccountPolicy
from guiju.accounts.violation import Violation

MINUTE = 60_000_000
DAY = 86_400_000_000
FULL = 100
"""Per cent."""


class Strike(msgspec.Struct, frozen=True):
    """What one violation weighs at a moment: ``hundredths`` of a point, and whether probing made it weigh more."""

    violation: Violation
    hundredths: int
    probing: bool


def points(violations: Sequence[Violation], policy: AccountPolicy, now: int) -> int:
    """The strikes of these violations at ``now``, summed in hundredths and rounded down once."""
    return sum(strike.hundredths for strike in strikes(violations, policy, now)) // FULL


def strikes(violations: Sequence[Violation], policy: AccountPolicy, now: int) -> tuple[Strike, ...]:
    """What each of these violations weighs at ``now``, in their order."""
    probing = probes(violations, policy)
    return tuple(
        Strike(violation, _hundredths(violation, policy, now, violation.record in probing), violation.record in probing)
        for violation in violations
    )


def _hundredths(violation: Violation, policy: AccountPolicy, now: int, probing: bool) -> int:
    value = policy.weight(violation.risk) * FULL
    value = value * policy.severities.get(violation.severity, FULL) // FULL
    if violation.disguised:
        value = value * policy.disguise // FULL
    if probing and policy.probing is not None:
        value = value * policy.probing.percent // FULL
    return value * _left(violation, policy, now) // FULL


def _left(violation: Violation, policy: AccountPolicy, now: int) -> int:
    """How much of a violation its age has left, in per cent."""
    age = max(0, now - violation.at)
    passed = [step.percent for step in policy.decay if age >= step.after_days * DAY]
    return min(passed, default=FULL)


def probes(violations: Iterable[Violation], policy: AccountPolicy) -> frozenset[str]:
    """The records that tried the same risk again: so many within so many minutes, themselves included."""
    rule = policy.probing
    if rule is None:
        return frozenset()
    by_risk: dict[str, list[Violation]] = {}
    for violation in violations:
        by_risk.setdefault(violation.risk, []).append(violation)
    found: set[str] = set()
    for alike in by_risk.values():
        alike.sort(key=lambda violation: violation.at)
        start = 0
        for end, violation in enumerate(alike):
            while violation.at - alike[start].at > rule.minutes * MINUTE:
                start += 1
            if _at_once(alike, start, end) >= rule.times:
                found.add(violation.record)
    return frozenset(found)


def _at_once(alike: Sequence[Violation], start: int, end: int) -> int:
    """Violations from ``start`` on that lie no later than the one at ``end``; several of one moment count for each."""
    last = end
    while last + 1 < len(alike) and alike[last + 1].at == alike[end].at:
        last += 1
    return last - start + 1
