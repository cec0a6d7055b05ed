"""Percentiles, shares with their interval, and the people a volume needs."""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec

from guiju.desk.rules import Staffing

_Z = 1.959964


class Share(msgspec.Struct, frozen=True):
    """``hits`` of ``of`` with the 95 % Wilson interval; ``value`` is ``None`` of nothing."""

    hits: int
    of: int
    value: float | None
    low: float
    high: float


def share(hits: int, of: int) -> Share:
    """A share and how sure it is."""
    if not of:
        return Share(hits, of, None, 0.0, 1.0)
    p, spread = hits / of, _Z**2 / of
    middle = (p + spread / 2) / (1 + spread)
    half = math.sqrt(p * (1 - p) * spread + spread**2 / 4) / (1 + spread)
    return Share(hits, of, p, max(0.0, middle - half), min(1.0, middle + half))


def percentile(values: Sequence[float], percent: float) -> float | None:
    """The smallest value that ``percent`` of the values do not exceed (nearest rank); ``None`` of nothing."""
    if not values:
        return None
    rank = max(1, math.ceil(len(values) * percent / 100))
    return sorted(values)[rank - 1]


def staffing(cases_a_day: float, seconds_a_case: float, rules: Staffing) -> float:
    """Reviewers that so many cases a day need, at so many seconds each."""
    return cases_a_day * seconds_a_case / (rules.hours_a_day * 3600 * rules.busy_percent / 100)
