"""Lines that ship for candidates: those to be learnt again beside decided cases, and those no model ever learns from.

``rehearsal.json`` is written by ``python -m training.rehearsal`` from the project's own lines.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec

from guiju.nouns import Direction

LINES = Path(__file__).parent / "rehearsal.json"


class Line(msgspec.Struct, frozen=True):
    """One line: its text, the direction it belongs to, the head it stands under and on which side.

    ``held_out``: no model learns from it; it is measured on.
    """

    text: str
    direction: Direction
    tag: str
    harmful: bool
    held_out: bool


@cache
def lines() -> tuple[Line, ...]:
    """All of them."""
    return tuple(msgspec.json.decode(LINES.read_bytes(), type=list[Line]))
