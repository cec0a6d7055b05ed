"""Drawing a tile out of its waves."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from guiju.labeling.watermark.image import layout

Floats = npt.NDArray[np.float32]

SHAPE: Final[Floats] = np.asarray((layout.RADIUS / layout.HIGHEST) ** -0.6, np.float32)
"""Amplitude of each wave: the shorter the weaker."""
UNIT: Final = float(2.0 * np.sqrt((SHAPE**2).sum()))
"""Standard deviation of a tile whose waves are ±1±i times their shape, times its number of pixels."""


def drawn(waves: layout.Waves, size: int) -> Floats:
    """The sum of the waves, each of its shape, ``size`` pixels square, with a standard deviation of 1."""
    spectrum = np.zeros((size, size // 2 + 1), np.complex64)
    spectrum[layout.DOWN % size, layout.ACROSS] = waves * SHAPE
    upright = layout.ACROSS == 0  # these stand in the plane twice
    spectrum[-layout.DOWN[upright] % size, 0] = np.conj(spectrum[layout.DOWN[upright] % size, 0])
    tile = np.fft.irfft2(spectrum, s=(size, size)).astype(np.float32)
    return np.asarray(tile / np.maximum(tile.std(), 1e-9), np.float32)


def repeated(waves: layout.Waves, size: int, shape: tuple[int, ...]) -> Floats:
    """The tile over a picture of these rows and columns, the first one in its upper left corner."""
    height, width = shape
    return np.tile(drawn(waves, size), (-(-height // size), -(-width // size)))[:height, :width]
