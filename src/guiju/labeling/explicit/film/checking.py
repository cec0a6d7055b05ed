"""Judging the label of a film: read on the opening frame, then followed for as long as it stays."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from guiju.labeling.explicit.film.coding import frames, pictures_of
from guiju.labeling.explicit.film.turning import upright
from guiju.labeling.explicit.picture import checking
from guiju.labeling.explicit.picture.checking import Look, Seen
from guiju.labeling.explicit.picture.measuring import otsu
from guiju.labeling.explicit.picture.reading import Pixels
from guiju.labeling.explicit.report import Box, Check, Report, Sighting, check, judged
from guiju.labeling.explicit.rules import number
from guiju.labeling.explicit.sound.coded import opened

FOLLOWED: Final = 20.0
"""Seconds for which a label is followed; one that stays so long stays long enough."""
LATER: Final = (1.0, 2.5, 5.0, 9.0)
"""Seconds at which a film is looked at again when its opening frame bears no label."""
_STILL: Final = 0.45
"""Share of the difference between letters and ground that must be left for the words to count as still there."""


class Followed(msgspec.Struct, frozen=True):
    """A label that was seen first at ``start`` and last at ``end`` seconds; ``over``: the film ended with it."""

    look: Look
    pixels: Pixels
    start: float
    end: float
    over: bool


def judge(medium: str, path: Path) -> tuple[Report, Pixels]:
    """Find and judge the label of a film; also the frame in which it was read.

    Raises:
        PartMissing: PyAV or RapidOCR is not installed. MediaError: the film cannot be read.
    """
    with opened(path) as container:
        stream = pictures_of(container)
        found = _follow(frames(container, stream), 1 / float(stream.average_rate or 25))
    if found.look.best is None:
        return checking.absent(medium, found.look.lines), found.pixels
    sightings = (*_timed(found), *found.look.sightings[1:])
    return judged(medium, _checks(found, found.look.best), sightings), found.pixels


def _checks(found: Followed, seen: Seen) -> Iterator[Check]:
    yield from checking.checks(seen)
    yield check("film.opening", found.start == 0, f"{found.start:.2f} s", measured=found.start, required=0, unit="s")
    least, stayed = number("min_seconds"), found.end - found.start
    whole = found.over and found.start == 0
    detail = f"{'≥ ' if stayed >= FOLLOWED else ''}{stayed:.2f} s{' (whole film)' if whole else ''}"
    yield check("film.seconds", stayed >= least - 1e-3 or whole, detail, measured=stayed, required=least, unit="s")


def _timed(found: Followed) -> Iterator[Sighting]:
    for one in found.look.sightings[:1]:
        yield msgspec.structs.replace(one, start=round(found.start, 3), end=round(found.end, 3))


def _follow(shown: Iterator[tuple[float, Any]], step: float) -> Followed:
    """Read the opening frame, or a later one, and follow what was read."""
    waiting, start, end = [0.0, *LATER], 0.0, 0.0
    look, pixels = Look(None), np.zeros((1, 1, 3), np.uint8)
    letters: _Letters | None = None
    for time, frame in shown:
        if letters is None:
            if not waiting:
                break
            if time < waiting[0] - 1e-6:
                continue
            waiting.pop(0)
            pixels = _pixels(frame)
            look = checking.look(pixels, Box(0, 0, pixels.shape[1], pixels.shape[0]))
            if look.best is not None:
                letters = _Letters.of(pixels, look.best.line.box)
                start, end = time, time + step
            continue
        if time - start > FOLLOWED or not letters.still(_pixels(frame)):
            return Followed(look, pixels, start, time, over=False)
        end = time + step
    return Followed(look, pixels, start, end, over=True)


class _Letters(msgspec.Struct, frozen=True):
    """Which pixels in a rectangle are letters, and how far they stand from the others."""

    box: Box
    mask: NDArray[np.bool_]
    apart: float

    @classmethod
    def of(cls, pixels: Pixels, box: Box) -> _Letters:
        grey = _grey(pixels, box)
        mask = grey > otsu(grey)
        return cls(box, mask, _apart(grey, mask))

    def still(self, pixels: Pixels) -> bool:
        """Whether the letters are still there, in whichever colour."""
        return abs(_apart(_grey(pixels, self.box), self.mask)) > _STILL * self.apart


def _apart(grey: NDArray[np.float64], mask: NDArray[np.bool_]) -> float:
    if mask.all() or not mask.any():
        return 0.0
    return float(np.mean(grey[mask]) - np.mean(grey[~mask]))


def _grey(pixels: Pixels, box: Box) -> NDArray[np.float64]:
    return np.asarray(pixels[box.top : box.bottom, box.left : box.right].mean(2, dtype=np.float64))


def _pixels(frame: Any) -> Pixels:
    return np.asarray(upright(frame, frame.rotation).to_ndarray(format="rgb24"))
