"""Directories of TIFF 6.0 and BigTIFF, read with bounds from any seekable file: the skeleton of TIFF and of EXIF."""

from __future__ import annotations

import struct
from typing import BinaryIO, Final

import msgspec

from guiju.errors import MediaMalformed
from guiju.media.limits import Limits
from guiju.media.streams import Counter, take_at

SIZES: Final = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
"""Bytes of one value of each field type."""


class Layout(msgspec.Struct, frozen=True):
    """Byte order and widths: ``order`` is ``<`` or ``>``; ``big`` is BigTIFF."""

    order: str
    big: bool = False

    @property
    def inline(self) -> int:
        """How many bytes of values fit into an entry."""
        return 8 if self.big else 4

    @property
    def entry(self) -> str:
        """The format of tag, type and count, before the value."""
        return self.order + ("HHQ" if self.big else "HHI")

    @property
    def count(self) -> str:
        """The format of the number of entries."""
        return self.order + ("Q" if self.big else "H")

    @property
    def pointer(self) -> str:
        """The format of a position."""
        return self.order + ("Q" if self.big else "I")


class Entry(msgspec.Struct, frozen=True):
    """One field: its raw 12 or 20 bytes, and where its value stands (relative to the header)."""

    tag: int
    kind: int
    count: int
    place: int
    raw: bytes

    @property
    def size(self) -> int:
        """Bytes of the value; 0 for field types that do not exist."""
        return SIZES.get(self.kind, 0) * self.count


class Directory(msgspec.Struct, frozen=True):
    """One directory: where it stands, its entries in order, and the position of the next (0 for none)."""

    place: int
    entries: tuple[Entry, ...]
    following: int

    def get(self, tag: int) -> Entry | None:
        """The first entry with ``tag``."""
        return next((entry for entry in self.entries if entry.tag == tag), None)


def header(file: BinaryIO, start: int, limits: Limits) -> tuple[Layout, int]:
    """Layout, and position of the first directory, of the TIFF header at ``start``.

    Raises:
        MediaMalformed: there is no TIFF header.
    """
    head = take_at(file, start, 8, limits, "TIFF header")
    order = {b"II": "<", b"MM": ">"}.get(head[:2])
    if order is None:
        raise MediaMalformed(what="TIFF header", detail="no byte order")
    magic, first = struct.unpack(order + "HI", head[2:])
    if magic == 43:
        return Layout(order, True), struct.unpack(order + "Q", take_at(file, start + 8, 8, limits, "TIFF header"))[0]
    return Layout(order), first


def directory(file: BinaryIO, start: int, place: int, layout: Layout, counter: Counter, limits: Limits) -> Directory:
    """The directory at ``place``, counted from the header at ``start``.

    Raises:
        MediaMalformed: the file ends before. MediaTooLarge: too many entries.
    """
    width = struct.calcsize(layout.count)
    number = struct.unpack(layout.count, take_at(file, start + place, width, limits, "TIFF directory"))[0]
    each = struct.calcsize(layout.entry) + layout.inline
    body = take_at(file, start + place + width, number * each, limits, "TIFF directory")
    tail = file.read(layout.inline)  # real files leave the last pointer out
    following = struct.unpack(layout.pointer, tail)[0] if len(tail) == layout.inline else 0
    entries = []
    for index in range(number):
        counter.step()
        entries.append(_entry(body[index * each : (index + 1) * each], place + width + index * each, layout))
    return Directory(place, tuple(entries), following)


def _entry(raw: bytes, place: int, layout: Layout) -> Entry:
    tag, kind, count = struct.unpack_from(layout.entry, raw)
    inside = place + len(raw) - layout.inline
    if SIZES.get(kind, 0) * count > layout.inline:
        inside = struct.unpack(layout.pointer, raw[-layout.inline :])[0]
    return Entry(tag, kind, count, inside, raw)


def number(entry: Entry, layout: Layout) -> int:
    """The one number of an entry that points somewhere."""
    formats = {3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}
    if entry.kind not in formats or entry.count < 1:
        return 0
    form = layout.order + formats[entry.kind]
    at = len(entry.raw) - layout.inline
    return int(struct.unpack_from(form, entry.raw, at)[0]) if struct.calcsize(form) <= layout.inline else 0
