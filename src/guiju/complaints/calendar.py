"""China's working days: weekends, public holidays, and weekend days worked instead; and limits counted in them."""

from __future__ import annotations

import csv
from datetime import date, datetime, time, timedelta
from functools import cache
from importlib import resources

from guiju.china import CHINA, china_day
from guiju.complaints.kinds import Limit

_SATURDAY = 5


class WorkingCalendar:
    """Which days are worked. ``off`` and ``worked`` are the days on which the ordinary week does not hold."""

    def __init__(self, off: frozenset[date], worked: frozenset[date]) -> None:
        self._off, self._worked = off, worked
        self._years = {day.year for day in off | worked}

    @classmethod
    def load(cls) -> WorkingCalendar:
        """The calendar of ``data/calendar.csv``."""
        return _shipped()

    def covers(self, year: int) -> bool:
        """Whether the holidays of ``year`` are known; otherwise its weekends alone are days off."""
        return year in self._years

    def works(self, day: date) -> bool:
        """Whether ``day`` is a working day."""
        if day in self._worked:
            return True
        return day.weekday() < _SATURDAY and day not in self._off

    def after(self, day: date, count: int) -> date:
        """The ``count``-th working day after ``day``; ``day`` itself does not count."""
        while count:
            day += timedelta(days=1)
            count -= self.works(day)
        return day

    def before(self, day: date, count: int) -> date:
        """The ``count``-th working day before ``day``; ``day`` itself does not count."""
        while count:
            day -= timedelta(days=1)
            count -= self.works(day)
        return day

    def due(self, received: datetime, limit: Limit) -> datetime:
        """When a limit that began at ``received`` ends: on the clock, or with the last moment of a working day in China."""
        if limit.hours is not None:
            return received + timedelta(hours=limit.hours)
        last = self.after(china_day(received), limit.working_days or 1)
        return datetime.combine(last + timedelta(days=1), time(), CHINA)

    def remind(self, received: datetime, due: datetime, before: Limit) -> datetime:
        """When to remind of ``due``: so long before it, but not before ``received``; in working days, at 9 in the morning."""
        if before.hours is not None:
            return max(received, due - timedelta(hours=before.hours))
        last = (due - timedelta(microseconds=1)).astimezone(CHINA).date()
        day = self.before(last, before.working_days or 1)
        return max(received, datetime.combine(day, time(9), CHINA))


@cache
def _shipped() -> WorkingCalendar:
    text = resources.files("guiju.complaints").joinpath("data", "calendar.csv").read_text("utf-8")
    rows = list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))
    days = {
        kind: frozenset(date.fromisoformat(r["day"]) for r in rows if r["kind"] == kind) for kind in ("off", "work")
    }
    return WorkingCalendar(days["off"], days["work"])
