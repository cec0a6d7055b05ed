"""Putting a mark into the pixels of a picture: a faint repeating tile, shaped by what the picture hides and what it opposes."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
from PIL import Image

from guiju.labeling.watermark.image import layout
from guiju.labeling.watermark.image.finding import whitened
from guiju.labeling.watermark.image.planning import planned
from guiju.labeling.watermark.image.tile import SHAPE, UNIT, repeated
from guiju.labeling.watermark.keys import Finder

PSNR: Final = 40.5
"""Default strength: peak signal-to-noise ratio of the marked luma in dB."""
SMALLEST: Final = 160
"""Pixels that the shorter side needs at least."""

_BLOCK: Final = 4
_PLAIN, _LIVELY = 1.2, 0.5
"""What a plain hides, in grey levels; and how much more a lively part does, per grey level of its own spread."""
_LEAST, _MOST = 0.25, 3.0
"""Bounds of the size of one wave beside the usual one."""
_SMALLER: Final = (1.0, 0.8, 0.62)
"""Sizes of the tile that are weighed: a smaller one has shorter waves, which a lively picture drowns less and strong
reduction loses sooner."""
_DROWNED, _SIZES = 0.5, 14
"""Where none of these leaves enough: the smallest that is tried, and about how many from there to the usual one."""
_LOUDER: Final = 0.3
"""By how many dB the mark is stronger there: grain hides it, and 40.5 dB become no less than 40."""
_FINEST: Final = 13.0
"""Most tiles along the geometric mean of the sides: more are not searched for, see `finding.FINEST`."""
_AMPLIFIED: Final = 1.5
"""The most that a mark is enlarged by because white and black clip it."""
_ENOUGH: Final = 450.0
"""Energy of a mark over that of the picture in the same waves, summed, with which it is read whatever happens to it."""
_MOST_OF_ONE: Final = 4.0
"""The most that one wave counts for in that sum."""

Floats = npt.NDArray[np.float32]


def period(width: int, height: int) -> int:
    """Usual side of the tile in pixels: some five of them along a small picture, more along a large one."""
    side = float(np.sqrt(width * height))
    usual = round(100.0 * float(side / 512) ** 0.6)
    return max(48, min(int(usual), int(min(width, height) / 1.7)))


def offsets(luma: Floats, finder: Finder, pattern: int, payload: int, psnr: float = PSNR) -> Floats:
    """What to add to each pixel in all colours, in grey levels, for a mark that holds ``payload``.

    Args:
        luma: grey levels from 0 to 255, rows by columns, at least :data:`SMALLEST` each way.
        psnr: strength, in dB before rounding and clipping; a picture that drowns marks gets 0.3 dB more.
    """
    strength = strengths(luma, psnr)
    wanted = layout.waves(finder, pattern, payload)
    size = _size(luma, strength)
    if size is None:
        strength = strengths(luma, psnr - _LOUDER)
        places = layout.places(finder, pattern)
        size, waves = planned(luma, strength, _sizes(luma), wanted, places, payload)
    else:
        residual, level = whitened(luma)
        waves = _informed(wanted, _there(residual, size, float((strength / level).mean())))
    return _unclipped(luma, np.asarray(repeated(waves, size, luma.shape) * strength, np.float32))


def _unclipped(luma: Floats, added: Floats) -> Floats:
    """``added``, larger where white and black leave so little of it that the change would be smaller than was asked for."""
    wanted, scale = float((added * added).mean()), 1.0
    for _ in range(3):
        left = np.clip(luma + scale * added, 0.0, 255.0) - luma
        scale = min(_AMPLIFIED, scale * float(np.sqrt(wanted / max(float((left * left).mean()), 1e-9))))
    return np.asarray(scale * added, np.float32)


def _size(luma: Floats, strength: Floats) -> int | None:
    """Side of the tile: the largest of which enough is left when the picture is halved; None if of none."""
    height, width = (length // 2 for length in luma.shape)
    halved = luma[: 2 * height, : 2 * width].reshape(height, 2, width, 2).mean((1, 3))
    small, level = whitened(halved)
    share = float((strength[: 2 * height : 2, : 2 * width : 2] / level).mean())
    for smaller in _SMALLER:
        size = _side(luma, smaller)
        if _left(_there(small, size // 2, share), size // 2) >= _ENOUGH:
            return size
    return None


def _sizes(luma: Floats) -> range:
    """Sides of the tile that a lively picture may get."""
    least, most = _side(luma, _DROWNED), _side(luma, 1.0)
    return range(least, most + 1, 2 * max(1, (most - least) // (2 * _SIZES)))


def _side(luma: Floats, smaller: float) -> int:
    """Even pixels."""
    height, width = luma.shape
    return 2 * round(max(48.0, period(width, height) * smaller, float(np.sqrt(luma.size)) / _FINEST) / 2)


def _left(there: layout.Waves, size: int) -> float:
    """How much of a mark can be read in a halved picture, of whose waves ``there`` is known, in tiles of ``size``."""
    length = layout.RADIUS / size  # cycles per pixel; halving takes more of the shorter waves, and all beyond a half
    kept = np.where(length < 0.5, np.cos(np.pi / 2 * length) ** 2 * np.sinc(length) ** 2, 0.0)
    bins = (layout.RADIUS / 2).astype(int)
    noise = np.bincount(bins, weights=np.abs(there) ** 2) / np.maximum(np.bincount(bins), 1)
    return float(np.minimum(2.0 * kept / (noise[bins] + 0.05), _MOST_OF_ONE).sum())


def plain(shape: tuple[int, int], finder: Finder, pattern: int, payload: int) -> Floats:
    """The mark by itself, with a standard deviation of 1, for pictures of this many rows and columns that change."""
    height, width = shape
    return repeated(layout.waves(finder, pattern, payload), period(width, height), shape)


def strengths(luma: Floats, psnr: float) -> Floats:
    """Standard deviation of the mark at each pixel, in grey levels: even, but not more than a place hides."""
    height, width = luma.shape
    rows, columns = height // _BLOCK, width // _BLOCK
    blocks = luma[: rows * _BLOCK, : columns * _BLOCK].reshape(rows, _BLOCK, columns, _BLOCK)
    mean = blocks.mean((1, 3))
    spread = np.maximum((blocks * blocks).mean((1, 3)) - mean * mean, 0.0)
    activity = np.log(np.sqrt(spread) + 0.5)  # the mean of logarithms: one edge in a plain does not make it lively
    hides = np.asarray(_PLAIN + _LIVELY * np.exp(_smooth(_smooth(activity))), np.float32)
    shape = _filled(hides, 255.0 / 10 ** (psnr / 20))
    return np.asarray(Image.fromarray(shape).resize((width, height), Image.Resampling.BILINEAR))


def _filled(hides: Floats, wanted: float) -> Floats:
    """The same everywhere, but no more than ``hides``, with a root mean square of ``wanted``."""
    low, high = 0.0, float(hides.max())
    for _ in range(20):
        middle = 0.5 * (low + high)
        shape = np.minimum(hides, middle)
        low, high = (low, middle) if float((shape * shape).mean()) > wanted * wanted else (middle, high)
    return np.asarray(shape * (wanted / np.sqrt((shape * shape).mean())), np.float32)


def _smooth(values: Floats) -> Floats:
    padded = np.pad(values, 1, mode="edge")
    rows = padded[:-2] + padded[1:-1] + padded[2:]
    return np.asarray((rows[:, :-2] + rows[:, 1:-1] + rows[:, 2:]) / 9.0, np.float32)


def _there(residual: Floats, size: int, share: float) -> layout.Waves:
    """What the picture itself, as the finder will see it, holds of each wave; 1 is the usual size of a mark's.

    ``share``: how large a mark of standard deviation 1 is in the residual.
    """
    height, width = residual.shape
    rows, columns = -(-height // size), -(-width // size)
    padded = np.zeros((rows * size, columns * size), np.float32)
    padded[:height, :width] = residual
    mean = padded.reshape(rows, size, columns, size).sum((0, 2)) / (height * width)
    found = np.fft.rfft2(mean)[layout.DOWN % size, np.minimum(layout.ACROSS, size // 2)]
    return (found * (UNIT / (share * SHAPE))).astype(np.complex64)


def _informed(wanted: layout.Waves, there: layout.Waves) -> layout.Waves:
    """Sizes for the waves such that, with what is ``there``, all stand out alike: those it opposes get more."""
    signs = np.concatenate([wanted.real, wanted.imag])
    helped = signs * np.concatenate([there.real, there.imag])
    low, high = 0.0, 4.0
    for _ in range(20):
        middle = 0.5 * (low + high)
        sizes = np.clip(middle - helped, _LEAST, _MOST)
        low, high = (low, middle) if float((sizes * sizes).mean()) > 1.0 else (middle, high)
    parts = signs * sizes
    return np.asarray(parts[: len(wanted)] + 1j * parts[len(wanted) :], np.complex64)
