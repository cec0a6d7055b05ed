"""A mark for a picture that drowns it: its place and the sizes of its waves are chosen by what the picture itself holds.

What the picture holds of the mark's own waves is the noise that a finder meets, and whoever puts a mark in knows it. So the
tile is laid where the picture agrees with it most, the pilot is made as large as it must be, and the code word only
where another word would fit nearly as well: what an error needs is taken from it, and nothing else is paid for (informed
embedding in the sense of Miller, Doërr and Cox, IEEE Trans. Image Processing 13, 2004).
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from guiju.labeling.watermark import code
from guiju.labeling.watermark.image import layout
from guiju.labeling.watermark.image.foreseen import Foreseen, foreseen
from guiju.labeling.watermark.image.tile import SHAPE, Floats

PLACES: Final = 64
"""Places across the tile at which it may begin."""
_PILOT: Final = 7.0
"""Score of the pilot that is aimed at after every edit."""
_PILOT_SHARE: Final = 0.36
"""The most of a mark's energy that goes into it."""
_PILOT_COUNTS: Final = 1.5
"""How much its agreement with the picture weighs beside that of the code word, when a place is chosen."""
_TRIES: Final = 80
"""Rivals of the code word that are looked for after each edit."""
_MARGIN: Final = 0.1
"""By how much the margin grows each time that there is no rival, in standard deviations of the picture for one sign."""
_SETTLED: Final = 2
"""How often no rival must be found: each time the word is cut open at another place."""

_COST: Final = np.repeat(SHAPE[layout.CARRIERS] ** 2, 2)
_PILOT_COST: Final = float(2.0 * (SHAPE[layout.PILOT] ** 2).sum())
_WHOLE: Final = float(2.0 * (SHAPE**2).sum())
Values = npt.NDArray[np.float64]


class Plan(NamedTuple):
    """The side of the tile in pixels, and its waves, the tile beginning in the upper left corner."""

    size: int
    waves: layout.Waves


class _View(NamedTuple):
    """What is seen after one edit at the chosen place: the picture's part of each wave, and how large the mark's is."""

    host: layout.Waves
    gain: Floats


def planned(
    luma: Floats, strength: Floats, sizes: range, wanted: layout.Waves, places: tuple[layout.Ints, Floats], payload: int
) -> Plan:
    """The mark that will be read best, of one of these sizes.

    Args:
        strength: standard deviation of the mark at each pixel.
        wanted, places: the waves ±1±i of the mark, and where the code word of ``payload`` lies in them.
    """
    seen = foreseen(luma, strength, wanted, sizes[len(sizes) // 2])
    size, right, below, views = max((_placed(seen, size, wanted) for size in sizes), key=lambda one: one[0])[1]
    begins = np.exp(2j * np.pi * (layout.ACROSS * right + layout.DOWN * below)).astype(np.complex64)
    views = [_View(view.host * begins, view.gain) for view in views]
    pilot = _pilot(views, wanted[layout.PILOT])
    waves = wanted * pilot
    budget = _WHOLE - pilot * pilot * _PILOT_COST
    waves[layout.CARRIERS] = _carriers(views, wanted[layout.CARRIERS], places[0], payload, budget)
    return Plan(size, (waves * np.conj(begins)).astype(np.complex64))


def _placed(
    seen: list[Foreseen], size: int, wanted: layout.Waves
) -> tuple[float, tuple[int, float, float, list[_View]]]:
    """How well pilot and code word will stand out after the worst edit, at the best place for tiles of this size."""
    views = [_View(one.sight.waves(size), one.gain(size)) for one in seen]
    worst = np.full((PLACES, PLACES), np.inf)
    for view in views:
        stands = np.zeros((PLACES, PLACES))
        for which, counts in ((layout.PILOT, _PILOT_COUNTS), (layout.CARRIERS, 1.0)):
            host, gain = view.host[which], view.gain[which]
            noise = np.sqrt((np.abs(host) ** 2).sum() / 2 + (gain**2).sum()) + 1e-9
            stands += counts * (_agreement(host, wanted[which], which) + 2 * gain.sum()) / noise
        worst = np.minimum(worst, stands)
    below, right = divmod(int(worst.argmax()), PLACES)
    return float(worst.max()), (size, right / PLACES, below / PLACES, views)


def _agreement(host: layout.Waves, wanted: layout.Waves, which: layout.Ints) -> Values:
    """Correlation of the picture with these waves of the mark, were it laid at each place (down, across)."""
    plane = np.zeros((PLACES, PLACES // 2 + 1), np.complex128)
    across, down = layout.ACROSS[which], layout.DOWN[which]
    product = host * np.conj(wanted)
    plane[down % PLACES, across] = product
    upright = across == 0
    plane[-down[upright] % PLACES, 0] = np.conj(product[upright])
    return np.asarray(np.fft.irfft2(plane, s=(PLACES, PLACES)) * (PLACES * PLACES / 2), np.float64)


def _pilot(views: list[_View], wanted: layout.Waves) -> float:
    """The size of the pilot's waves with which it is found after every edit, within its share."""
    most = float(np.sqrt(_PILOT_SHARE * _WHOLE / _PILOT_COST))
    for size in np.arange(0.5, most, 0.05):
        if all(_score(view, float(size) * wanted, wanted) >= _PILOT for view in views):
            return float(size)
    return most


def _score(view: _View, put: layout.Waves, wanted: layout.Waves) -> float:
    read = view.host[layout.PILOT] + view.gain[layout.PILOT] * put
    return float((read * np.conj(wanted)).real.sum() / np.sqrt((np.abs(read) ** 2).sum() + 1e-9))


def _carriers(
    views: list[_View], wanted: layout.Waves, order: layout.Ints, payload: int, budget: float
) -> layout.Waves:
    """The waves of the code word: no rival comes as near to it, after any edit, as the energy allows."""
    word = code.encode(payload)
    signs = _parts(wanted)
    hosts = [_parts(view.host[layout.CARRIERS]) for view in views]
    gains = [np.repeat(view.gain[layout.CARRIERS], 2).astype(np.float64) for view in views]
    units = [float(host.std()) + 1e-9 for host in hosts]
    cuts = np.random.default_rng(payload).integers(code.BITS, size=_TRIES)  # any will do, but the same each time
    sizes, settled, margin, quiet = np.zeros(len(signs)), np.zeros(len(signs)), 0.0, 0
    for cut in cuts:
        before = sizes
        for host, gain, unit in zip(hosts, gains, units, strict=True):
            fits = np.bincount(order, weights=host * signs + gain * sizes, minlength=code.SIGNS) / unit - margin
            lost = code.rival(fits * word, payload, int(cut)) != word
            if lost.any():
                way = np.where(lost[order], gain / _COST, 0.0)
                sizes = sizes + way * (-1.02 * unit * float(fits[lost].sum()) / (float((gain * way).sum()) + 1e-12))
        if float((_COST * sizes * sizes).sum()) > budget:
            break
        quiet = quiet + 1 if sizes is before else 0
        if quiet == _SETTLED:
            settled, margin, quiet = sizes, margin + _MARGIN, 0
    parts = signs * _spent(settled, budget)
    return np.asarray(parts[0::2] + 1j * parts[1::2], np.complex64)


def _spent(sizes: Values, budget: float) -> Values:
    """What is left of the energy is spread evenly."""
    half, left = float((_COST * sizes).sum()), budget - float((_COST * sizes * sizes).sum())
    whole = float(_COST.sum())
    return np.asarray(sizes + (np.sqrt(half * half + whole * max(left, 0.0)) - half) / whole, np.float64)


def _parts(waves: layout.Waves) -> Values:
    parts = np.empty(2 * len(waves))
    parts[0::2], parts[1::2] = waves.real, waves.imag
    return parts
