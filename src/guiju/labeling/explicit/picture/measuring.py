"""How high words in a picture are, and how much they stand out: measured on their ink, inside what OCR found."""

from __future__ import annotations

from typing import Final, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from guiju.labeling.explicit.picture.light import contrast, luminance
from guiju.labeling.explicit.picture.reading import Line, Pixels
from guiju.labeling.explicit.report import Box

BOX_SHARE: Final = 0.66
"""Height of the ink over the height of the rectangle that OCR draws around a line: the median of 350 labels drawn on all kinds of ground."""
BOX_ERROR: Final = 0.25
"""How far off nine in ten estimates from that rectangle are, as a share of them."""

_ERROR, _OUTLINE_ERROR = 0.03, 0.18


class Measure(msgspec.Struct, frozen=True):
    """Height of the ink of one line in pixels, how far it may be off, the contrast, and how it was measured.

    ``ink`` is measured on the pixels of the letters; ``box`` is estimated from the rectangle that OCR drew, because the
    letters cannot be told from what is behind them.
    """

    height: float
    error: float
    contrast: float | None
    method: Literal["ink", "box"]


def measure(pixels: Pixels, line: Line) -> Measure:
    """Measure one line of words."""
    if line.rows > 1:
        height = line.box.height / (line.rows + 0.4 * (line.rows - 1)) * BOX_SHARE
        return Measure(height, BOX_ERROR * height + 1, _contrast(pixels, line.box), "box")
    grown = line.box.grown(max(3, line.box.height // 3), pixels.shape[1], pixels.shape[0])
    grey = _grey(pixels, grown)
    inner = Box(line.box.left - grown.left, line.box.top - grown.top, line.box.right - grown.left, line.box.bottom - grown.top)  # fmt: skip
    mask = _ink(grey, inner)
    found = _rows(mask, inner)
    estimate = BOX_SHARE * line.box.height
    if found is None or not 0.6 * estimate < found[0] < 1.35 * estimate:
        return Measure(estimate, BOX_ERROR * estimate + 1, _contrast(pixels, line.box), "box")
    rows, share = found
    return Measure(float(rows), 1.0 + share * rows, _contrast(pixels, line.box), "ink")


def _grey(pixels: Pixels, box: Box) -> NDArray[np.float64]:
    cut = pixels[box.top : box.bottom, box.left : box.right].astype(np.float64)
    return np.asarray(cut @ np.array([0.299, 0.587, 0.114]))


def _ink(grey: NDArray[np.float64], inner: Box) -> NDArray[np.bool_]:
    """Pixels of letters: the one of the two classes of grey that is rarer on the border of the words."""
    words = grey[inner.top : inner.bottom, inner.left : inner.right]
    bright = grey > otsu(words)
    core = bright[inner.top : inner.bottom, inner.left : inner.right]
    border = np.concatenate([core[0], core[-1], core[:, 0], core[:, -1]])
    return ~bright if border.mean() > 0.5 else bright


def _rows(mask: NDArray[np.bool_], inner: Box) -> tuple[int, float] | None:
    """Rows of ink and their error, from the parts of letters inside the words' rectangle.

    An outline may tie the letters together, and then counts as ink. None if the ink runs into the surroundings.
    """
    from cv2 import connectedComponentsWithStats

    _, names, stats, _ = connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    height, width = mask.shape
    tops, bottoms, widest = [], [], 0
    for name in np.unique(names[inner.top : inner.bottom, inner.left : inner.right]):
        left, top, wide, high, area = (int(one) for one in stats[name])
        if name == 0 or area < 3:
            continue
        if left == 0 or top == 0 or left + wide == width or top + high == height:
            continue  # part of what surrounds the words
        if top + high > inner.top and top < inner.bottom and high >= 0.25 * inner.height:
            tops.append(top)
            bottoms.append(top + high)
            widest = max(widest, wide)
    if not tops:
        return None
    rows = max(bottoms) - min(tops)
    if len(tops) > 1:
        return rows, _ERROR
    return (rows, _OUTLINE_ERROR) if widest > 1.5 * rows else None


def _contrast(pixels: Pixels, box: Box) -> float | None:
    """Contrast between letters and what is behind them, inside their rectangle."""
    cut = pixels[box.top : box.bottom, box.left : box.right]
    if cut.size == 0:
        return None
    light = luminance(cut)
    grey = _grey(pixels, box)
    bright = grey > otsu(grey)
    if bright.all() or not bright.any():
        return None
    return contrast(float(np.median(light[bright])), float(np.median(light[~bright])))


def otsu(grey: NDArray[np.float64]) -> float:
    """The threshold that splits greys, 0 to 255, into the two classes that differ most (Otsu 1979)."""
    counts = np.bincount(np.clip(grey, 0, 255).astype(np.int64).ravel(), minlength=256).astype(np.float64)
    weight = np.cumsum(counts)
    moment = np.cumsum(counts * np.arange(256))
    total = weight[-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = (moment[-1] * weight / total - moment) ** 2 / (weight * (total - weight))
    spread[~np.isfinite(spread)] = -1
    best = np.flatnonzero(spread == spread.max())
    return float(best.mean())
