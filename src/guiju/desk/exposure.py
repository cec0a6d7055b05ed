"""How much of the grave a reviewer has looked at, and when a break is due. Times are Unix seconds."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from guiju.desk.rules import ExposureLimits


class Sitting(msgspec.Struct, frozen=True):
    """One case in one reviewer's hands, from its claim to its end (or to now)."""

    begin: float
    end: float
    severe: bool = False


class Exposure(msgspec.Struct, frozen=True):
    """What a reviewer has behind himself or herself.

    Attributes:
        severe_cases, severe_minutes: of the shift. ``most_cases``, ``most_minutes``: what it may hold.
        since_break: minutes since the last break. ``break_due``: whether one is due.
    """

    severe_cases: int
    severe_minutes: int
    most_cases: int
    most_minutes: int
    since_break: int
    break_due: bool

    @property
    def full(self) -> bool:
        """Whether no more grave cases are to be shown in this shift."""
        return self.severe_cases >= self.most_cases or self.severe_minutes >= self.most_minutes


def exposure(
    sittings: Iterable[Sitting],
    now: float,
    limits: ExposureLimits,
    *,
    severe_cases: int | None = None,
    break_after: int | None = None,
) -> Exposure:
    """What counts of ``sittings`` at ``now``; the order they come in does not matter.

    A shift is the last ``shift_hours``. A break is a gap of ``break_minutes`` without a case in hand.

    Args:
        severe_cases, break_after: a person's own limits; they count where they are stricter.
    """
    since = now - limits.shift_hours * 3600
    recent = sorted((max(s.begin, since), min(s.end, now), s.severe) for s in sittings if s.end > since)
    severe = [(begin, end) for begin, end, grave in recent if grave and begin < now]
    worked = _since_break([(begin, end) for begin, end, _ in recent], now, limits.break_minutes * 60)
    longest = min(limits.break_after_minutes, break_after or limits.break_after_minutes)
    return Exposure(
        severe_cases=len(severe),
        severe_minutes=int(_covered(severe) // 60),
        most_cases=limits.severe_cases if severe_cases is None else min(limits.severe_cases, severe_cases),
        most_minutes=limits.severe_minutes,
        since_break=int(worked // 60),
        break_due=worked >= longest * 60,
    )


def _covered(spans: list[tuple[float, float]]) -> float:
    """Seconds that sorted spans cover, overlaps once."""
    total, reached = 0.0, float("-inf")
    for begin, end in spans:
        total += max(0.0, end - max(begin, reached))
        reached = max(reached, end)
    return total


def _since_break(spans: list[tuple[float, float]], now: float, gap: float) -> float:
    """Seconds from the end of the last gap to ``now``; 0 where the present moment is in one."""
    start = reached = None
    for begin, end in spans:
        if reached is None or begin - reached >= gap:
            start = begin
        reached = end if reached is None else max(reached, end)
    if start is None or reached is None or now - reached >= gap:
        return 0.0
    return now - start
