"""Reading the number out of a mark whose pose is roughly known: the pose made exact, the code word collected, decoded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt

from guiju.labeling.watermark import code, rates
from guiju.labeling.watermark.findings import Detection, Verdict
from guiju.labeling.watermark.image import finding, layout
from guiju.labeling.watermark.image.finding import Pose, Spectrum
from guiju.labeling.watermark.keys import Finder, Secret

TURNS: Final = tuple(0.8 * step for step in range(-6, 7))
"""Degrees that a picture may be turned by, for a thorough search."""
_ROUNDS: Final = 3
_STEPS: Final = (-2, -1, 0, 1, 2)
_ALONG: Final = 29
"""Places along one line that :func:`refined` may come to: two steps each way, then two of half the size, then of a quarter."""
_REACHED: Final = (2 * _ALONG - 1) ** 2 * _ALONG**2
"""Poses that it may come to from one hypothesis; across and down each lie on two of the lines. All are chances to be mistaken."""
_STANDS_OUT: Final = 6.5
"""The score from which a pose is read at once."""
_CLOSELY: Final = 2
"""Of how many poses those beside them are read too."""
_BESIDE: Final = ((0.012, 0.0), (-0.012, 0.0), (0.0, 0.012), (0.0, -0.012))
"""Steps in tiles: a tenth of the wave length of what the code lies on."""
_STRETCH: Final = 0.08
"""Of such a step, as a share of the tile's size: over some tiles it adds up to as much."""


def refined(spectrum: Spectrum, finder: Finder, pose: Pose) -> Pose:
    """The pose near ``pose`` with which the pilot agrees best, its score measured anew."""
    pilot = layout.pilot(finder, pose.pattern)
    pose = msgspec.structs.replace(pose, score=_agreement(spectrum, pose, pilot))
    size = 0.5 * (pose.across + pose.down)
    stretch = 0.3 * size / (spectrum.side * layout.PILOT_HIGHEST)
    steps = {"across": stretch * pose.across, "down": stretch * pose.down, "right": 0.01, "below": 0.01}
    if pose.turn:
        steps["turn"] = float(np.rad2deg(stretch))
    for _ in range(_ROUNDS):
        for names in (("across", "down"), ("across",), ("down",), ("turn",), ("right",), ("below",)):
            if all(name in steps for name in names):
                pose = _nudged(spectrum, pilot, pose, {name: steps[name] for name in names})
        steps = {name: step * 0.5 for name, step in steps.items()}
    return pose


def _nudged(spectrum: Spectrum, pilot: layout.Waves, pose: Pose, steps: dict[str, float]) -> Pose:
    """The best of a few poses along one line."""
    tried = []
    for step in _STEPS:
        moved = {name: getattr(pose, name) + step * size for name, size in steps.items()}
        other = msgspec.structs.replace(pose, **moved)
        tried.append(msgspec.structs.replace(other, score=_agreement(spectrum, other, pilot)))
    return max(tried, key=lambda one: one.score)


def _agreement(spectrum: Spectrum, pose: Pose, pilot: layout.Waves) -> float:
    read = spectrum.waves(pose, layout.PILOT, exact=True)
    norm = float(np.sqrt((np.abs(read) ** 2).sum())) + 1e-9
    return float((read * np.conj(pilot)).real.sum()) / norm


def word(spectrum: Spectrum, finder: Finder, pose: Pose) -> int | None:
    """The payload that lies there, None if no code word passes its check.

    The waves are weighted by what stands out of the spectrum at their length; then, since in grain that is a guess, alike.
    """
    read = spectrum.waves(pose, layout.CARRIERS, exact=True)
    payload = code.decode(layout.collect(finder, pose.pattern, read * _trust(spectrum, pose)))
    return payload if payload is not None else code.decode(layout.collect(finder, pose.pattern, read))


def _trust(spectrum: Spectrum, pose: Pose) -> npt.NDArray[np.float64]:
    """Weight of each carrier: how far the waves of its length stand out of the spectrum between the lines."""
    every = np.arange(len(layout.RADIUS))
    on = np.abs(spectrum.waves(pose, every, exact=True)) ** 2
    between = np.abs(spectrum.beside(pose)) ** 2
    bins = (layout.RADIUS / 2).astype(int)
    count = np.maximum(np.bincount(bins), 1)
    signal = _smooth(np.bincount(bins, weights=on) / count)
    noise = _smooth(np.bincount(bins, weights=between.mean(0)) / count)
    amplitude = np.sqrt(np.maximum(signal - noise, 0.02 * noise + 1e-9))
    weights = amplitude / (noise + 0.05 * noise.max() + 1e-9)
    return np.asarray(weights[bins[layout.CARRIERS]], np.float64)


def _smooth(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    padded = np.pad(values, 1, mode="edge")
    return 0.25 * padded[:-2] + 0.5 * padded[1:-1] + 0.25 * padded[2:]


def detect(
    medium: str, spectrum: Spectrum, finder: Finder, secret: Secret | None, thorough: bool, chances: int = 1
) -> Detection:
    """What a picture, or a sum of frames of a film, holds; ``chances``: how many such sums of the film are tried."""
    turns = TURNS if thorough else (0.0,)
    payload, pose = _read(spectrum, finder, turns)
    reached = _REACHED * (_ALONG if thorough else 1)
    limit = rates.threshold(chances * finding.hypotheses(spectrum, turns) * reached)
    if payload is None and pose.score < limit:
        return Detection(medium, Verdict.NOT_FOUND, None, round(pose.score, 2), round(limit, 2))
    number = secret.decipher(payload) if secret is not None and payload is not None else None
    if number is not None and secret is not None and secret.pattern_of(number) != pose.pattern:
        number = None  # the pattern is chosen by the number: a forger without the reader's half shows here
    verdict = Verdict.PRESENT if number is None else Verdict.READ
    return Detection(medium, verdict, number, round(pose.score, 2), round(limit, 2), notes=_notes(pose))


def _read(spectrum: Spectrum, finder: Finder, turns: tuple[float, ...]) -> tuple[int | None, Pose]:
    """The payload of the first pose whose code word passes its check, and that pose; else None and the best pose.

    A pose that stands out is read before anything else is searched: most marked pictures are as they were marked.
    """
    found: list[Pose] = []
    for pose in finding.search(spectrum, finder, turns[len(turns) // 2 :][:1], (False,))[:1]:
        found = [refined(spectrum, finder, pose)]
        payload = word(spectrum, finder, found[0]) if found[0].score >= _STANDS_OUT else None
        if payload is not None:
            return payload, found[0]
    poses = [refined(spectrum, finder, pose) for pose in finding.search(spectrum, finder, turns)]
    poses.sort(key=lambda pose: -pose.score)
    for place, pose in enumerate(poses):
        for near in _around(pose) if place < _CLOSELY else (pose,):
            payload = word(spectrum, finder, near)
            if payload is not None:
                return payload, near
    return None, poses[0]


def _around(pose: Pose) -> Iterator[Pose]:
    """The pose and others beside it: the pilot alone is not exact about the place of a mark that is hardly there."""
    yield pose
    for right, below in _BESIDE:
        yield msgspec.structs.replace(pose, right=pose.right + right, below=pose.below + below)
    for wider, higher in _BESIDE:
        yield msgspec.structs.replace(
            pose, across=pose.across * (1 + _STRETCH * wider), down=pose.down * (1 + _STRETCH * higher)
        )


def _notes(pose: Pose) -> dict[str, float]:
    notes = {"tile_across": round(pose.across, 2), "tile_down": round(pose.down, 2)}
    if pose.turn:
        notes["turned_degrees"] = round(pose.turn, 2)
    return notes | ({"mirrored": 1.0} if pose.mirrored else {})
