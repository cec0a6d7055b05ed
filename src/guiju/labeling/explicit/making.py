"""Putting an explicit label on a file, and looking for one: the two things this package does, on paths."""

from __future__ import annotations

import tempfile
from pathlib import Path

import msgspec

from guiju.labeling.atomic import replacing
from guiju.labeling.explicit import keeping
from guiju.labeling.explicit.keeping import Kept
from guiju.labeling.explicit.mark import DEFAULT, Mark
from guiju.labeling.explicit.medium import Made, medium_of
from guiju.labeling.explicit.report import Report
from guiju.media import LIMITS, Limits


class Labelled(msgspec.Struct, frozen=True):
    """What was made, what became of the implicit label, and of a C2PA manifest: its place, if it is invalid now."""

    made: Made
    implicit: Kept
    broken: str = ""


def label(
    source: Path, target: Path, mark: Mark = DEFAULT, *, break_c2pa: bool = False, limits: Limits = LIMITS
) -> Labelled:
    """Copy ``source`` to ``target`` (which may be the same) with an explicit label.

    All that the label does not touch stays: metadata, other pages, other streams, the original file until the copy is
    whole. The implicit label survives or is written again.

    Raises:
        LabelError: the label cannot be made as asked (words, place, font), or the implicit label would be lost.
        ManifestWouldBreak: a C2PA manifest would become invalid, and ``break_c2pa`` does not allow it.
        PartMissing: it takes a library that is not installed. MediaError: the file cannot be used.
    """
    medium = medium_of(source)
    reading = keeping.before(source, limits, break_c2pa=break_c2pa)
    with tempfile.NamedTemporaryFile(dir=target.parent, prefix=".guiju-", suffix=source.suffix) as made:
        told = medium.make(source, made, mark, limits)  # type: ignore[arg-type]  # it has every method of BinaryIO
        with replacing(target, source) as new:
            kept = keeping.settle(reading, made, new, source.suffix, limits)  # type: ignore[arg-type]
    keeping.beside(reading, target, limits)
    manifest = None if reading is None else reading.c2pa
    return Labelled(told, kept, "" if manifest is None else manifest.placement)


def check(path: Path, mark: Mark = DEFAULT, *, picture: Path | None = None, limits: Limits = LIMITS) -> Report:
    """Look for explicit labels in a file and measure them against chapter 5 of GB 45438-2025.

    Args:
        mark: what to look for besides: the spoken prompt of one's own.
        picture: where a drawing of what was found goes, as PNG.

    Raises:
        PartMissing: it takes a library that is not installed. MediaError: the file cannot be used.
        MarkUnplaceable: a picture was asked for of a kind of file that cannot be drawn.
    """
    return medium_of(path).check(path, mark, limits, picture)
