"""What a case is worth when it opens, and when it is due: from severity, reach, minors involved and the deadline."""

from __future__ import annotations

import msgspec

from guiju.desk.rules import DeskPolicy, under


class Signals(msgspec.Struct, frozen=True):
    """What is known of a case: its risk, how severe its findings are, the accounts it may reach, whether of a minor."""

    risk: str
    severity: str = "medium"
    reach: int = 0
    minor: bool = False


class Opening(msgspec.Struct, frozen=True):
    """Where a case begins.

    Attributes:
        priority: 0 to 100. ``hours``: within which it is due, by the deadline ``deadline``.
        minors: whether minors are involved. ``severe``: whether it is grave to look at.
    """

    priority: int
    hours: int
    deadline: str
    minors: bool
    severe: bool


def opening(policy: DeskPolicy, signals: Signals) -> Opening:
    """Priority and deadline of a new case. More of any signal never makes a case wait longer."""
    minors = signals.minor or under(signals.risk, policy.minors.risks)
    points = {str(name): worth for name, worth in policy.severity.items()}.get(signals.severity, 0)
    points += max((step.points for step in policy.reach if signals.reach >= step.at_least), default=0)
    points += policy.minors.points if minors else 0
    fitting = [line for line in policy.deadlines if line.fits(signals.risk, signals.severity, minors)]
    due = min(fitting, key=lambda line: line.hours)
    return Opening(
        priority=min(100, points),
        hours=due.hours,
        deadline=due.id,
        minors=minors,
        severe=policy.exposure.severe(signals.risk, signals.severity),
    )
