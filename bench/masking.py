"""How far added noise stays below what a sound masks: a model of hearing instead of ears.

Johnston's model (IEEE J. Sel. Areas Commun. 6, 1988): power in critical bands over frames of 32 ms, spread by Schroeder's
function, less an offset between that of a tone (14.5 dB plus the band's number) and that of noise (5.5 dB) by how flat the
spectrum is, and never below the threshold in quiet (Terhardt), full scale taken for 90 dB. Reported are the mean ratio of
noise to mask in dB (the lower the better; 0 is where it begins to be heard by the model) and the share of bands and frames
above the mask.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

_FULL_SCALE = 90.0
_BANDS = 25
Floats = npt.NDArray[np.floating]


class Margin(NamedTuple):
    """Mean noise-to-mask ratio in dB over bands and frames with sound, and the share of them above the mask."""

    ratio: float
    above: float


def margin(sound: Floats, noise: Floats, rate: int = 16_000) -> Margin:
    """How ``noise``, which is added to ``sound``, lies to what ``sound`` masks."""
    size = 1 << round(np.log2(0.032 * rate))
    bark = _bark(np.fft.rfftfreq(size, 1 / rate))
    power, added = _power(sound, size), _power(noise, size)
    bands = np.stack([power[:, bark == band].sum(1) for band in range(_BANDS)], 1) + 1e-12
    noises = np.stack([added[:, bark == band].sum(1) for band in range(_BANDS)], 1) + 1e-12
    used = np.array([bool((bark == band).any()) for band in range(_BANDS)])
    mask = _mask(bands, power, bark, size, rate)
    loud = (bands.sum(1) > bands.sum(1).max() * 1e-5)[:, None] & used[None, :]
    ratio = 10 * np.log10(noises / mask)[loud]
    return Margin(float(ratio.mean()), float((ratio > 0).mean()))


def _bark(frequency: Floats) -> npt.NDArray[np.int64]:
    bark = 13 * np.arctan(0.00076 * frequency) + 3.5 * np.arctan((frequency / 7500) ** 2)
    return np.minimum(bark.astype(int), _BANDS - 1)


def _power(sound: Floats, size: int) -> Floats:
    """Power of each spectral line, in frames that overlap by half."""
    window = np.hanning(size)
    starts = range(0, len(sound) - size + 1, size // 2)
    frames = np.stack([sound[start : start + size] * window for start in starts])
    return np.asarray(np.abs(np.fft.rfft(frames, axis=1)) ** 2 / (size * np.sum(window**2) / 2))


def _mask(bands: Floats, power: Floats, bark: npt.NDArray[np.int64], size: int, rate: int) -> Floats:
    apart = np.arange(_BANDS)[:, None] - np.arange(_BANDS)[None, :] + 0.474
    spread = 10 ** ((15.81 + 7.5 * apart - 17.5 * np.sqrt(1 + apart**2)) / 10)
    whole = bands @ spread.T
    flat = 10 * np.log10(np.exp(np.log(power + 1e-12).mean(1)) / (power.mean(1) + 1e-12))
    tonal = np.minimum(flat / -60, 1)[:, None]
    offset = tonal * (14.5 + np.arange(_BANDS)[None, :]) + (1 - tonal) * 5.5
    mask = 10 ** (np.log10(whole) - offset / 10) / spread.sum(1)[None, :]
    kilohertz = np.maximum(np.fft.rfftfreq(size, 1 / rate), 50) / 1000
    quiet = 3.64 * kilohertz**-0.8 - 6.5 * np.exp(-0.6 * (kilohertz - 3.3) ** 2) + 1e-3 * kilohertz**4
    floor = np.array([quiet[bark == band].min() if (bark == band).any() else 0.0 for band in range(_BANDS)])
    return np.maximum(mask, 10 ** ((floor[None, :] - _FULL_SCALE) / 10))
