"""The rhythm short long, short short: Morse code for AI (5.3), as a tone.

The standard gives neither pitch nor lengths. Ours are those of Morse code: a long tone is three short ones, one between
tones, three between the letters; the blank in 短长 短短 is read as that gap.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from guiju.labeling.explicit.rules import number
from guiju.labeling.explicit.sound.samples import Samples, Sound

TONES: Final = (1, 3, 1, 1)
"""Lengths of the tones, in units."""
GAPS: Final = (1, 3, 1)
"""Lengths of the gaps between them: within a letter one, between the letters three."""
UNITS: Final = sum(TONES) + sum(GAPS)

_EDGE: Final = 0.006


def rhythm(rate: int) -> Sound:
    """The rhythm at full level; edges are softened over 6 ms so that nothing clicks."""
    unit = number("unit_seconds")
    pieces = []
    for index, tone in enumerate(TONES):
        pieces.append(_tone(tone * unit, rate))
        if index < len(GAPS):
            pieces.append(np.zeros(round(GAPS[index] * unit * rate), np.float32))
    return Sound(np.concatenate(pieces), rate)


def _tone(seconds: float, rate: int) -> Samples:
    times = np.arange(round(seconds * rate)) / rate
    edge = np.clip(np.minimum(times, seconds - times) / _EDGE, 0, 1)
    tone = np.sin(2 * np.pi * number("tone_hertz") * times) * np.sin(edge * np.pi / 2) ** 2
    return np.asarray(tone, np.float32)
