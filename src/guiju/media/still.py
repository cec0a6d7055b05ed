"""A HEIF file around one coded picture (ISO/IEC 23008-12): its item tables, properties and metadata."""

from __future__ import annotations

import struct
from typing import Final

import msgspec

from guiju.media import items
from guiju.media.boxes import box
from guiju.media.items import FILE, Extent, Location

_PICTURE, _EXIF, _XMP = 1, 2, 3
_BRANDS: Final = b"heic\0\0\0\0mif1heicmiaf"
_FULL_SRGB: Final = struct.pack(">4sHHHB", b"nclx", 1, 13, 6, 0x80)
"""Primaries of BT.709, the curve of sRGB, the matrix of BT.601, full range: how :attr:`Still.coded` is to be shown."""


class Still(msgspec.Struct, frozen=True):
    """One picture coded by HEVC, 4:2:0 with eight bits.

    Attributes:
        coded: its NAL units, each behind its length. ``configuration``: the body of ``hvcC``.
        width, height: as coded, which is even. ``shown``: width and height that are shown.
        exif: from the TIFF header on. ``xmp``, ``icc``: as they are; each is empty for none.
    """

    coded: bytes
    configuration: bytes
    width: int
    height: int
    shown: tuple[int, int]
    exif: bytes = b""
    xmp: bytes = b""
    icc: bytes = b""


def heic(still: Still) -> bytes:
    """The file."""
    contents = [(_PICTURE, still.coded)]
    contents += [(_EXIF, bytes(4) + still.exif)] if still.exif else []
    contents += [(_XMP, still.xmp)] if still.xmp else []
    head = box(b"ftyp", _BRANDS)
    place = len(head) + len(_meta(still, contents, 0)) + 8
    return head + _meta(still, contents, place) + box(b"mdat", b"".join(data for _, data in contents))


def _meta(still: Still, contents: list[tuple[int, bytes]], place: int) -> bytes:
    handler = box(b"hdlr", bytes(8) + b"pict" + bytes(13))
    primary = box(b"pitm", struct.pack(">IH", 0, _PICTURE))
    locations = list[Location]()
    for number, data in contents:
        locations.append(Location(number, FILE, 0, (Extent(place, len(data)),)))
        place += len(data)
    others = [number for number, _ in contents if number != _PICTURE]
    described = b""
    for number in others:
        described = items.with_description(described, number, _PICTURE)
    parts = [handler, primary, box(b"iloc", items.write_locations(locations, 4)), _entries(others)]
    parts += [box(b"iref", described)] if described else []
    return box(b"meta", bytes(4) + b"".join(parts) + _properties(still))


def _entries(others: list[int]) -> bytes:
    """``iinf``: the picture is shown, what describes it is not."""
    kinds = {_EXIF: b"Exif\0", _XMP: b"mime\0application/rdf+xml\0"}
    entries = [box(b"infe", struct.pack(">BBHHH", 2, 0, 0, _PICTURE, 0) + b"hvc1\0")]
    entries += [box(b"infe", struct.pack(">BBHHH", 2, 0, 1, number, 0) + kinds[number]) for number in others]
    return box(b"iinf", struct.pack(">IH", 0, len(entries)) + b"".join(entries))


def _properties(still: Still) -> bytes:
    width, height = still.shown
    known = [
        (box(b"hvcC", still.configuration), True),
        (box(b"ispe", struct.pack(">III", 0, still.width, still.height)), False),
        (box(b"pixi", struct.pack(">IB3B", 0, 3, 8, 8, 8)), False),
        (box(b"colr", _FULL_SRGB), False),
    ]
    known += [(box(b"colr", b"prof" + still.icc), False)] if still.icc else []
    if (width, height) != (still.width, still.height):  # a row or column that coding needs and nobody is to see
        middle = (width - still.width, 2, height - still.height, 2)
        known.append((box(b"clap", struct.pack(">IIIIiIiI", width, 1, height, 1, *middle)), True))
    marks = bytes(number | (0x80 if essential else 0) for number, (_, essential) in enumerate(known, 1))
    associations = box(b"ipma", struct.pack(">IIHB", 0, 1, _PICTURE, len(marks)) + marks)
    return box(b"iprp", box(b"ipco", b"".join(one for one, _ in known)) + associations)
