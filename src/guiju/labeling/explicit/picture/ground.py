"""How words stay legible on the ground they are drawn on: which colour, and whether they need a box."""

from __future__ import annotations

from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from guiju.labeling.explicit.mark import Form
from guiju.labeling.explicit.picture.light import contrast, luminance
from guiju.labeling.explicit.rules import number

CALM: Final = 0.09
"""Deviation of luminance up to which a ground counts as calm: below, words with an outline are read easily."""

BOXES: Final = (0.6, 0.75, 0.9, 1.0)
"""Opacities of a box, the lightest that gives the contrast is taken."""


class Paint(msgspec.Struct, frozen=True):
    """White or black words, the opacity of the box behind them (0: none), and the worst contrast they have."""

    white: bool
    box: float
    contrast: float


def paint(ground: NDArray[np.uint8], form: Form = Form.AUTO, *, through: bool = False) -> Paint:
    """How to draw words on ``ground``, pixels of shape ``(h, w, 3)``.

    Args:
        through: something unknown shines through the ground (transparency, or a film that moves): only a full box,
            or a nearly full one, is sure to be legible.
    """
    light = luminance(ground).ravel()
    dark, bright = (float(one) for one in np.percentile(light, (2, 98))) if light.size else (0.0, 1.0)
    white = contrast(1, bright) >= contrast(0, dark)
    plain = contrast(1, bright) if white else contrast(0, dark)
    wanted = number("drawn_contrast")
    if form is Form.PLAIN:
        return Paint(white, 0.0, plain)
    if form is Form.AUTO and not through and plain >= wanted and float(light.std()) <= CALM:
        return Paint(white, 0.0, plain)
    if through:
        return Paint(True, 1.0, contrast(1, 0))
    for opacity in BOXES:
        reached = _boxed(ground, white, opacity)
        if reached >= wanted:
            return Paint(white, opacity, reached)
    raise AssertionError("a full box gives full contrast")


def _boxed(ground: NDArray[np.uint8], white: bool, opacity: float) -> float:
    """The worst contrast of words on ``ground`` under a box of the other colour."""
    pixels = ground.reshape(-1, 3).astype(np.float64)
    extreme = pixels.max(0, keepdims=True) if white else pixels.min(0, keepdims=True)
    blended = extreme * (1 - opacity) + (0 if white else 255) * opacity
    return contrast(1.0 if white else 0.0, float(luminance(np.round(blended).astype(np.uint8))[0]))
