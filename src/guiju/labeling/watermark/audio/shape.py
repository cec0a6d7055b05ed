"""The course of a sound over time and frequency: by it a mark is masked, and by it a sound is whitened."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt

from guiju.labeling.watermark.audio import grid
from guiju.media.waiting import step

_SIZE: Final = 2 * grid.HALF
_BATCH: Final = 2048
_AROUND: Final = 4
"""Spectral lines each way, 31 Hz apart, over which the course is smoothed; a critical band below 2 kHz is wider."""
_FLOOR: Final = 10**-2.5
"""Of the mean size: what is softer counts as noise of the recording."""

_ALWAYS: Final = 0.1
"""Share of the time that a frequency is softest: how loud it then is counts as noise."""
_TRACE: Final = 0.05
"""Of the power, what is left where there is only noise."""

Floats = npt.NDArray[np.float32]
Spectra = npt.NDArray[np.complex64]

_WINDOW: Final[Floats] = np.asarray(np.sin(np.pi * (np.arange(_SIZE) + 0.5) / _SIZE), np.float32)
_BAND: Final = slice(grid.LOWEST, grid.HIGHEST)


def shaped(mark: Floats, host: Floats) -> Floats:
    """``mark`` with the course of ``host``: at every time and frequency as loud as that."""
    return _through(mark, host, whiten=False)


def whitened(host: Floats, noisy: bool = False) -> Floats:
    """``host`` made flat over time and frequency, within the band of marks and nothing beyond.

    Args:
        noisy: take what is always there at a frequency for noise that was added since, and leave little of where there
            is nothing else: a mark follows the sound and not the noise.
    """
    return _through(host, host, whiten=True, noisy=noisy)


def _through(sound: Floats, host: Floats, whiten: bool, noisy: bool = False) -> Floats:
    length = len(sound)
    if not length:
        return sound
    count = length // grid.HALF + 1
    out = np.zeros((count + 1) * grid.HALF, np.float32)
    floor = _FLOOR * float(np.sqrt(np.mean(host * host, dtype=np.float64)) + 1e-9) * np.sqrt(grid.HALF)
    for first, spectra, course in _walked(sound, host, count):
        course = np.maximum(course, floor)
        spectra = spectra / course if whiten else spectra * np.where(course > floor, course, 0.5 * course)
        if noisy:
            always = np.quantile(course, _ALWAYS, axis=0)
            spectra = spectra * np.sqrt(np.maximum(1.0 - 0.9 * (always / course) ** 2, _TRACE))
        whole = np.zeros((len(spectra), grid.HALF + 1), np.complex64)
        whole[:, _BAND] = spectra
        pieces = np.fft.irfft(whole, _SIZE, axis=1).astype(np.float32) * _WINDOW
        begin, end = first * grid.HALF, (first + len(pieces)) * grid.HALF
        out[begin:end] += pieces[:, : grid.HALF].reshape(-1)
        out[begin + grid.HALF : end + grid.HALF] += pieces[:, grid.HALF :].reshape(-1)
    return out[grid.HALF : grid.HALF + length]


def _walked(sound: Floats, host: Floats, count: int) -> Iterator[tuple[int, Spectra, Floats]]:
    """Spectra of ``sound`` in the band, and the course of ``host`` there, in batches; frames overlap by half."""
    for first in range(0, count, _BATCH):
        step()
        last = min(count, first + _BATCH)
        spectra = _spectra(sound, first, last)
        wide = np.abs(_spectra(host, first - 1, last + 1))
        yield first, spectra, _smooth(wide)


def _spectra(sound: Floats, first: int, last: int) -> Spectra:
    begin, end = (first - 1) * grid.HALF, last * grid.HALF
    piece = sound[max(0, begin) : max(0, end)]
    before = min(max(0, -begin), end - begin)
    piece = np.pad(piece, (before, end - begin - before - len(piece)))
    halves = piece.reshape(-1, grid.HALF)
    frames = np.concatenate([halves[:-1], halves[1:]], axis=1) * _WINDOW
    return np.asarray(np.fft.rfft(frames, axis=1)[:, _BAND], np.complex64)


def _smooth(sizes: Floats) -> Floats:
    """Root mean square over three frames and some lines; one frame shorter at each end."""
    power = sizes * sizes
    over = power[:-2] + 2 * power[1:-1] + power[2:]
    total = np.cumsum(np.pad(over, ((0, 0), (_AROUND + 1, _AROUND)), mode="edge"), axis=1, dtype=np.float64)
    width = 2 * _AROUND + 1
    return np.asarray(np.sqrt((total[:, width:] - total[:, :-width]) / (4 * width)), np.float32)
