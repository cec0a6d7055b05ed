"""Words as ink: rendered, wrapped, and measured on the rendered pixels.

GB 45438-2025 does not say whether the height of text is that of its capitals, its em, or its ink. The ink of the smallest
kind of letter is the strictest reading, so sizes here are chosen until the ink of *every* run of letters, Chinese or
Latin, is as high as it must be.
"""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from guiju.labeling.explicit import font as fonts

SOLID: Final = 128
"""From which coverage, of 255, a pixel counts as ink: antialiased borders do not."""

_RUN = re.compile(r"[A-Za-z0-9]+(?:[ \-][A-Za-z0-9]+)*|[\u3400-\u9fff]+")
_PIECE = re.compile(r"[!-~]+|\s+|.")
_LEADING = 0.35


class Ink(msgspec.Struct, frozen=True):
    """Rendered words: coverage 0 to 255, cut to the ink.

    Attributes:
        height: pixels of ink of a line of the most prominent letters.
        smallest: pixels of ink of the lowest run of letters: capitals beside Chinese, for example.
    """

    coverage: NDArray[np.uint8]
    lines: tuple[str, ...]
    height: int
    smallest: int

    @property
    def width(self) -> int:
        return int(self.coverage.shape[1])

    @property
    def rows(self) -> int:
        return int(self.coverage.shape[0])


def render(words: str, height: int, least: int, width: int, font: Path | None = None) -> Ink | None:
    """Words whose ink is at least ``height`` pixels, and in every run of letters at least ``least``.

    Lines are broken to stay within ``width`` pixels; None if a single character does not fit.

    Raises:
        GlyphMissing: the font lacks a character. FileUnusable: the font cannot be read.
    """
    fonts.require(words, font)
    for size in range(max(4, height), 3 * height + 8):
        heights = _heights(words, size, font)
        if max(heights) >= height and min(heights) >= least:
            lines = _wrapped(words, size, width, font)
            return None if lines is None else _drawn(lines, size, heights, font)
    return None


def measured(coverage: NDArray[np.uint8]) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of the ink; all 0 where there is none."""
    solid = coverage >= SOLID
    rows, columns = np.flatnonzero(solid.any(1)), np.flatnonzero(solid.any(0))
    if not len(rows):
        return 0, 0, 0, 0
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def _heights(words: str, size: int, font: Path | None) -> tuple[int, ...]:
    """Heights of the ink of every run of letters."""
    runs = _RUN.findall(words) or [words]
    return tuple(_height(_mask(run, size, font)) for run in runs)


def _height(coverage: NDArray[np.uint8]) -> int:
    _, top, _, bottom = measured(coverage)
    return bottom - top


def _mask(text: str, size: int, font: Path | None) -> NDArray[np.uint8]:
    """One line, uncut: every line of a size has the same number of rows."""
    face = fonts.sized(size, font)
    width = math.ceil(face.getlength(text)) + size
    canvas = Image.new("L", (width, 2 * size))
    ImageDraw.Draw(canvas).text((size // 2, round(1.4 * size)), text, fill=255, font=face, anchor="ls")
    return np.asarray(canvas)


def _wrapped(words: str, size: int, width: int, font: Path | None) -> tuple[str, ...] | None:
    """Lines no wider than ``width``: broken between Chinese characters, and at blanks."""
    face, lines, line = fonts.sized(size, font), [], ""
    for piece in _PIECE.findall(words):
        if line and face.getlength(line + piece) > width:
            lines.append(line.rstrip())
            line = ""
        line = line + piece if line else piece.lstrip()
        if face.getlength(line.rstrip()) > width:
            return None
    return tuple(one for one in (*lines, line.rstrip()) if one)


def _drawn(lines: tuple[str, ...], size: int, heights: tuple[int, ...], font: Path | None) -> Ink:
    masks = [_mask(line, size, font) for line in lines]
    step, columns = round(size * (1 + _LEADING)), max(mask.shape[1] for mask in masks)
    whole = np.zeros((step * (len(masks) - 1) + 2 * size, columns), np.uint8)
    for number, mask in enumerate(masks):
        part = whole[number * step : number * step + 2 * size, : mask.shape[1]]
        np.maximum(part, mask, out=part)
    left, top, right, bottom = measured(whole)
    edge = 1  # antialiased borders
    cut = whole[max(0, top - edge) : bottom + edge, max(0, left - edge) : right + edge]
    return Ink(np.ascontiguousarray(cut), lines, max(heights), min(heights))
