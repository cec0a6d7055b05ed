"""Sound in memory: samples between -1 and 1, their rate, and what can be said of how loud they are."""

from __future__ import annotations

import math
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
"""Shape ``(frames,)`` for one channel, ``(frames, channels)`` for several."""

SILENT: Final = 10 ** (-60 / 20)
"""Below this a sample counts as silence."""


class Sound(msgspec.Struct, frozen=True):
    """One channel of sound."""

    samples: Samples
    rate: int

    @property
    def seconds(self) -> float:
        """How long it is."""
        return len(self.samples) / self.rate

    def at(self, rate: int) -> Sound:
        """The same sound at another rate, band-limited."""
        if rate == self.rate or not len(self.samples):
            return Sound(self.samples, rate)
        return Sound(resampled(self.samples, self.rate, rate), rate)

    def loud(self, level: float) -> Sound:
        """The same sound with the root mean square ``level``, its peaks kept below full scale."""
        now = rms(self.samples)
        if now == 0:
            return self
        gain = min(level / now, 0.89 / float(np.abs(self.samples).max()))
        return Sound((self.samples * gain).astype(np.float32), self.rate)

    def trimmed(self, below: float = 0.01) -> Sound:
        """From the first to the last sample that is louder than a share of the peak."""
        if not len(self.samples):
            return self
        heard = np.flatnonzero(np.abs(self.samples) > below * float(np.abs(self.samples).max()))
        return Sound(self.samples[heard[0] : heard[-1] + 1], self.rate) if len(heard) else self


def rms(samples: Samples) -> float:
    """Root mean square; 0 for nothing."""
    return math.sqrt(float(np.mean(np.square(samples, dtype=np.float64)))) if samples.size else 0.0


def decibels(level: float) -> float:
    """Of full scale; -120 for silence."""
    return 20 * math.log10(max(level, 1e-6))


def resampled(samples: Samples, rate: int, wanted: int) -> Samples:
    """Band-limited resampling by the spectrum, in pieces with overlap so that long sounds take little memory."""
    piece, overlap = rate * 20, rate // 2
    made, place = [], 0
    while place < len(samples):
        low, high = max(0, place - overlap), min(len(samples), place + piece + overlap)
        count = max(1, round((high - low) * wanted / rate))
        spectrum = np.fft.rfft(samples[low:high])
        bins = count // 2 + 1
        kept = np.zeros(bins, complex)
        kept[: min(bins, len(spectrum))] = spectrum[:bins]
        whole = np.fft.irfft(kept, count) * (count / (high - low))
        start = round((place - low) * wanted / rate)
        length = round(min(piece, len(samples) - place) * wanted / rate)
        made.append(whole[start : start + length])
        place += piece
    return np.concatenate(made).astype(np.float32) if made else samples
