"""How loud a label is beside the sound it goes into, and where in the middle it disturbs least."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec
import numpy as np

from guiju.labeling.explicit.rules import number
from guiju.labeling.explicit.sound.samples import SILENT, Samples, Sound

QUIETEST, LOUDEST = 10 ** (-28 / 20), 10 ** (-14 / 20)
"""Bounds of the label's level, as root mean square of full scale."""
DEFAULT: Final = 10 ** (-20 / 20)
_STEP: Final = 0.05


class Survey(msgspec.Struct, frozen=True):
    """What one pass over a sound tells: frames, rate, the level of what is not silent, and the quietest middle frame."""

    frames: int
    rate: int
    level: float
    middle: int


def survey(blocks: Iterable[Samples], rate: int) -> Survey:
    """Go once over the blocks of a sound, each of shape ``(frames, channels)``."""
    step = max(1, round(_STEP * rate))
    energies, rest, frames = [], np.zeros(0, np.float64), 0
    for block in blocks:
        frames += len(block)
        rest = np.concatenate([rest, np.square(block, dtype=np.float64).mean(1)])
        whole = len(rest) // step * step
        energies.append(rest[:whole].reshape(-1, step).mean(1))
        rest = rest[whole:]
    energy = np.concatenate(energies) if energies else np.zeros(0)
    heard = energy[energy > SILENT**2]
    level = float(np.sqrt(heard.mean())) if len(heard) else 0.0
    return Survey(frames, rate, level, _quietest(energy) * step if len(energy) > 4 else frames // 2)


def fitted(label: Sound, found: Survey) -> Sound:
    """The label at the rate of a sound, about as loud as it."""
    level = min(LOUDEST, max(QUIETEST, found.level)) if found.level else DEFAULT
    return label.at(found.rate).loud(level)


def padded(label: Sound, position: str, channels: int) -> Samples:
    """The label in every channel, with a pause between it and the content."""
    pause = np.zeros(round(number("pause_seconds") * label.rate), np.float32)
    before = pause if position != "start" else pause[:0]
    behind = pause if position != "end" else pause[:0]
    whole = np.concatenate([before, label.samples, behind])
    return np.repeat(whole[:, None], channels, 1)


def frame_of(position: str, found: Survey) -> int:
    """Before which frame the label goes."""
    return {"start": 0, "end": found.frames}.get(position, found.middle)


def _quietest(energy: np.ndarray[tuple[int], np.dtype[np.float64]]) -> int:
    """The quietest step, over a third of a second, in the middle fifth."""
    low, high = int(0.4 * len(energy)), max(int(0.6 * len(energy)), int(0.4 * len(energy)) + 1)
    smooth = np.convolve(energy, np.ones(7) / 7, "same")
    return low + int(np.argmin(smooth[low:high]))
