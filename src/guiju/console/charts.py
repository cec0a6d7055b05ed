"""Charts as SVG, drawn on the server: geometry here, elements in ``templates/console/chart/``.

No style attributes and no scripts (the content policy allows neither); colours are classes of the style sheet.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from guiju.console.figures import Day

WIDTH, HEIGHT = 640, 190
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 6, 8, 22


@dataclass(frozen=True)
class Series:
    """Named numbers, one per day; ``tone`` is a class of the style sheet."""

    label: str
    tone: str
    values: Sequence[int]


@dataclass(frozen=True)
class Box:
    """A rectangle."""

    x: float
    y: float
    width: float
    height: float
    tone: str


@dataclass(frozen=True)
class Column:
    """One day of a column chart: its boxes, the area that reacts to a pointer, and its words."""

    boxes: tuple[Box, ...]
    area: Box
    title: str


@dataclass(frozen=True)
class Tick:
    """A word on an axis."""

    at: float
    label: str


@dataclass(frozen=True)
class Columns:
    """A stacked column chart, ready to be drawn."""

    width: int
    height: int
    left: int
    right: float
    bottom: float
    columns: tuple[Column, ...]
    rows: tuple[Tick, ...]
    days: tuple[Tick, ...]
    legend: tuple[Series, ...]
    total: int


def columns(days: Sequence[date], series: Sequence[Series], width: int = WIDTH) -> Columns:
    """A stacked column per day, the first series at the bottom; ``width`` about as many pixels as it will have."""
    highest = max((sum(s.values[i] for s in series) for i in range(len(days))), default=0)
    top, step = scale(highest)
    plot, base = HEIGHT - _TOP - _BOTTOM, HEIGHT - _BOTTOM
    slot = (width - _LEFT - _RIGHT) / max(1, len(days))
    drawn = []
    for i, day in enumerate(days):
        x, y = _LEFT + i * slot, float(base)
        boxes = []
        for s in series:
            height = plot * s.values[i] / top
            y -= height
            if height:
                boxes.append(
                    Box(round(x + slot * 0.18, 1), round(y, 1), round(slot * 0.64, 1), round(height, 1), s.tone)
                )
        words = f"{day.isoformat()}: " + ", ".join(f"{s.label} {s.values[i]:,}" for s in series)
        drawn.append(Column(tuple(boxes), Box(round(x, 1), _TOP, round(slot, 1), plot, "hover"), words))
    every = max(1, math.ceil(len(days) * 85 / width))
    return Columns(
        width=width,
        height=HEIGHT,
        left=_LEFT,
        right=width - _RIGHT,
        bottom=base,
        columns=tuple(drawn),
        rows=tuple(Tick(round(base - plot * v / top, 1), short(v)) for v in range(0, top + 1, step)),
        days=tuple(
            Tick(round(_LEFT + (i + 0.5) * slot, 1), f"{d.month}-{d.day}")
            for i, d in enumerate(days)
            if (len(days) - 1 - i) % every == 0
        ),
        legend=tuple(series),
        total=sum(sum(s.values) for s in series),
    )


def traffic_chart(days: Sequence[Day], width: int = WIDTH) -> Columns:
    """Exchanges a day, those where Guiju stepped in on top."""
    passed = Series(_("Passed"), "info", [day.exchanges - day.flagged for day in days])
    stepped_in = Series(_("Stepped in"), "bad", [day.flagged for day in days])
    return columns([day.day for day in days], [passed, stepped_in], width)


def scale(highest: int) -> tuple[int, int]:
    """The end of an axis and the step of its lines: at most five steps of 1, 2 or 5 times a power of ten."""
    if highest <= 4:
        return max(1, highest), 1
    power = 10 ** int(math.log10(highest / 4))
    step = next(power * m for m in (1, 2, 5, 10) if power * m * 5 >= highest)
    return math.ceil(highest / step) * step, step


def short(value: int) -> str:
    """A number short enough for an axis."""
    for size, mark in ((10**9, "G"), (10**6, "M"), (10**3, "k")):
        if value >= size:
            return f"{value / size:g}{mark}"
    return str(value)


@dataclass(frozen=True)
class Share:
    """One part of a share bar, in per cent of its width."""

    start: float
    width: float
    tone: str
    label: str
    count: int


def shares(parts: Sequence[tuple[str, str, int]]) -> tuple[Share, ...]:
    """A bar divided by (label, tone, count); parts of zero are left out."""
    total = sum(count for *_, count in parts)
    found, start = [], 0.0
    for label, tone, count in parts:
        if count:
            width = 100 * count / total
            found.append(Share(round(start, 2), round(width, 2), tone, label, count))
            start += width
    return tuple(found)
