"""The implicit label of a file that gets an explicit one: it survives, or it is written again, or nothing is made."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import BinaryIO

from guiju.errors import LabelNotKept, ManifestWouldBreak, MediaUnsupported
from guiju.labeling import files
from guiju.labeling.files import FileReading
from guiju.labeling.implicit import Label
from guiju.media import Limits, carrier_of
from guiju.media.streams import copy


class Kept(enum.StrEnum):
    """What became of the implicit label."""

    NONE = "none"
    """There was none."""
    KEPT = "kept"
    """It stands where it stood, as it was."""
    REWRITTEN = "rewritten"
    """The new file had lost it; it was written into it again, where the guide puts it."""
    UNREAD = "unread"
    """Files of this format cannot be searched for one."""


def before(source: Path, limits: Limits, *, break_c2pa: bool) -> FileReading | None:
    """What the file says of itself before; None where its format cannot be read.

    Raises:
        ManifestWouldBreak: it has a C2PA manifest, which new pixels would make invalid, and nobody asked for that.
        MediaError: the file cannot be used.
    """
    try:
        reading = files.read(source, limits)
    except MediaUnsupported:
        return None
    if reading.c2pa is not None and not break_c2pa:
        raise ManifestWouldBreak(placement=reading.c2pa.placement)
    return reading


def settle(reading: FileReading | None, made: BinaryIO, target: BinaryIO, suffix: str, limits: Limits) -> Kept:
    """Copy ``made`` to ``target`` with the implicit label that ``reading`` found, if it found one.

    Raises:
        LabelNotKept: there was one, and it cannot be carried over unchanged.
    """
    if reading is None or not reading.found:
        _copy(made, target)
        return Kept.UNREAD if reading is None else Kept.NONE
    carrier = carrier_of(made, suffix)
    if carrier.beside:  # the label stands beside the text, see `beside`
        _copy(made, target)
        return Kept.REWRITTEN
    after = files.read_stream(made, carrier, limits)
    if [one.reading for one in after.places] == [one.reading for one in reading.places]:
        _copy(made, target)
        return Kept.KEPT
    label = _only(reading)
    carrier.write(made, target, label.to_json(), limits)
    if files.read_stream(target, carrier, limits).label != label:
        raise LabelNotKept(detail=carrier.placement)
    return Kept.REWRITTEN


def beside(reading: FileReading | None, target: Path, limits: Limits) -> None:
    """Write a label that stands beside the text again, for the new text.

    Raises:
        LabelNotKept: it does not conform and cannot be tied to the new text.
    """
    if reading is not None and reading.bound is not None:
        files.write(target, target, _only(reading), limits=limits)


def _only(reading: FileReading) -> Label:
    place = reading.places[0]
    if len(reading.places) != 1 or place.reading is None or not place.reading.conforms:
        raise LabelNotKept(detail="the label does not conform; guiju label verify says why")
    return place.reading.label


def _copy(made: BinaryIO, target: BinaryIO) -> None:
    made.seek(0)
    copy(made, target)
