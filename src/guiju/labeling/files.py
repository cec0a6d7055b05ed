"""The implicit label in files: read, written, and continued by a propagator (GB 45438-2025, 6.1 and Annex E).

How a format holds a value is the business of ``guiju.media``. Here a value is a label: one per file, in the place of the
guide, read back after every write.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

import msgspec
from cryptography.hazmat.primitives import hashes

from guiju.errors import (
    ContentNotBindable,
    LabelExists,
    LabelNotKept,
    LabelUnreadable,
    LabelValueInvalid,
    ManifestWouldBreak,
    MediaLayoutUnsupported,
    NoLabelToContinue,
)
from guiju.labeling import implicit, security
from guiju.labeling.atomic import opened, replacing
from guiju.labeling.implicit import Label, Reading
from guiju.labeling.keys import PrivateKey
from guiju.labeling.security import Binding, Role
from guiju.media import LIMITS, C2pa, Carrier, Contents, Found, Limits, carrier_of
from guiju.media.carriers import sidecar
from guiju.media.streams import copy
from guiju.media.waiting import step

_BLOCK = 1 << 20


class Placed(msgspec.Struct, frozen=True):
    """A value found in a file, and what it is as a label: ``reading``, or ``problem`` where it is none."""

    found: Found
    reading: Reading | None
    problem: str = ""


class FileReading(msgspec.Struct, frozen=True):
    """What a file says about itself.

    Attributes:
        carrier: name of the format's carrier.
        places: every value found, in the order of the file.
        c2pa, source_types: the C2PA manifest store and IPTC ``digitalSourceType``: other marks, told apart from the label.
        damaged: places that could not be read. While there are any, an absent label proves nothing.
        iim: fields of IPTC-IIM that may say how a picture was made.
        bound: for a sidecar, whether it was written for these bytes; None for other formats.
    """

    carrier: str
    places: tuple[Placed, ...] = ()
    c2pa: C2pa | None = None
    source_types: tuple[str, ...] = ()
    damaged: tuple[str, ...] = ()
    bound: bool | None = None
    iim: tuple[str, ...] = ()

    @property
    def found(self) -> bool:
        """Whether there is a value under AIGC, conforming or not."""
        return bool(self.places)

    @property
    def label(self) -> Label | None:
        """The first label that could be read."""
        return next((place.reading.label for place in self.places if place.reading is not None), None)


class Written(msgspec.Struct, frozen=True):
    """What was written: the label, where, what it replaced, and the C2PA manifest that is invalid now."""

    label: Label
    placement: str
    replaced: tuple[Placed, ...] = ()
    broken: C2pa | None = None


def beside(path: Path) -> Path:
    """Where the label of ``path`` stands if its format has no place for one: the sidecar, which may or may not be there."""
    return path.with_name(path.name + sidecar.SUFFIX)


def read(path: Path, limits: Limits = LIMITS) -> FileReading:
    """Read a file, and the sidecar beside it where its format has no place for a label.

    Raises:
        MediaError: unsupported, malformed, encrypted, over a limit, or not to be opened.
    """
    with opened(path) as file:
        carrier = carrier_of(file, path.suffix)
        return _read_beside(carrier, file, path, limits) if carrier.beside else read_stream(file, carrier, limits)


def read_stream(file: BinaryIO, carrier: Carrier, limits: Limits = LIMITS) -> FileReading:
    """Read a seekable file of a known format.

    Raises:
        MediaError: as :func:`read`.
    """
    return _reading(carrier, carrier.read(file, limits))


def write(
    source: Path, target: Path, label: Label, *, keep_existing: bool = False, break_c2pa: bool = False,
    limits: Limits = LIMITS,
) -> Written:  # fmt: skip
    """Copy ``source`` to ``target`` (which may be the same) with ``label`` as its one label, in the guide's place.

    The source is never damaged: the copy appears under its name when it has been read back and is on the disk.

    Args:
        keep_existing: refuse a file that is labelled already, instead of replacing the label.
        break_c2pa: write even if a C2PA manifest becomes invalid by it.

    Raises:
        LabelValueInvalid: the label itself does not conform. LabelExists, ManifestWouldBreak: see above.
        LabelNotKept: it did not read back. MediaError: as :func:`read`, or the file cannot be changed.
    """
    if (breaches := implicit.verify(label)) != ():
        raise LabelValueInvalid(key=breaches[0].key, detail=breaches[0].en)
    before = read(source, limits)
    if keep_existing and before.found:
        raise LabelExists(placement=before.places[0].found.placement)
    return _write(source, target, label, before, break_c2pa, limits)


def propagate(
    source: Path, target: Path, propagator: str, number: str, *, reserved: str = "", break_c2pa: bool = False,
    limits: Limits = LIMITS,
) -> Written:  # fmt: skip
    """Copy ``source`` to ``target`` with the propagator's fields rewritten (Annex E g, h, i); a to f stay as they are.

    Raises:
        NoLabelToContinue: the file has no label, more than one, or one that does not conform.
        LabelValueInvalid: a new value outside the standard's characters. Others as :func:`write`.
    """
    before = read(source, limits)
    if len(before.places) != 1:
        raise NoLabelToContinue(detail=f"{len(before.places)} labels")
    reading = before.places[0].reading
    if reading is None or not reading.conforms:
        raise NoLabelToContinue(detail="it does not conform")
    new = Label.first(propagator, number, reserved=reserved)  # checks the values
    label = msgspec.structs.replace(
        reading.label, ContentPropagator=new.ContentProducer, PropagateID=new.ProduceID, ReservedCode2=reserved
    )
    return _write(source, target, label, before, break_c2pa, limits)


def sign(
    source: Path, target: Path, key: PrivateKey, *, role: Role = "producer", bind: bool = False,
    break_c2pa: bool = False, limits: Limits = LIMITS,
) -> Written:  # fmt: skip
    """Copy ``source`` to ``target`` with security data in the reserved code of ``role`` (TC260-PG-202511A).

    Args:
        bind: sign a hash of the content too, so that the label cannot be moved to other content.

    Raises:
        NoLabelToContinue: as :func:`propagate`. ContentNotBindable: what the content of this format is, is not laid
            down. Others as :func:`write`.
    """
    before = read(source, limits)
    if len(before.places) != 1:
        raise NoLabelToContinue(detail=f"{len(before.places)} labels")
    reading = before.places[0].reading
    if reading is None or not reading.conforms:
        raise NoLabelToContinue(detail="it does not conform")
    binding = bound_to(source, limits) if bind else None
    return _write(source, target, security.sign(reading.label, key, role, binding), before, break_c2pa, limits)


def bound_to(path: Path, limits: Limits = LIMITS) -> Binding:
    """The hash (SM3) of the content of a file, apart from all metadata.

    Raises:
        ContentNotBindable: what that is, is not laid down for this format. MediaError: as :func:`read`.
    """
    with opened(path) as file:
        carrier = carrier_of(file, path.suffix)
        if carrier.beside:
            raise ContentNotBindable(format=carrier.title)
        try:
            pieces = carrier.content(file, limits)
        except MediaLayoutUnsupported:
            raise ContentNotBindable(format=carrier.title) from None
        engine = hashes.Hash(hashes.SM3())
        for start, end in pieces:
            file.seek(start)
            left = end - start
            while left and (block := file.read(min(left, _BLOCK))):
                engine.update(block)
                step()
                left -= len(block)
    return Binding(f"guiju:{carrier.name}", engine.finalize().hex())


def _reading(carrier: Carrier, contents: Contents) -> FileReading:
    places = tuple(_placed(found) for found in contents.found)
    return FileReading(carrier.name, places, contents.c2pa, contents.source_types, contents.damaged, None, contents.iim)


def _placed(found: Found) -> Placed:
    try:
        return Placed(found, implicit.parse(found.value))
    except LabelUnreadable as error:
        return Placed(found, None, str(error.params.get("detail", "")))


def _read_beside(carrier: Carrier, file: BinaryIO, path: Path, limits: Limits) -> FileReading:
    if not (second := beside(path)).exists():
        return FileReading(carrier.name)
    with opened(second) as label:
        found = read_stream(label, carrier, limits)
        return msgspec.structs.replace(found, bound=sidecar.matches(file, label, limits))


def _write(source: Path, target: Path, label: Label, before: FileReading, break_c2pa: bool, limits: Limits) -> Written:
    if before.c2pa is not None and not break_c2pa:
        raise ManifestWouldBreak(placement=before.c2pa.placement)
    with opened(source) as file:
        carrier = carrier_of(file, source.suffix)
        if carrier.beside:
            _copied(file, source, target)
        with replacing(beside(target) if carrier.beside else target, source) as new:
            carrier.write(file, new, label.to_json(), limits)
            _confirm(carrier, new, label, limits)
    return Written(label, carrier.placement, before.places, before.c2pa)


def _copied(file: BinaryIO, source: Path, target: Path) -> None:
    if target.exists() and os.path.samefile(source, target):
        return
    with replacing(target, source) as new:
        file.seek(0)
        copy(file, new)


def _confirm(carrier: Carrier, file: BinaryIO, label: Label, limits: Limits) -> None:
    """Read back what was written: exactly this label, exactly once, where it belongs."""
    after = read_stream(file, carrier, limits)
    if len(after.places) != 1:
        raise LabelNotKept(detail=f"{len(after.places)} labels")
    place = after.places[0]
    if place.found.placement != carrier.placement or place.reading is None:
        raise LabelNotKept(detail=place.found.placement)
    if place.reading.label != label or not place.reading.conforms:
        raise LabelNotKept(detail="another label")
