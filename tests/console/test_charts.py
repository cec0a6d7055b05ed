"""Charts: the geometry adds up."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from guiju.console.charts import HEIGHT, Series, columns, scale, shares, short

DAYS = [date(2026, 3, 1) + timedelta(days=n) for n in range(14)]


@pytest.mark.parametrize(
    ("highest", "expected"),
    [
        (0, (1, 1)),
        (1, (1, 1)),
        (4, (4, 1)),
        (5, (5, 1)),
        (10, (10, 2)),
        (11, (15, 5)),
        (93, (100, 20)),
        (1201, (1500, 500)),
    ],
)
def test_axes_end_on_round_numbers(highest: int, expected: tuple[int, int]) -> None:
    assert scale(highest) == expected


@given(st.integers(0, 10**9))
def test_every_axis_holds_its_values_with_few_lines(highest: int) -> None:
    top, step = scale(highest)
    assert top >= highest
    assert top % step == 0
    assert top // step <= 5


def test_columns_stack_and_nothing_is_drawn_for_nothing() -> None:
    first, second = Series("通过", "info", [*range(14)]), Series("介入", "bad", [0] * 13 + [7])
    chart = columns(DAYS, [first, second])
    assert chart.total == sum(range(14)) + 7
    assert [len(column.boxes) for column in chart.columns] == [0, *[1] * 12, 2]
    lower, upper = chart.columns[-1].boxes
    assert upper.y + upper.height == pytest.approx(lower.y, abs=0.2)
    assert lower.y + lower.height == pytest.approx(chart.bottom, abs=0.2)
    assert "2026-03-14" in chart.columns[-1].title
    assert all(0 <= box.y <= HEIGHT for column in chart.columns for box in column.boxes)


def test_a_chart_is_plain_svg_without_styles_or_scripts() -> None:
    chart = columns(DAYS, [Series("a", "info", [3] * 14)])
    drawn = render_to_string("console/chart/columns.html", {"chart": chart, "label": "<每日>"})
    assert drawn.count("<rect") == 28
    assert "style=" not in drawn
    assert "&lt;每日&gt;" in drawn


def test_shares_fill_the_bar_and_leave_out_what_is_not_there() -> None:
    parts = shares([("a", "good", 1), ("b", "bad", 0), ("c", "odd", 2)])
    assert [(p.label, p.start, p.width) for p in parts] == [("a", 0.0, 33.33), ("c", 33.33, 66.67)]
    assert shares([("a", "good", 0)]) == ()


@pytest.mark.parametrize(("value", "expected"), [(0, "0"), (999, "999"), (1500, "1.5k"), (2_000_000, "2M")])
def test_axis_numbers_are_short(value: int, expected: str) -> None:
    assert short(value) == expected
