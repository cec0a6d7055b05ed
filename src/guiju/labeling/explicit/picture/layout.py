"""Where words go in a picture: at an edge or corner of what can be seen of it, and how large they are."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Final

import msgspec

from guiju.errors import MarkUnplaceable
from guiju.labeling.explicit.ink import Ink, render
from guiju.labeling.explicit.mark import CORNERS, Mark, drawn_words, one_of, presets
from guiju.labeling.explicit.report import Box
from guiju.labeling.explicit.rules import number

LARGEST: Final = 0.3
"""The greatest height of words, of the shortest side, that may be asked for."""

_PADDING = 0.35


class Layout(msgspec.Struct, frozen=True):
    """Words with the rectangle of their ink, and that of a box around them."""

    ink: Ink
    words: Box
    box: Box
    id: str
    ratio: float
    """The lowest run of ink over the shortest side."""
    position: str


def lay_out(visible: Box, mark: Mark) -> Layout:
    """Lay the words of ``mark`` out in ``visible``, the enclosing rectangle of what can be seen.

    Raises:
        MarkUnplaceable: a position or height that is none, or words that do not fit legibly.
        LabelWordsInvalid, GlyphMissing, FileUnusable: as the words and the font have it.
    """
    position = one_of(mark.position, CORNERS, presets().defaults.position)
    chosen = drawn_words(mark.words)
    short = min(visible.width, visible.height)
    ink = _sized(chosen.text, short, visible.width, mark.height or presets().defaults.height, mark.font)
    pad = max(2, round(_PADDING * ink.height))
    margin = min(round(number("margin") * short), max(0, (visible.width - ink.width) // 2 - pad))
    width, height = ink.width + 2 * pad, ink.rows + 2 * pad
    if width > visible.width or height > visible.height:
        raise MarkUnplaceable(detail=f"{width} × {height} > {visible.width} × {visible.height} px")
    left = _along(position, "left", "right", visible.left, visible.right, width, margin)
    top = _along(position, "top", "bottom", visible.top, visible.bottom, height, margin)
    box = Box(left, top, left + width, top + height)
    words = Box(left + pad, top + pad, left + pad + ink.width, top + pad + ink.rows)
    return Layout(ink, words, box, chosen.id, ink.smallest / short, position)


def _sized(words: str, short: int, width: int, height: float, font: Path | None) -> Ink:
    least = number("min_height")
    if not least <= height <= LARGEST:
        raise MarkUnplaceable(detail=f"height {height}: {least} – {LARGEST}")
    pixels = max(math.ceil(height * short), int(number("legible_pixels")))
    room = round(width * (1 - 2 * number("margin"))) - 2 * max(2, round(_PADDING * pixels))
    ink = render(words, pixels, math.ceil(least * short), room, font)
    if ink is None:
        raise MarkUnplaceable(detail=f"{words}: {pixels} px > {width} px")
    return ink


def _along(position: str, low: str, high: str, start: int, end: int, size: int, margin: int) -> int:
    """The start of a span of ``size`` on one axis, at the end that the position names, else in the middle."""
    room = end - start - size
    margin = min(margin, max(0, room))
    if low in position:
        return start + margin
    return end - size - margin if high in position else start + room // 2
