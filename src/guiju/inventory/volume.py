"""A day that stands out from the days before it."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt


def stands_out(before: Sequence[int], day: int, *, factor: float, least: int) -> bool:
    """Whether ``day`` calls are many after ``before``: ``factor`` times their mean, four deviations above, and ``least`` or more.

    The deviation is at least that of a Poisson count, so that quiet series do not make every small change stand out. Fewer than
    three days before say nothing.
    """
    if len(before) < 3 or day < least:
        return False
    mean = sum(before) / len(before)
    variance = sum((count - mean) ** 2 for count in before) / len(before)
    deviation = sqrt(max(variance, mean, 1.0))
    return day >= factor * mean and day > mean + 4 * deviation
