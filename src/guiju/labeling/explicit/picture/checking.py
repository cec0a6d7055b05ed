"""Judging the explicit label of a picture, or of the opening frame of a film, from what was read in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from guiju.labeling.explicit.elements import elements, tidy
from guiju.labeling.explicit.picture.measuring import Measure, measure
from guiju.labeling.explicit.picture.reading import Line, Pixels, read_labels
from guiju.labeling.explicit.report import Box, Check, Report, Sighting, check, judged
from guiju.labeling.explicit.rules import number
from guiju.labeling.verdict import Verdict
from guiju.labeling.words import wording


class Seen(msgspec.Struct, frozen=True):
    """A label in a picture, with what was measured on it."""

    line: Line
    measure: Measure
    where: str
    ratio: float

    @property
    def sighting(self) -> Sighting:
        """For the report."""
        return Sighting(
            tidy(self.line.text), self.where or "inside", self.line.box, confidence=round(self.line.confidence, 3)
        )


class Look(msgspec.Struct, frozen=True):
    """What a look at a picture found: the label that is judged, all labels, and lines that lack an element.

    Beside a label, ``lines`` are generators' marks only.
    """

    best: Seen | None
    labels: tuple[Seen, ...] = ()
    lines: tuple[Line, ...] = ()

    @property
    def sightings(self) -> tuple[Sighting, ...]:
        """For the report: the labels, the judged one first, then generators' marks."""
        others = [one for one in self.labels if one is not self.best]
        marks = (_noticed(line) for line in self.lines)
        return (*(one.sighting for one in (self.best, *others) if one is not None), *marks)


def look(pixels: Pixels, visible: Box) -> Look:
    """Read a picture; ``visible`` is the enclosing rectangle of what can be seen in it.

    Raises:
        PartMissing: RapidOCR is not installed.
    """
    lines = read_labels(pixels)
    complete = [line for line in lines if elements(line.text).complete and len(line.text) <= wording().max_length]
    if not complete:
        return Look(None, (), tuple(lines))
    seen = tuple(_seen(pixels, line, visible) for line in complete)
    return Look(max(seen, key=_rank), seen, tuple(line for line in lines if line not in complete))


def judge(medium: str, pixels: Pixels, visible: Box) -> Report:
    """Find and judge the label of a picture. Raises as :func:`look`."""
    found = look(pixels, visible)
    if found.best is None:
        return absent(medium, found.lines)
    return judged(medium, checks(found.best), found.sightings)


def absent(medium: str, lines: Sequence[Line]) -> Report:
    """The report on a picture without a label: words that lack an element are named."""
    partial = "; ".join(dict.fromkeys(tidy(line.text)[:40] for line in lines[:4]))
    found = tuple(_noticed(line) for line in lines[:4])
    listed = [check("explicit.found", False, "OCR")]
    if partial:
        listed.append(check("explicit.words", False, partial))
    return Report(Verdict.NOT_FOUND, medium, tuple(listed), found)


def _noticed(line: Line) -> Sighting:
    return Sighting(tidy(line.text), "", line.box, confidence=round(line.confidence, 3))


def checks(seen: Seen) -> Iterator[Check]:
    """What is measured on one label of a picture."""
    yield check("explicit.found", True, tidy(seen.line.text))
    yield check("explicit.words", True, tidy(seen.line.text))
    yield height_check(seen)
    yield check("picture.position", bool(seen.where), seen.where or "inside")
    contrast = seen.measure.contrast
    least = number("min_contrast")
    yield check(
        "picture.contrast", None if contrast is None else contrast >= least,
        "" if contrast is None else f"{contrast:.1f} : 1", measured=contrast, required=least, unit=":1",
    )  # fmt: skip
    pixels, wanted = seen.measure.height, number("legible_pixels")
    yield check("picture.legible", pixels >= wanted, f"{pixels:.0f} px", measured=pixels, required=wanted, unit="px")


def height_check(seen: Seen) -> Check:
    """Height of the ink over the shortest side; neither passed nor failed where the error of measuring decides."""
    least = number("min_height")
    error = seen.ratio * seen.measure.error / max(seen.measure.height, 1e-9)
    ok = None if abs(seen.ratio - least) < error and seen.ratio < least else seen.ratio >= least
    detail = f"{seen.ratio:.1%} ± {error:.1%}, {seen.measure.height:.0f} px, {seen.measure.method}"
    return check("picture.height", ok, detail, measured=seen.ratio, required=least, unit="of the shortest side")


def place(box: Box, visible: Box) -> str:
    """The edge or corner a label stands at, empty for none: it lies near to it, or its middle does."""
    vertical = _end(box.top - visible.top, visible.bottom - box.bottom, visible.height, ("top", "bottom"))
    side = _end(box.left - visible.left, visible.right - box.right, visible.width, ("left", "right"))
    return "-".join(part for part in (vertical, side) if part)


def _end(before: int, behind: int, size: int, names: tuple[str, str]) -> str:
    """Which end of one axis a label stands at, by the room on both sides of it: neither if it spans the whole."""
    share, whole = number("edge_share"), max(1, size)
    middle = (before + whole - behind) / 2 / whole
    low = before <= share / 2 * whole or middle <= share
    high = behind <= share / 2 * whole or middle >= 1 - share
    return "" if low == high else names[0] if low else names[1]


def _seen(pixels: Pixels, line: Line, visible: Box) -> Seen:
    measured = measure(pixels, line)
    short = max(1, min(visible.width, visible.height))
    return Seen(line, measured, place(line.box, visible), measured.height / short)


def _rank(seen: Seen) -> tuple[bool, bool, float]:
    return bool(seen.where), seen.ratio >= number("min_height"), seen.line.confidence
