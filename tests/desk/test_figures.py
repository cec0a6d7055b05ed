"""Samples, shares, percentiles and staffing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guiju.desk import DeskPolicy, drawn, percentile, share, staffing


@given(st.binary(min_size=1, max_size=40), st.integers(0, 1000), st.integers(0, 1000))
def test_a_larger_sample_holds_the_smaller(key: bytes, one: int, other: int) -> None:
    assert drawn(key, min(one, other)) <= drawn(key, max(one, other))
    assert not drawn(key, 0) and drawn(key, 1000)


def test_a_sample_is_about_as_large_as_asked() -> None:
    chosen = sum(drawn(str(n).encode(), 50) for n in range(20_000))
    assert 880 < chosen < 1120  # four standard deviations around 1,000


@pytest.mark.parametrize(("percent", "value"), [(50, 5), (95, 10), (100, 10), (1, 1), (10, 1), (11, 2)])
def test_percentiles_are_values_that_occurred(percent: float, value: int) -> None:
    assert percentile(list(range(10, 0, -1)), percent) == value


def test_of_nothing_nothing_is_known() -> None:
    assert percentile([], 50) is None
    assert (share(0, 0).value, share(0, 0).low, share(0, 0).high) == (None, 0.0, 1.0)


def test_a_share_by_wilson() -> None:
    found = share(8, 10)
    assert (round(found.low, 4), round(found.high, 4)) == (0.4902, 0.9433)


def test_staffing() -> None:
    rules = DeskPolicy.load().staffing  # six hours a day, four fifths of them on cases
    assert staffing(1000, 60, rules) == pytest.approx(1000 * 60 / (6 * 3600 * 0.8))
    assert staffing(0, 60, rules) == 0
