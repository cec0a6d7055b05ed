"""The bucket of messages that one address has: it empties with every message and fills again with time."""

from __future__ import annotations

import msgspec

WHOLE = 1000
"""Thousandths that make one message."""


class Allowance(msgspec.Struct, frozen=True):
    """What an address has left: thousandths of a message, and when (µs) that was true."""

    level: int
    at: int


def refill(kept: Allowance | None, now: int, most: int, per_hour: int) -> Allowance:
    """What is there at ``now``: full for a stranger, otherwise filled by ``per_hour`` up to ``most`` messages.

    A clock that was moved back takes nothing away.
    """
    if kept is None:
        return Allowance(most * WHOLE, now)
    passed = max(0, now - kept.at)
    return Allowance(min(most * WHOLE, kept.level + passed * per_hour * WHOLE // 3_600_000_000), max(now, kept.at))


def take(there: Allowance) -> Allowance | None:
    """One message less; None where there is none left."""
    return Allowance(there.level - WHOLE, there.at) if there.level >= WHOLE else None


def minutes_to_wait(there: Allowance, per_hour: int) -> int:
    """Until the next message is taken, rounded up."""
    missing = WHOLE - there.level
    return max(1, -(-missing * 60 // (WHOLE * per_hour)))
