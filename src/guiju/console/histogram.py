"""A histogram of strikes as SVG, with the points at which the rules act."""

from __future__ import annotations

import math

from django.utils.translation import gettext as _

from guiju.console.charts import HEIGHT, WIDTH, Box, Column, Columns, Series, Tick, scale, short
from guiju.store.strike_figures import Spread

_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 6, 8, 22


def histogram(spread: Spread, width: int = WIDTH) -> Columns:
    """A column per whole number of points; those at which a rule acts, and beyond, are the warmer ones."""
    top, step = scale(max(spread.bins, default=0))
    plot, base = HEIGHT - _TOP - _BOTTOM, HEIGHT - _BOTTOM
    slot = (width - _LEFT - _RIGHT) / len(spread.bins)
    first = min((mark for _, mark in spread.marks), default=len(spread.bins))
    drawn = []
    for points, count in enumerate(spread.bins):
        x, height = _LEFT + points * slot, plot * count / top
        tone = "bad" if points >= first else "info"
        box = Box(round(x + slot * 0.12, 1), round(base - height, 1), round(slot * 0.76, 1), round(height, 1), tone)
        rules = ", ".join(rule for rule, mark in spread.marks if mark == points)
        words = _("%(points)s points: %(count)s accounts") % {"points": _label(spread, points), "count": f"{count:,}"}
        area = Box(round(x, 1), _TOP, round(slot, 1), plot, "hover")
        drawn.append(Column((box,) if count else (), area, f"{words} ({rules})" if rules else words))
    every = max(1, math.ceil(len(spread.bins) * 42 / width))
    return Columns(
        width=width,
        height=HEIGHT,
        left=_LEFT,
        right=width - _RIGHT,
        bottom=base,
        columns=tuple(drawn),
        rows=tuple(Tick(round(base - plot * v / top, 1), short(v)) for v in range(0, top + 1, step)),
        days=tuple(
            Tick(round(_LEFT + (points + 0.5) * slot, 1), _label(spread, points))
            for points in range(len(spread.bins))
            if points % every == 0
        ),
        legend=(Series(_("Accounts"), "info", spread.bins),),
        total=spread.accounts,
    )


def _label(spread: Spread, points: int) -> str:
    return f"{points}+" if points == spread.top else str(points)
