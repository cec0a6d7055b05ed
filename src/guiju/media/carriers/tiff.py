"""TIFF and BigTIFF: XMP under tag 700 of the first directory (TC260-PG-20259A).

Nothing moves: the packet and a new first directory are appended, and the header points to it. A packet for which the
old one has room is written over the old one.
"""

from __future__ import annotations

import struct
from typing import BinaryIO

from guiju.errors import MediaLayoutUnsupported, MediaMalformed, MediaTooLarge
from guiju.media import c2pa, exif, ifd, xmp
from guiju.media.contents import Contents, Form, Found
from guiju.media.joined import joined
from guiju.media.limits import LIMITS, Limits
from guiju.media.registry import Carrier, carrier
from guiju.media.streams import Counter, copy, size_of, take_at

XMP = 700
C2PA = 0xCD41

_BYTES, _UNDEFINED = 1, 7
_DIRECTORIES = 1024


@carrier
class Tiff(Carrier):
    """TIFF and BigTIFF, both byte orders, any number of pages, and raw formats built on them."""

    name = "tiff"
    title = "TIFF"
    suffixes = (".tif", ".tiff", ".dng")
    placement = "tiff/xmp"
    placements = {
        "tiff/xmp": "XMP, tag 0x2BC of the first directory, property TC260:AIGC",
        "tiff/xmp.page": "XMP, tag 0x2BC of a later directory",
        "tiff/exif.UserComment": "EXIF 0x9286",
        "tiff/exif.ImageDescription": "tag 0x010E",
        "tiff/exif.XPComment": "tag 0x9C9C",
    }
    source = "TC260-PG-20259A 6"

    def sniff(self, head: bytes, suffix: str) -> bool:
        return head[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")

    def read(self, file: BinaryIO, limits: Limits = LIMITS) -> Contents:
        _, directories = _directories(file, limits)
        parts = [_comments(file, limits)]
        for one in _labelled(directories, limits):
            if (entry := one.get(XMP)) is not None:
                place = "tiff/xmp" if one is directories[0] else "tiff/xmp.page"
                parts.append(xmp.read(_data(file, entry, limits), place, entry.place, limits))
        for one in directories:
            if (entry := one.get(C2PA)) is not None:
                parts.append(Contents(c2pa=c2pa.describe(_data(file, entry, limits), "tiff/0xCD41", entry.size)))
        return joined(parts)

    def write(self, source: BinaryIO, target: BinaryIO, value: str, limits: Limits = LIMITS) -> None:
        layout, directories = _directories(source, limits)
        blanks = list(exif.find(source, 0, limits))
        source.seek(0)
        copy(source, target)
        for one in blanks:
            target.seek(one.start)
            target.write(one.blank * (one.size // len(one.blank)))
        for page in _labelled(directories, limits):
            if page is directories[0]:
                continue
            _clear(source, target, page, limits)
        main = directories[0]
        entry = main.get(XMP)
        packet = xmp.write(None if entry is None else _data(source, entry, limits), value)
        if entry is not None and len(packet) <= entry.size and entry.size > layout.inline:
            target.seek(entry.place)
            target.write(packet.ljust(entry.size))
        else:
            _append(target, main, entry, packet, layout)


def _directories(file: BinaryIO, limits: Limits) -> tuple[ifd.Layout, list[ifd.Directory]]:
    """The layout and every directory of the chain."""
    size_of(file)
    layout, place = ifd.header(file, 0, limits)
    counter, seen = Counter(limits, "TIFF"), set[int]()
    found: list[ifd.Directory] = []
    while place and place not in seen:
        seen.add(place)
        if len(found) >= _DIRECTORIES:
            raise MediaTooLarge(what="TIFF directories", limit=_DIRECTORIES)
        found.append(ifd.directory(file, 0, place, layout, counter, limits))
        place = found[-1].following
    if not found:
        raise MediaMalformed(what="TIFF", detail="no directory")
    return layout, found


def _labelled(directories: list[ifd.Directory], limits: Limits) -> list[ifd.Directory]:
    """The directories with a packet. They may all point to the same bytes, so their sum is bounded, too."""
    found = [one for one in directories if one.get(XMP) is not None]
    if sum(entry.size for one in found if (entry := one.get(XMP)) is not None) > limits.structure_bytes:
        raise MediaTooLarge(what="TIFF XMP", limit=limits.structure_bytes)
    return found


def _data(file: BinaryIO, entry: ifd.Entry, limits: Limits) -> bytes:
    return take_at(file, entry.place, entry.size, limits, f"TIFF tag {entry.tag}")


def _comments(file: BinaryIO, limits: Limits) -> Contents:
    try:
        places = list(exif.find(file, 0, limits))
    except (MediaMalformed, MediaTooLarge) as error:
        return Contents(damaged=(f"tiff/exif: {error.message('en')}",))
    return Contents(tuple(Found(f"tiff/exif.{one.field}", one.value, Form.EMBEDDED, one.start) for one in places))


def _clear(source: BinaryIO, target: BinaryIO, page: ifd.Directory, limits: Limits) -> None:
    """Take the value out of the packet of a later page, in its place."""
    if (entry := page.get(XMP)) is None:
        return
    packet = _data(source, entry, limits)
    if xmp.read(packet, "tiff/xmp.page", 0, limits).found:
        target.seek(entry.place)
        target.write(xmp.write(packet, None)[: entry.size].ljust(entry.size))


def _append(target: BinaryIO, main: ifd.Directory, old: ifd.Entry | None, packet: bytes, layout: ifd.Layout) -> None:
    """Append the packet and a copy of the first directory that points to it, and let the header point there."""
    if old is not None:
        target.seek(old.place)
        target.write(b" " * old.size)
    packet = packet.ljust(layout.inline + 1)  # never so short that it would belong into the entry
    place = _even(target)
    directory = place + len(packet) + (len(packet) & 1)
    if not layout.big and directory + 12 * (len(main.entries) + 2) > 0xFFFFFFFF:
        raise MediaLayoutUnsupported(what="TIFF", detail="larger than 4 GiB")
    kind = old.kind if old is not None and old.kind in (_BYTES, _UNDEFINED) else _UNDEFINED
    new = struct.pack(layout.entry, XMP, kind, len(packet)) + struct.pack(layout.pointer, place)
    rows = [entry for entry in main.entries if entry.tag != XMP]
    raw = [entry.raw for entry in rows if entry.tag < XMP] + [new] + [entry.raw for entry in rows if entry.tag > XMP]
    target.write(packet + b"\0" * (len(packet) & 1))
    target.write(struct.pack(layout.count, len(raw)) + b"".join(raw) + struct.pack(layout.pointer, main.following))
    target.seek(8 if layout.big else 4)
    target.write(struct.pack(layout.pointer, directory))


def _even(target: BinaryIO) -> int:
    """The end of the file, made even."""
    if (end := size_of(target)) & 1:
        target.write(b"\0")
    return end + (end & 1)
