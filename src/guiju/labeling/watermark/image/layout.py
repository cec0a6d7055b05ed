"""Where the signs of a mark lie: on harmonics of a tile that repeats over the picture.

The tile is a sum of waves whose lengths are whole fractions of its side. Each wave carries two signs, in its cosine and its
sine. Some waves are the pilot: signs known to whoever holds the finder, by which scale and place are found. The rest carry
the code word, every sign of it on several waves from long to short, so that whatever an edit leaves still holds all of it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from guiju.labeling.watermark import code
from guiju.labeling.watermark.keys import Finder

LOWEST: Final = 2.0
"""Fewest waves in a tile: longer ones are drowned by the picture."""
HIGHEST: Final = 16.0
"""Most waves in a tile: shorter ones do not survive compression and halving."""
PILOT_HIGHEST: Final = 11.0
"""The pilot keeps to longer waves, so that it tolerates an inexact scale."""
PILOT_EVERY: Final = 3

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]
Waves = npt.NDArray[np.complex64]


def _half_plane() -> tuple[Ints, Ints]:
    """All waves, by length: how many fit the tile across (never negative) and down."""
    top = int(HIGHEST)
    grid = np.meshgrid(np.arange(top + 1), np.arange(-top, top + 1), indexing="ij")
    across, down = grid[0].ravel(), grid[1].ravel()
    radius = np.hypot(across, down)
    kept = (radius >= LOWEST) & (radius <= HIGHEST) & ((across > 0) | (down > 0))
    order = np.argsort(radius[kept], kind="stable")
    return across[kept][order], down[kept][order]


ACROSS, DOWN = _half_plane()
RADIUS: Final = np.hypot(ACROSS, DOWN).astype(np.float32)
_EARLY: Final = np.flatnonzero(RADIUS <= PILOT_HIGHEST)
PILOT: Final[Ints] = _EARLY[::PILOT_EVERY]
"""Indices of the waves of the pilot."""
CARRIERS: Final[Ints] = np.setdiff1d(np.arange(len(RADIUS)), PILOT)
"""Indices of the waves of the code word."""


def pilot(finder: Finder, pattern: int) -> Waves:
    """The pilot's waves: ±1±i each."""
    signs = finder.signs("image/pilot", pattern, 2 * len(PILOT))
    return (signs[0::2] + 1j * signs[1::2]).astype(np.complex64)


@lru_cache(maxsize=128)
def places(finder: Finder, pattern: int) -> tuple[Ints, Floats]:
    """For each part (cosines, then sines) of the carriers: which sign of the code word it carries, and its secret sign.

    Every run of parts as long as the code word holds each of its signs once, in a secret order.
    """
    count = 2 * len(CARRIERS)
    runs = -(-count // code.SIGNS)
    order = np.concatenate(
        [finder.shuffled(f"image/{run}", pattern, code.SIGNS) for run in range(runs)]
    )[:count]  # fmt: skip
    return order, finder.signs("image/carriers", pattern, count)


def waves(finder: Finder, pattern: int, payload: int) -> Waves:
    """All waves of a mark, ±1±i each, in the order of :data:`ACROSS`."""
    found = np.empty(len(RADIUS), np.complex64)
    found[PILOT] = pilot(finder, pattern)
    order, signs = places(finder, pattern)
    parts = code.encode(payload)[order] * signs
    found[CARRIERS] = parts[0::2] + 1j * parts[1::2]
    return found


def collect(finder: Finder, pattern: int, parts: npt.NDArray[np.complexfloating]) -> npt.NDArray[np.float64]:
    """Soft values of the code word out of the carriers as they were found, already weighted by how sure they are."""
    order, signs = places(finder, pattern)
    flat = np.empty(2 * len(CARRIERS))
    flat[0::2], flat[1::2] = parts.real, parts.imag
    return np.asarray(np.bincount(order, weights=flat * signs, minlength=code.SIGNS), np.float64)
