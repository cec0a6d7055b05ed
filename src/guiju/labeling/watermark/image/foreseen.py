"""What a finder will see of a picture, and of a mark in it: as it is, after halving and after a cut."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image

from guiju.labeling.watermark.image import layout
from guiju.labeling.watermark.image.finding import Pose, Spectrum, canvas, whitened
from guiju.labeling.watermark.image.tile import SHAPE, Floats, repeated

EVERY: Final = np.arange(len(layout.RADIUS))
RINGS: Final = (layout.RADIUS / 2).astype(np.int64)
"""Waves of about the same length."""
_EDITS: Final = ((0.0, 1.0), (0.0, 0.5), (0.1, 1.0))
"""What is foreseen: the share of each side that is cut off around the middle, and the factor of the size."""


class Sight(NamedTuple):
    """The spectrum after one edit.

    Attributes:
        across, down: pixels of the finder's canvas for one of the picture. left, above: pixels of the picture cut off.
    """

    spectrum: Spectrum
    across: float
    down: float
    left: int
    above: int

    def waves(self, size: int) -> layout.Waves:
        """What is seen of each wave of tiles of so many pixels of the picture, the first in its upper left corner."""
        right = ((0.5 - self.left) * self.across - 0.5 - self.spectrum.width // 2) / (size * self.across)
        below = ((0.5 - self.above) * self.down - 0.5 - self.spectrum.height // 2) / (size * self.down)
        return self.spectrum.waves(Pose(0, size * self.across, size * self.down, right, below), EVERY, exact=True)


class Foreseen(NamedTuple):
    """What is seen after one edit of a picture, and of a mark by the length of its waves in pixels, the shape taken off."""

    sight: Sight
    lengths: npt.NDArray[np.float64]
    gains: npt.NDArray[np.float64]

    def gain(self, size: int) -> Floats:
        """The size at which each wave of a mark is seen."""
        there = np.interp(layout.RADIUS / size, self.lengths, self.gains, right=0.0)
        return np.asarray(there * SHAPE, np.float32)


def foreseen(luma: Floats, strength: Floats, waves: layout.Waves, size: int) -> list[Foreseen]:
    """The edits foreseen, each with the picture after it; how a mark comes through is tried with one of this size."""
    marked = luma + repeated(waves, size, luma.shape) * strength
    ring = np.maximum(np.bincount(RINGS), 1)
    lengths = np.bincount(RINGS, weights=layout.RADIUS) / ring / size
    found = []
    for before, after in zip(_sights(luma), _sights(marked), strict=True):
        came = ((after.waves(size) - before.waves(size)) * np.conj(waves)).real / (2 * SHAPE)
        gains = np.maximum(np.bincount(RINGS, weights=came) / ring, 0.0)
        found.append(Foreseen(before, lengths[1:], gains[1:]))  # there is no wave in the innermost ring
    return found


def _sights(luma: Floats) -> list[Sight]:
    image = Image.fromarray(np.clip(np.rint(luma), 0, 255).astype(np.uint8))
    return [_sight(image, cut, factor) for cut, factor in _EDITS]


def _sight(image: Image.Image, cut: float, factor: float) -> Sight:
    left, above = round(image.width * cut / 2), round(image.height * cut / 2)
    image = image.crop((left, above, image.width - left, image.height - above))
    edited = image
    if factor != 1.0:
        edited = image.resize(
            (round(image.width * factor), round(image.height * factor)), Image.Resampling.BICUBIC
        )  # fmt: skip
    spectrum = Spectrum(whitened(canvas(edited))[0])
    return Sight(spectrum, spectrum.width / image.width, spectrum.height / image.height, left, above)
