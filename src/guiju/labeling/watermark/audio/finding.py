"""Finding a mark in sound: whitened, folded over its tiles, the pilot tried at every sample, the code word read."""

from __future__ import annotations

from itertools import product
from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt

from guiju.labeling.watermark import code, rates
from guiju.labeling.watermark.audio import grid, shape
from guiju.labeling.watermark.audio.marking import folded
from guiju.labeling.watermark.findings import Detection, Verdict
from guiju.labeling.watermark.keys import PATTERNS, Finder, Secret
from guiju.media.waiting import step

PIECE: Final = 60
"""Seconds that are folded together; longer sounds are looked at piece by piece."""
SPEEDS: Final = tuple(1 + 0.0005 * step for step in range(-120, 121) if step)
"""Changes of speed, pitch included, that a thorough search tries."""
_TRIED: Final = 12
"""Seconds by which speeds are tried; over more, a step of them is too coarse."""
KEPT: Final = 6
_NOISY: Final = (False, True)
"""Each piece is searched as it is, and then as one to which noise was added."""

Floats = npt.NDArray[np.float32]


class Place(msgspec.Struct, frozen=True):
    """A hypothesis: pattern, sample at which a tile begins, speed since marking, and how well the pilot agrees."""

    pattern: int
    start: int
    speed: float
    score: float


def detect(sound: Floats, finder: Finder, secret: Secret | None, thorough: bool = False) -> Detection:
    """What one channel of sound at 16 kHz holds."""
    size = PIECE * grid.RATE
    pieces = [sound[start : start + size] for start in range(0, max(1, len(sound) - size // 4), size)]
    variants = len(_NOISY) * (1 + (len(SPEEDS) if thorough else 0))
    limit = rates.threshold(PATTERNS * grid.TILE * variants * len(pieces))
    best, at = Place(0, 0, 1.0, 0.0), 0
    for number, (piece, noisy) in enumerate(product(pieces, _NOISY)):
        step()
        for tile, place in _searched(shape.whitened(piece, noisy), finder, thorough):
            payload = code.decode(_soft(tile, finder, place))
            if payload is not None:
                return _told(place, number // len(_NOISY), limit, secret, payload)
            if place.score > best.score:
                best, at = place, number // len(_NOISY)
    if best.score < limit:
        return Detection("audio", Verdict.NOT_FOUND, None, round(best.score, 2), round(limit, 2))
    return _told(best, at, limit, secret, None)


def _told(place: Place, piece: int, limit: float, secret: Secret | None, payload: int | None) -> Detection:
    number = None if secret is None or payload is None else secret.decipher(payload)
    if number is not None and secret is not None and secret.pattern_of(number) != place.pattern:
        number = None  # the pattern is chosen by the number: a mark forged with the finder's half alone shows here
    notes = {"tile_begins_seconds": round(piece * PIECE + place.start / grid.RATE, 3)}
    if place.speed != 1.0:
        notes["speed"] = round(place.speed, 4)
    verdict = Verdict.PRESENT if number is None else Verdict.READ
    return Detection("audio", verdict, number, round(place.score, 2), round(limit, 2), notes=notes)


def _searched(white: Floats, finder: Finder, thorough: bool) -> list[tuple[Floats, Place]]:
    """The best hypotheses, best first, each with the folded sound it is about."""
    if not len(white) or not white.any():
        return []
    tile = folded(white)
    found = [(tile, place) for place in _piloted(tile, finder, range(PATTERNS), 1.0)]
    found.sort(key=lambda one: -one[1].score)
    if thorough:
        short = white[: _TRIED * grid.RATE]
        for speed in SPEEDS:
            step()
            tile = folded(_slowed(short, speed))
            found += [(tile, place) for place in _piloted(tile, finder, range(PATTERNS), speed)]
        found.sort(key=lambda one: -one[1].score)
    return found[:KEPT]


def _slowed(white: Floats, speed: float) -> Floats:
    """The sound as it was before it was played ``speed`` times as fast."""
    length = int((len(white) - 1) * speed)
    return np.asarray(np.interp(np.arange(length) / speed, np.arange(len(white)), white), np.float32)


def _piloted(tile: Floats, finder: Finder, patterns: range, speed: float) -> list[Place]:
    """For each pattern the sample at which its pilot agrees best."""
    spectrum = np.fft.rfft(tile)
    # The pilot is a sum of orthonormal waves with fair signs: its product with the tile has the tile's mean square
    # over the band as variance, times the share of the coefficients it holds.
    norm = float(np.sqrt(np.sum(tile * tile, dtype=np.float64) * grid.PILOT / grid.CELLS)) + 1e-9
    found = []
    for pattern in patterns:
        scores = np.fft.irfft(spectrum * grid.pilot_spectrum(finder, pattern), grid.TILE)
        start = int(scores.argmax())
        found.append(Place(pattern, start, speed, float(scores[start]) / norm))
    return found


def _soft(tile: Floats, finder: Finder, place: Place) -> npt.NDArray[np.float64]:
    return grid.chart(finder, place.pattern).collect(np.roll(tile, -place.start))
