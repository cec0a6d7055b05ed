"""Counts of days that are over: made once, kept in the database, read by every screen after.

A count that no row can change any more need not be made twice. Whoever asks first keeps it (usually `guiju.upkeep`, which
asks for yesterday); parts of days, and today, are counted from the rows each time. What is kept is never the only copy: a
missing row is made again, so :func:`forget` is all that a late change needs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Generic, TypeVar

import msgspec
from django.db import DatabaseError, transaction

from guiju.china import CHINA, china_day
from guiju.store.models import DayFigure

T = TypeVar("T", bound=msgspec.Struct)

LONGEST = timedelta(minutes=15)
"""A long exchange is recorded at its end, with the time of its beginning: so long may a day still change."""

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Kind(Generic[T]):
    """One way to count.

    Attributes:
        name: its rows are found by this; a change of meaning takes another name.
        item: what the count of a span consists of; written as JSON.
        count: counts the rows of ``[start, end)``.
    """

    name: str
    item: type[T]
    count: Callable[[datetime, datetime], list[T]]


def start_of(day: date) -> datetime:
    """When a day begins in China."""
    return datetime.combine(day, time(), CHINA)


def between(kind: Kind[T], since: datetime, until: datetime, now: datetime) -> Iterator[tuple[date, list[T]]]:
    """The counts of ``[since, until)``, day by day, oldest first; whole days that are over from what is kept."""
    first, last = china_day(since), china_day(until - timedelta(microseconds=1))
    days = [first + n * _DAY for n in range((last - first).days + 1)]
    whole = [day for day in days if start_of(day) >= since and _over(day, min(until, now - LONGEST))]
    kept = dict(DayFigure.objects.filter(kind=kind.name, day__in=whole).values_list("day", "counts"))
    made: dict[date, list[T]] = {}
    for day in days:
        if day in kept:
            yield day, msgspec.json.decode(kept[day], type=list[kind.item])  # type: ignore[name-defined]
            continue
        start, end = max(start_of(day), since), min(start_of(day + _DAY), until)
        counted = kind.count(start, end) if start < end else []
        if day in whole:
            made[day] = counted
        yield day, counted
    _keep(kind, made)


def lately(kind: Kind[T], count: int, now: datetime) -> Iterator[tuple[date, list[T]]]:
    """The counts of the last ``count`` days in China, today included."""
    today = china_day(now)
    return between(kind, start_of(today - (count - 1) * _DAY), start_of(today) + _DAY, now)


def catch_up(kind: Kind[T], days: int, now: datetime) -> None:
    """Count and keep what is missing of the ``days`` before today, so that no screen has to wait for it."""
    today = start_of(china_day(now))
    for _ in between(kind, today - days * _DAY, today, now):
        pass


def forget(kind: Kind[T], at: datetime) -> None:
    """Have the day of ``at`` counted again, because something in it changed afterwards."""
    DayFigure.objects.filter(kind=kind.name, day=china_day(at)).delete()


def _over(day: date, now: datetime) -> bool:
    return start_of(day) + _DAY <= now


def _keep(kind: Kind[T], made: dict[date, list[T]]) -> None:
    """Write what was counted; a screen that cannot write (a database that is busy, or read only) shows it all the same."""
    rows = [
        DayFigure(kind=kind.name, day=day, counts=msgspec.json.encode(items).decode()) for day, items in made.items()
    ]
    if not rows:
        return
    try:
        with transaction.atomic():
            DayFigure.objects.bulk_create(rows, ignore_conflicts=True)
    except DatabaseError:
        return
