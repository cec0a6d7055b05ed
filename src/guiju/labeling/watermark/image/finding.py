"""Finding a mark in luma of unknown scale, place and orientation: where the pilot stands out of the spectrum.

The tile repeats, so all of its energy lies on a grid of the picture's spectrum. For each scale the grid is read off, the
pilot is correlated at all places at once, and the best few are looked at closely.

**False positives.** For a fixed picture, the score at one hypothesis is a sum of numbers of the picture with secret, fair,
independent signs, divided by the root of the sum of their squares. By Hoeffding, whatever the picture is, it exceeds t with
a probability of at most exp(−t²/2) over the secret.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt
from PIL import Image

from guiju.labeling.watermark.image import layout
from guiju.labeling.watermark.keys import PATTERNS, Finder
from guiju.media.waiting import step

CANVAS: Final = 768
"""Pixels of the longer side at which is searched; larger pictures are reduced."""
_LEAST: Final = 640
"""Smaller pictures are enlarged to this, threefold at most: what whitens them then follows shorter waves too."""
GRID: Final = 36
"""Places across the tile at which the pilot is tried."""
COARSEST, FINEST = 1.45, 14.0
"""Fewest and most tiles along the geometric mean of the sides."""
KEPT: Final = 16
"""Hypotheses that are looked at closely."""

Floats = npt.NDArray[np.float32]
Complex = npt.NDArray[np.complex64]


class Pose(msgspec.Struct, frozen=True):
    """A hypothesis of how a mark lies in the canvas, and how well the pilot agrees with it.

    Attributes:
        across, down: pixels of the tile's sides. ``turn``: degrees clockwise. ``mirrored``: left is right.
        right, below: where a tile begins, from the centre, in tiles.
    """

    pattern: int
    across: float
    down: float
    right: float = 0.0
    below: float = 0.0
    turn: float = 0.0
    mirrored: bool = False
    score: float = 0.0


class Spectrum:
    """The spectrum of a whitened picture, evened out over wave lengths, with the centre of the picture as origin."""

    def __init__(self, residual: Floats) -> None:
        """``residual``: what :func:`whitened` leaves, or a sum of it over the frames of a film."""
        self.height, self.width = residual.shape
        self._rows, self._columns = _roomy(self.height), _roomy(self.width)
        padded = np.zeros((self._rows, self._columns), np.float32)
        padded[: self.height, : self.width] = residual
        padded = np.roll(padded, (-(self.height // 2), -(self.width // 2)), (0, 1))
        self._values: Complex = np.fft.rfft2(padded).astype(np.complex64)
        self._level()

    @property
    def side(self) -> float:
        """Geometric mean of the sides in pixels."""
        return float(np.sqrt(self.height * self.width))

    def _level(self) -> None:
        """Divide by the usual size at each wave length, and bound what still stands out: stripes are no mark."""
        down = np.fft.fftfreq(self._rows).astype(np.float32)[:, None]
        across = np.fft.rfftfreq(self._columns).astype(np.float32)[None, :]
        ring = np.minimum((np.hypot(down, across) * 128).astype(np.int32), 95)
        size = np.abs(self._values)
        count = np.bincount(ring.ravel(), minlength=96)
        usual = np.bincount(ring.ravel(), weights=size.ravel(), minlength=96) / np.maximum(count, 1)
        floor = max(float(usual.max()) * 1e-3, 1e-12)
        scaled = np.maximum(usual, floor).astype(np.float32)[ring]
        self._values /= np.maximum(scaled, size / 4.0)

    def at(self, across: npt.NDArray[np.floating], down: npt.NDArray[np.floating], exact: bool = False) -> Complex:
        """The spectrum at frequencies in cycles per pixel; 0 beyond what the pixels can hold."""
        flip = across < 0
        column = np.where(flip, -across, across) * self._columns
        row = np.where(flip, -down, down) * self._rows
        void = (column > self._columns // 2 - 1) | (np.abs(row) > self._rows // 2 - 1)
        column, row = np.where(void, 0.0, column), np.where(void, 0.0, row)
        values = (
            self._between(row, column) if exact else self._values[np.rint(row).astype(int), np.rint(column).astype(int)]
        )
        return np.where(void, 0, np.where(flip, np.conj(values), values)).astype(np.complex64)

    def _between(
        self, row: npt.NDArray[np.floating], column: npt.NDArray[np.floating]
    ) -> npt.NDArray[np.complexfloating]:
        top, left = np.floor(row).astype(int), np.floor(column).astype(int)
        low, side = row - top, column - left
        values = self._values
        above = values[top, left] * (1 - side) + values[top, left + 1] * side
        under = top + 1  # negative rows wrap around by themselves; -1 + 1 is 0
        beneath = values[under, left] * (1 - side) + values[under, left + 1] * side
        return above * (1 - low) + beneath * low  # type: ignore[no-any-return]

    def waves(self, pose: Pose, which: npt.NDArray[np.int64], exact: bool = False) -> Complex:
        """The waves ``which`` of a tile that lies as ``pose`` says, brought back to where the tile begins."""
        across, down = layout.ACROSS[which], layout.DOWN[which]
        read = self.at(*_turned(across / pose.across, down / pose.down, pose.turn, pose.mirrored), exact)
        if pose.mirrored:
            read = np.conj(read)
        return (read * np.exp(2j * np.pi * (across * pose.right + down * pose.below))).astype(np.complex64)

    def beside(self, pose: Pose) -> Complex:
        """What stands between the waves of a tile, where no mark is: four rows of values in the order of all waves."""
        half = np.array([[0.5, 0.5], [-0.5, 0.5], [0.5, 0.0], [0.0, 0.5]])
        across, down = layout.ACROSS + half[:, :1], layout.DOWN + half[:, 1:]
        return self.at(*_turned(across / pose.across, down / pose.down, pose.turn, pose.mirrored), exact=True)


def _turned(
    across: npt.NDArray[np.floating], down: npt.NDArray[np.floating], turn: float, mirrored: bool
) -> tuple[npt.NDArray[np.floating], npt.NDArray[np.floating]]:
    angle = np.deg2rad(turn)
    x, y = across * np.cos(angle) - down * np.sin(angle), across * np.sin(angle) + down * np.cos(angle)
    return (x, -y) if mirrored else (x, y)


def whitened(luma: Floats) -> tuple[Floats, Floats]:
    """What is left of the luma when the picture's own course is taken off, weak where it is lively; and by what it was divided."""
    blurred = _box(luma, 3)
    residual = luma - blurred
    level = np.sqrt(_box(residual * residual, 4)) + 1.0
    weighed = np.clip(residual / level, -3.0, 3.0) / np.sqrt(level)
    return weighed.astype(np.float32, copy=False), np.asarray(level**1.5, np.float32)


def _box(values: Floats, radius: int) -> Floats:
    """Mean over a square of ``2·radius + 1`` pixels."""
    size = 2 * radius + 1
    for axis in (0, 1):
        edge = [(radius + 1, radius) if one == axis else (0, 0) for one in (0, 1)]
        total = np.cumsum(np.pad(values, edge, mode="edge"), axis=axis, dtype=np.float64)
        ahead, behind = [slice(None)] * 2, [slice(None)] * 2
        ahead[axis], behind[axis] = slice(size, None), slice(None, -size)
        values = ((total[tuple(ahead)] - total[tuple(behind)]) / size).astype(np.float32)
    return values


def _roomy(length: int) -> int:
    """A length of at least twice ``length`` whose transform is fast."""
    best = 1 << (2 * length - 1).bit_length()
    for factor in (9, 5, 3, 15):
        power = factor
        while power < 2 * length:
            power *= 2
        best = min(best, power)
    return best


def canvas(luma: Image.Image) -> Floats:
    """Luma as it is searched: at most :data:`CANVAS` pixels long, and not much less."""
    longer = max(luma.size)
    scale = min(3.0, _LEAST / longer) if longer < _LEAST else CANVAS / longer
    if scale < 1.0 or longer < _LEAST:
        size = (max(1, round(luma.width * scale)), max(1, round(luma.height * scale)))
        luma = luma.resize(size, Image.Resampling.BOX if scale < 0.3 else Image.Resampling.LANCZOS)
    return np.asarray(luma, np.float32)


def sides(side: float) -> npt.NDArray[np.float64]:
    """Sizes of the tile to try, in pixels: so close that the pilot's shortest wave stays within half a line."""
    found = [side / FINEST]
    while found[-1] < side / COARSEST:
        found.append(found[-1] * (1 + 0.55 * found[-1] / (side * layout.PILOT_HIGHEST)))
    return np.array(found)


def hypotheses(spectrum: Spectrum, turns: tuple[float, ...]) -> float:
    """How many scores :func:`search` compares: every one is a chance to be mistaken."""
    return float(len(sides(spectrum.side)) * len(turns) * 2 * PATTERNS * GRID * GRID)


def search(
    spectrum: Spectrum,
    finder: Finder,
    turns: tuple[float, ...] = (0.0,),
    mirrorings: tuple[bool, ...] = (False, True),
) -> list[Pose]:
    """The best hypotheses over all patterns, sizes, places, ``turns`` and ``mirrorings``, best first."""
    tried = sides(spectrum.side)
    found: list[Pose] = []
    for turn in turns:
        for mirrored in mirrorings:
            found += _swept(spectrum, finder, tried, turn, mirrored)
    found.sort(key=lambda pose: -pose.score)
    return found[:KEPT]


def _swept(
    spectrum: Spectrum, finder: Finder, tried: npt.NDArray[np.float64], turn: float, mirrored: bool
) -> Iterator[Pose]:
    across, down = layout.ACROSS[layout.PILOT], layout.DOWN[layout.PILOT]
    read = spectrum.at(*_turned(across / tried[:, None], down / tried[:, None], turn, mirrored))
    if mirrored:
        read = np.conj(read)
    norm = np.sqrt((np.abs(read) ** 2).sum(1)) + 1e-9
    plane = np.zeros((len(tried), GRID, GRID // 2 + 1), np.complex64)
    upright = across == 0
    for pattern in range(PATTERNS):
        step()
        product = read * np.conj(layout.pilot(finder, pattern))
        plane[:, down % GRID, across] = product
        plane[:, -down[upright] % GRID, 0] = np.conj(product[:, upright])
        scores = np.fft.irfft2(plane, s=(GRID, GRID)).reshape(len(tried), -1)
        best = scores.argmax(1)
        top = scores[np.arange(len(tried)), best] * (GRID * GRID / 2) / norm
        row = int(top.argmax())
        below, right = divmod(int(best[row]), GRID)
        size = float(tried[row])
        yield Pose(pattern, size, size, right / GRID, below / GRID, turn, mirrored, float(top[row]))
