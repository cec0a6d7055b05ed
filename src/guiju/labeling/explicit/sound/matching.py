"""Finding a known prompt in a sound: by correlation, so that it is found after coding and at any level."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from guiju.labeling.explicit.sound.listening import RATE
from guiju.labeling.explicit.sound.samples import Sound

ALIKE: Final = 0.5
"""Correlation from which a prompt counts as found: coded copies reach 0.9, other speech stays below 0.2."""
_BLOCK: Final = 60 * RATE


def find(sound: Sound, prompt: Sound) -> tuple[float, float, float] | None:
    """Start and end in seconds of ``prompt`` in ``sound``, and the correlation, 0 to 1; None if it is not there."""
    whole, wanted = sound.at(RATE).samples.astype(np.float64), prompt.at(RATE).samples.astype(np.float64)
    if len(wanted) < RATE // 4 or len(whole) < len(wanted):
        return None
    best, place = (0.0, 0), 0
    while place + len(wanted) <= len(whole):
        scores = _correlation(whole[place : place + _BLOCK + len(wanted)], wanted)
        at = int(np.argmax(scores))
        best = max(best, (float(scores[at]), place + at))
        place += _BLOCK
    score, at = best
    return (at / RATE, (at + len(wanted)) / RATE, round(score, 3)) if score >= ALIKE else None


def _correlation(whole: NDArray[np.float64], wanted: NDArray[np.float64]) -> NDArray[np.float64]:
    """Normalised correlation at every place where ``wanted`` fits."""
    count = len(whole) - len(wanted) + 1
    size = 1 << (len(whole) + len(wanted)).bit_length()
    product = np.fft.irfft(np.fft.rfft(whole, size) * np.conj(np.fft.rfft(wanted, size)), size)[:count]
    energy = np.concatenate([[0.0], np.cumsum(np.square(whole))])
    local = np.sqrt(np.maximum(energy[len(wanted) :] - energy[: -len(wanted)], 1e-12))
    scores = product / (local[:count] * np.linalg.norm(wanted))
    scores[local[:count] < 1e-3 * np.linalg.norm(wanted)] = 0  # silence
    return np.asarray(scores)
