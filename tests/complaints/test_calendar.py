"""Working days in China: weekends, holidays, weekend days worked instead; limits end with the day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guiju.china import CHINA
from guiju.complaints import Limit, WorkingCalendar

CALENDAR = WorkingCalendar.load()


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 2, 14), True),  # a Saturday worked before the Spring Festival
        (date(2026, 2, 17), False),
        (date(2026, 2, 24), True),
        (date(2026, 10, 1), False),
        (date(2026, 10, 10), True),
        (date(2026, 11, 22), False),  # a Sunday
        (date(2026, 11, 23), True),
        (date(2031, 10, 1), True),  # not known yet: a Wednesday
    ],
)
def test_days(day: date, works: bool) -> None:
    assert CALENDAR.works(day) is works


def test_years_that_are_known() -> None:
    assert CALENDAR.covers(2026) and not CALENDAR.covers(2031)


def test_a_limit_ends_with_the_last_working_day_in_china() -> None:
    received = datetime(2026, 9, 29, 17, 0, tzinfo=UTC)  # 1:00 on 30 September in China
    due = CALENDAR.due(received, Limit(working_days=2))
    assert due == datetime(2026, 10, 10, 0, 0, tzinfo=CHINA)  # 8 and 9 October are the two
    assert CALENDAR.remind(received, due, Limit(working_days=1)) == datetime(2026, 10, 8, 9, 0, tzinfo=CHINA)
    assert CALENDAR.due(received, Limit(hours=6)) == received + timedelta(hours=6)
    assert CALENDAR.remind(received, received + timedelta(hours=6), Limit(hours=9)) == received


DAYS = st.dates(date(2024, 1, 1), date(2028, 1, 1))


@given(DAYS, st.integers(1, 30), st.integers(1, 30))
def test_counting_adds_up_and_comes_back(day: date, first: int, second: int) -> None:
    assert CALENDAR.after(CALENDAR.after(day, first), second) == CALENDAR.after(day, first + second)
    reached = CALENDAR.after(day, first)
    assert CALENDAR.works(reached)
    worked = sum(CALENDAR.works(day + timedelta(days=n)) for n in range(1, (reached - day).days + 1))
    assert worked == first
    assert CALENDAR.before(CALENDAR.after(reached, second), second) == reached


@given(st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1)), st.integers(1, 20))
def test_a_reminder_lies_between_receipt_and_end(naive: datetime, days: int) -> None:
    received = naive.replace(tzinfo=UTC)
    due = CALENDAR.due(received, Limit(working_days=days))
    assert received <= CALENDAR.remind(received, due, Limit(working_days=1)) < due
