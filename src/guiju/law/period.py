"""Time spans and calendar steps as compliance rules count them.

The core reads no clock: every date is handed in. Days are days in China (UTC+8, no summer time).
"""

from __future__ import annotations

import calendar
from datetime import date, datetime, time, timedelta

import msgspec

from guiju.china import CHINA


class Period(msgspec.Struct, frozen=True):
    """A half-open span of time ``[start, end)``; both ends carry a time zone."""

    start: datetime
    end: datetime

    @classmethod
    def ending(cls, on: date, days: int) -> Period:
        """The ``days`` whole days in China up to and including the day ``on``."""
        end = datetime.combine(on, time(), CHINA) + timedelta(days=1)
        return cls(end - timedelta(days=days), end)

    @property
    def last_day(self) -> date:
        """The last day (in China) inside the span."""
        return (self.end - timedelta(microseconds=1)).astimezone(CHINA).date()

    @property
    def days(self) -> int:
        """Length in whole days."""
        return (self.end - self.start).days


def add_months(day: date, months: int) -> date:
    """The same day of the month ``months`` later (or earlier, if negative); month ends are clipped, as in 31 Jan → 28 Feb."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    month += 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
