"""Finding the rhythm short long, short short in a sound, whatever its pitch, speed and level, also under other sound.

Every frequency is looked at alone: where it stands out from its neighbours it is *on*. Four tones with gaps in the
proportions of Morse code, seen in several neighbouring frequencies at once, are the rhythm.
"""

from __future__ import annotations

from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from guiju.labeling.explicit.sound.samples import Samples, Sound, decibels

RATE: Final = 8000
_WINDOW, _HOP = 256, 64
_LOW, _HIGH = 300, 3600
"""Pitches looked at, in hertz."""
_SHORTEST, _LONGEST = 0.04, 0.35
"""Lengths of the short tone that are known, in seconds."""
_BLOCK_SECONDS, _OVERLAP_SECONDS = 60, 8
_STANDS_OUT: Final = 10.0
"""How many times stronger a tone is than the frequencies around it."""
_BELOW_PEAK: Final = 0.08
"""How far below the loudest moment nearby a tone still counts as on (11 dB)."""
_FLOOR: Final = 1e-9

_Grid = NDArray[np.float64]


class Heard(msgspec.Struct, frozen=True):
    """A rhythm that was found.

    Attributes:
        start, end: seconds. ``unit``: seconds of the short tone.
        letter_gap: the gap between the letters, in units. ``hertz``: its pitch.
        level: of its tone, in decibels of full scale. ``above``: decibels over what else sounds at this pitch.
    """

    start: float
    end: float
    unit: float
    letter_gap: float
    hertz: float
    level: float
    above: float


class _Hit(msgspec.Struct, frozen=True):
    start: float
    end: float
    unit: float
    gap: float
    bin: int
    power: float
    noise: float


def rhythms(sound: Sound) -> tuple[Heard, ...]:
    """Every rhythm in a sound, in order."""
    samples = sound.at(RATE).samples
    step, length = (_BLOCK_SECONDS - _OVERLAP_SECONDS) * RATE, _BLOCK_SECONDS * RATE
    hits: list[_Hit] = []
    for place in range(0, max(1, len(samples) - _OVERLAP_SECONDS * RATE), step):
        hits += _in_block(samples[place : place + length], place / RATE)
    return tuple(_merged(hits))


def _in_block(samples: Samples, offset: float) -> list[_Hit]:
    if len(samples) < 4 * _WINDOW:
        samples = np.concatenate([samples, np.zeros(4 * _WINDOW - len(samples), np.float32)])
    power = _spectrogram(samples)
    on = _on(power)
    low = round(_LOW * _WINDOW / RATE)
    hits = []
    for number in range(low, round(_HIGH * _WINDOW / RATE)):
        hits += _in_bin(on[number], power[number], number, offset)
    return hits


def _spectrogram(samples: Samples) -> _Grid:
    """Power by frequency and time, 1 for a full-scale sine."""
    padded = np.concatenate([np.zeros(_WINDOW // 2, np.float32), samples, np.zeros(_WINDOW, np.float32)])
    frames = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::_HOP]
    window = np.hanning(_WINDOW)
    spectrum = np.abs(np.fft.rfft(frames * window, axis=1)) / (window.sum() / 2)
    return np.ascontiguousarray(np.square(spectrum).T)


def _on(power: _Grid) -> NDArray[np.bool_]:
    """Where a frequency sounds: above its neighbours, and near its own peak of the seconds around."""
    bins, frames = power.shape
    padded = np.pad(power, ((12, 12), (0, 0)), mode="edge")
    around = np.median(np.stack([padded[12 + d : 12 + d + bins] for d in (-12, -9, -7, -5, 5, 7, 9, 12)]), axis=0)
    width = RATE // _HOP // 2
    count = -(-frames // width)
    tops = np.pad(power, ((0, 0), (0, count * width - frames))).reshape(bins, count, width).max(2)
    wide = np.pad(tops, ((0, 0), (3, 3)))
    peak = np.max(np.stack([wide[:, d : d + count] for d in range(7)]), axis=0)
    near = np.repeat(peak, width, 1)[:, :frames]
    return (power > _STANDS_OUT * around) & (power > _BELOW_PEAK * near) & (power > _FLOOR)


def _in_bin(on: NDArray[np.bool_], power: NDArray[np.float64], number: int, offset: float) -> list[_Hit]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], on, [False]]).astype(np.int8)))
    starts, ends = edges[::2].astype(np.float64), edges[1::2].astype(np.float64)
    if len(starts) < 4:
        return []
    tones, gaps = (ends - starts) * _HOP / RATE, (starts[1:] - ends[:-1]) * _HOP / RATE
    first, second, third, fourth = tones[:-3], tones[1:-2], tones[2:-1], tones[3:]
    one, two, three = gaps[:-2], gaps[1:-1], gaps[2:]
    unit = (first + second / 3 + third + fourth + one + three) / 6
    before = np.concatenate([[np.inf], gaps])[: len(unit)]
    behind = np.concatenate([gaps, [np.inf]])[3 : 3 + len(unit)]
    good = (unit > _SHORTEST) & (unit < _LONGEST)
    for tone in (first, third, fourth):
        good &= (tone > 0.6 * unit) & (tone < 1.5 * unit)
    for gap in (one, three):
        good &= (gap > 0.5 * unit) & (gap < 1.6 * unit)
    good &= (second > 2.2 * unit) & (second < 4 * unit) & (two > 0.6 * unit) & (two < 5 * unit)
    good &= (before > unit) & (behind > unit)
    return [_hit(int(at), starts, ends, unit, two, power, number, offset) for at in np.flatnonzero(good)]


def _hit(
    at: int, starts: NDArray[np.float64], ends: NDArray[np.float64], unit: NDArray[np.float64],
    gap: NDArray[np.float64], power: NDArray[np.float64], number: int, offset: float,
) -> _Hit:  # fmt: skip
    low, high = int(starts[at]), int(ends[at + 3])
    tone = power[int(starts[at + 1]) : int(ends[at + 1])]
    pauses = np.concatenate([power[int(ends[at + n]) + 2 : int(starts[at + n + 1]) - 2] for n in range(3)])
    noise = float(np.median(pauses)) if len(pauses) else 0.0
    return _Hit(
        offset + low * _HOP / RATE, offset + high * _HOP / RATE, float(unit[at]), float(gap[at] / unit[at]), number,
        float(np.median(tone)), noise,
    )  # fmt: skip


def _merged(hits: list[_Hit]) -> list[Heard]:
    """One for every rhythm: hits at the same time in neighbouring frequencies; a single one is chance."""
    found: list[Heard] = []
    left = sorted(hits, key=lambda hit: -hit.power)
    while left:
        best = left[0]
        same = [hit for hit in left if abs(hit.start - best.start) < best.unit and abs(hit.end - best.end) < best.unit]
        near = {hit.bin for hit in same if 0 < abs(hit.bin - best.bin) <= 2}
        left = [hit for hit in left if hit not in same]
        if near and not any(one.start < best.end and best.start < one.end for one in found):
            above = 10 * np.log10(best.power / max(best.noise, 1e-12))
            found.append(
                Heard(
                    round(best.start, 3), round(best.end, 3), round(best.unit, 4), round(best.gap, 2),
                    best.bin * RATE / _WINDOW, round(decibels(best.power**0.5), 1), round(float(above), 1),
                )
            )  # fmt: skip
    return sorted(found, key=lambda one: one.start)
