"""How much of the grave a reviewer has seen, and when a break is due."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from guiju.desk import DeskPolicy, Sitting, exposure

LIMITS = DeskPolicy.load().exposure
HOUR = 3600.0
NOW = 100 * HOUR
SITTINGS = st.lists(
    st.builds(
        lambda begin, long, grave: Sitting(NOW - begin, NOW - begin + min(long, begin), grave),
        st.floats(0, 20 * HOUR), st.floats(0, HOUR), st.booleans(),
    ),
    max_size=30,
)  # fmt: skip


def minutes(*pairs: tuple[float, float], severe: bool = False) -> list[Sitting]:
    """Sittings given as minutes before now."""
    return [Sitting(NOW - begin * 60, NOW - end * 60, severe) for begin, end in pairs]


def test_grave_cases_of_the_shift_count() -> None:
    seen = exposure(minutes((30, 20), (20, 5), severe=True) + minutes((5, 0)), NOW, LIMITS)
    assert (seen.severe_cases, seen.severe_minutes, seen.full) == (2, 25, False)
    early = exposure(minutes((9 * 60, 8 * 60 + 1), severe=True), NOW, LIMITS)
    assert (early.severe_cases, early.severe_minutes) == (0, 0)


def test_either_limit_fills_a_shift() -> None:
    assert exposure(minutes(*[(n + 1, n) for n in range(LIMITS.severe_cases)], severe=True), NOW, LIMITS).full
    assert exposure(minutes((LIMITS.severe_minutes, 0), severe=True), NOW, LIMITS).full
    own = exposure(minutes((3, 2), (2, 1), severe=True), NOW, LIMITS, severe_cases=2)
    assert own.full
    assert not exposure(minutes((3, 2), (2, 1), severe=True), NOW, LIMITS, severe_cases=10**6).full


def test_a_break_is_due_after_working_without_one() -> None:
    long = LIMITS.break_after_minutes
    assert exposure(minutes((long, 20), (15, 0)), NOW, LIMITS).break_due
    assert not exposure(minutes((long, 30), (15, 0)), NOW, LIMITS).break_due  # fifteen minutes without a case
    assert not exposure(minutes((long + 30, 11)), NOW, LIMITS).break_due  # resting now
    assert exposure(minutes((20, 0)), NOW, LIMITS, break_after=20).break_due


@given(SITTINGS)
def test_order_does_not_matter_and_overlaps_count_once(sittings: list[Sitting]) -> None:
    mixed = random.Random(7).sample(sittings, len(sittings))
    seen = exposure(sittings, NOW, LIMITS)
    assert exposure(mixed, NOW, LIMITS) == seen
    assert 0 <= seen.severe_minutes <= LIMITS.shift_hours * 60
    assert 0 <= seen.since_break <= LIMITS.shift_hours * 60
    assert exposure([*sittings, *sittings], NOW, LIMITS).severe_minutes == seen.severe_minutes
