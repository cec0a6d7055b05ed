"""Luminance and contrast of colours, as WCAG 2.2 defines them."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

_WEIGHTS: Final = np.array([0.2126, 0.7152, 0.0722])


def luminance(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Relative luminance, 0 to 1, of pixels of shape ``(…, 3)`` in sRGB."""
    value = pixels.astype(np.float64) / 255
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    return np.asarray(linear @ _WEIGHTS)


def contrast(one: float, other: float) -> float:
    """Contrast of two luminances: 1 for none, 21 for black and white."""
    light, dark = max(one, other), min(one, other)
    return (light + 0.05) / (dark + 0.05)
