"""Making the mark for a sound: a repeating tile of noise that follows the sound's own course and stays far below it."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import numpy.typing as npt

from guiju.labeling.watermark import code
from guiju.labeling.watermark.audio import grid, shape
from guiju.labeling.watermark.keys import Secret

SNR: Final = 21.0
"""Default strength: sound to mark within the band, in dB."""
SHORTEST: Final = 4.0
"""Seconds that a sound needs at least."""
ROOMY: Final = 10.0
"""Seconds that hold a mark well; shorter sounds get a stronger one, so that they hold as much of it in all …"""
_STRONGER: Final = 3.0
"""… but by no more than this, in dB."""
_TILES: Final = 3
"""Tiles that are shaped together."""
_LEAST, _MOST = 0.4, 2.2

Floats = npt.NDArray[np.float32]


def mark(sound: Floats, secret: Secret, number: int, snr: float = SNR) -> Floats:
    """What to add to ``sound``, one channel at 16 kHz, for a mark that holds ``number``.

    Args:
        snr: sound to mark within the band, in dB, for sounds of :data:`ROOMY` seconds; see :func:`below`.
    """
    chart = grid.chart(secret.finder, secret.pattern_of(number))
    word = code.encode(secret.encipher(number))
    host = shape.whitened(sound)
    depth = 10 ** (-below(len(sound) / grid.RATE, snr) / 20)
    cells = []
    for begin in range(0, len(sound), _TILES * grid.TILE):
        sizes = _sizes(chart, word, host[begin : begin + _TILES * grid.TILE], depth)
        cells += [chart.cells(sizes)] * _TILES
    plain = grid.synthesised(np.concatenate(cells))[: len(sound)]
    added = shape.shaped(plain, sound)
    loud = float(np.sqrt(np.mean(_band(sound) ** 2, dtype=np.float64)))
    level = float(np.sqrt(np.mean(added * added, dtype=np.float64)))
    return np.asarray(added * (depth * loud / max(level, 1e-12)), np.float32)


def below(seconds: float, snr: float = SNR) -> float:
    """How far below a sound of this length its mark stays, in dB, where ``snr`` is asked for."""
    return snr - min(_STRONGER, max(0.0, 10.0 * math.log10(ROOMY / max(seconds, 0.1))))


def _band(sound: Floats) -> Floats:
    """The sound within the band of marks."""
    spectrum = np.fft.rfft(sound)
    line = np.fft.rfftfreq(len(sound), 1 / grid.RATE) * 2 * grid.HALF / grid.RATE
    spectrum[(line < grid.LOWEST) | (line >= grid.HIGHEST)] = 0
    return np.asarray(np.fft.irfft(spectrum, len(sound)), np.float32)


def _sizes(chart: grid.Chart, word: Floats, host: Floats, depth: float) -> Floats:
    """Signed sizes of the code word such that, with what the sound itself says, all its signs stand out alike."""
    helped = chart.collect(folded(host)) * word / ((grid.CELLS - grid.PILOT) / code.SIGNS)
    tiles = max(1.0, len(host) / grid.TILE)
    helped = helped / (depth * np.sqrt(tiles))
    low, high = 0.0, 4.0
    for _ in range(20):
        middle = 0.5 * (low + high)
        sizes = np.clip(middle - helped, _LEAST, _MOST)
        low, high = (low, middle) if float((sizes * sizes).mean()) > 1.0 else (middle, high)
    return np.asarray(sizes * word, np.float32)


def folded(sound: Floats, tile: int = grid.TILE) -> Floats:
    """The sum over all tiles, divided by the root of their number."""
    rows = -(-len(sound) // tile)
    padded = np.zeros(rows * tile, np.float32)
    padded[: len(sound)] = sound
    return np.asarray(padded.reshape(rows, tile).sum(0) / np.sqrt(max(1.0, len(sound) / tile)), np.float32)
