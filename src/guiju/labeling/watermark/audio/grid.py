"""The grid of sound: coefficients of time and frequency, and which sign of a mark lies on which of them.

Everything here happens at 16 kHz. A mark is a sound that repeats every tile, flat between 281 and 5031 Hz: the sum of
overlapping cosines (MDCT) whose signs are the pilot's or, some forty times each, those of the code word.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from guiju.labeling.watermark import code
from guiju.labeling.watermark.keys import Finder

RATE: Final = 16_000
HALF: Final = 256
"""Samples from one frame of coefficients to the next."""
FRAMES: Final = 128
"""Frames in a tile."""
TILE: Final = HALF * FRAMES
"""Samples of a tile: 2.048 seconds."""
LOWEST, HIGHEST = 9, 161
"""The coefficients of a frame that are used; a telephone passes the lower two thirds."""
WIDTH: Final = HIGHEST - LOWEST
CELLS: Final = FRAMES * WIDTH
PILOT: Final = CELLS // 5

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]


class Chart:
    """Which coefficient of a tile (frame by frame) holds what, in one pattern."""

    def __init__(self, finder: Finder, pattern: int) -> None:
        order = finder.shuffled("audio/cells", pattern, CELLS)
        self._signs = finder.signs("audio/signs", pattern, CELLS)
        self._kept: Ints = np.sort(order[PILOT:])
        self._place: Ints = np.empty(CELLS, np.int64)
        self._place[order[PILOT:]] = np.arange(CELLS - PILOT) % code.SIGNS
        self._place[order[:PILOT]] = code.SIGNS  # where there is always a one

    def cells(self, values: Floats) -> Floats:
        """The coefficients of a tile whose code word has these signed sizes; those of the pilot have size 1."""
        spread = np.append(values, np.float32(1.0))[self._place] * self._signs
        return np.asarray(spread, np.float32).reshape(FRAMES, WIDTH)

    def pilot(self) -> Floats:
        """The tile of the pilot alone, as sound."""
        return around(self.cells(np.zeros(code.SIGNS, np.float32)))

    def collect(self, tile: Floats) -> npt.NDArray[np.float64]:
        """Soft values of the code word out of a tile of sound: for each sign the sum over its coefficients."""
        weights = (analysed(tile).reshape(-1) * self._signs)[self._kept]
        return np.asarray(np.bincount(self._place[self._kept], weights=weights, minlength=code.SIGNS), np.float64)


@lru_cache(maxsize=40)
def chart(finder: Finder, pattern: int) -> Chart:
    """The chart of one pattern."""
    return Chart(finder, pattern)


@lru_cache(maxsize=40)
def pilot_spectrum(finder: Finder, pattern: int) -> npt.NDArray[np.complex64]:
    """The conjugate spectrum of a pilot's tile."""
    return np.asarray(np.conj(np.fft.rfft(chart(finder, pattern).pilot())), np.complex64)


@cache
def _basis() -> Floats:
    """Windowed cosines, samples of two halves by used coefficients: an orthonormal set with its neighbours' frames."""
    time = np.arange(2 * HALF)[:, None]
    line = np.arange(LOWEST, HIGHEST)[None, :]
    window = np.sin(np.pi * (time + 0.5) / (2 * HALF))
    waves = window * np.cos(np.pi / HALF * (time + 0.5 + HALF / 2) * (line + 0.5)) * np.sqrt(2 / HALF)
    return np.asarray(waves, np.float32)


def synthesised(cells: Floats) -> Floats:
    """The sound of frames of coefficients, one half longer than the frames."""
    pieces = cells @ _basis().T
    sound = np.zeros((len(cells) + 1) * HALF, np.float32)
    sound[:-HALF] += pieces[:, :HALF].reshape(-1)
    sound[HALF:] += pieces[:, HALF:].reshape(-1)
    return sound


def around(cells: Floats) -> Floats:
    """The sound of a tile that repeats."""
    sound = synthesised(cells)
    sound[:HALF] += sound[-HALF:]
    return sound[:-HALF]


def analysed(tile: Floats) -> Floats:
    """The coefficients of a tile that repeats."""
    halves = np.append(tile, tile[:HALF]).reshape(-1, HALF)
    return np.asarray(np.concatenate([halves[:-1], halves[1:]], axis=1) @ _basis(), np.float32)
