"""Days and hours in China (UTC+8, no summer time), and whether a day is a school day. Times are microseconds UTC."""

from __future__ import annotations

import enum
import re
from collections.abc import Sequence
from datetime import date, timedelta

import msgspec

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
CHINA = 8 * HOUR

_EPOCH = date(1970, 1, 1)
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


class DayKind(enum.StrEnum):
    """What sort of day it is."""

    SCHOOL = "school"
    REST = "rest"


class Holiday(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"start": "from"}):
    """A span of days, both ends included, whose kind differs from the week's. Of several that cover a day the last counts."""

    start: date
    until: date
    kind: DayKind
    zh: str = ""
    en: str = ""


def day_of(at: int) -> date:
    """The day in China."""
    return _EPOCH + timedelta(days=(at + CHINA) // DAY)


def day_start(at: int) -> int:
    """When the day in China began that holds ``at``."""
    return (at + CHINA) // DAY * DAY - CHINA


def start_of(day: date) -> int:
    """When a day in China begins."""
    return (day - _EPOCH).days * DAY - CHINA


def minute_of_day(at: int) -> int:
    """Minutes since midnight in China, 0 to 1439."""
    return (at + CHINA) % DAY // MINUTE


def kind_of(day: date, holidays: Sequence[Holiday]) -> DayKind:
    """Whether a day is a school day: the calendar first, then Monday to Friday."""
    for holiday in reversed(holidays):
        if holiday.start <= day <= holiday.until:
            return holiday.kind
    return DayKind.SCHOOL if day.weekday() < 5 else DayKind.REST


def clock(text: str) -> int | None:
    """Minutes since midnight for ``HH:MM``; None if it is no such time."""
    found = _CLOCK.fullmatch(text)
    return int(found[1]) * 60 + int(found[2]) if found else None


def clock_text(minute: int) -> str:
    """``HH:MM``."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def within(minute: int, start: int, until: int) -> bool:
    """Whether a minute of the day lies in the half-open window, which may run over midnight; equal ends are no window."""
    if start <= until:
        return start <= minute < until
    return minute >= start or minute < until
