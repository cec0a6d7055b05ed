"""The item tables of a HEIF ``meta`` box (ISO/IEC 14496-12, 8.11): which items there are, where, and what they describe."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import msgspec

from guiju.errors import MediaLayoutUnsupported, MediaMalformed, MediaTooLarge
from guiju.media.boxes import box
from guiju.media.boxes import boxes as every_box
from guiju.media.limits import Limits

WHAT = "HEIF"
FILE, IDAT = 0, 1
"""Construction methods: positions count from the start of the file, or of the box ``idat``."""


class Item(msgspec.Struct, frozen=True):
    """An entry of ``iinf``."""

    id: int
    kind: bytes
    content_type: str = ""
    encoding: str = ""

    @property
    def is_xmp(self) -> bool:
        return self.kind == b"mime" and self.content_type == "application/rdf+xml"

    @property
    def holds_metadata(self) -> bool:
        return self.is_xmp or self.kind == b"Exif"


class Extent(msgspec.Struct, frozen=True):
    """A piece of an item: its position and length; ``index`` belongs to method 2."""

    place: int
    size: int
    index: int = 0


class Location(msgspec.Struct, frozen=True):
    """An entry of ``iloc``; ``reference`` other than 0 is another file."""

    id: int
    method: int
    reference: int
    extents: tuple[Extent, ...]


class Cursor:
    """Reads big-endian numbers from bytes and says so when they end."""

    def __init__(self, data: bytes, place: int = 0) -> None:
        self.data, self.place = data, place

    def number(self, width: int) -> int:
        """The next ``width`` bytes (0 to 8) as a number."""
        return int.from_bytes(self.bytes(width), "big")

    def bytes(self, width: int) -> bytes:
        """The next ``width`` bytes."""
        found = self.data[self.place : self.place + width]
        if len(found) != width:
            raise MediaMalformed(what=WHAT, detail="a box that ends too early")
        self.place += width
        return found

    def text(self) -> str:
        """A string up to its NUL, or to the end."""
        raw, _, _ = self.data[self.place :].partition(b"\0")
        self.place += len(raw) + 1
        return raw.decode("utf-8", "replace")


def boxes(data: bytes, start: int, limits: Limits) -> Iterator[tuple[bytes, int, int, int]]:
    """As :func:`guiju.media.boxes.boxes`."""
    return every_box(data, start, limits, WHAT)


def read_items(body: bytes, limits: Limits) -> list[Item]:
    """The entries of ``iinf``, given its body (version and flags first)."""
    if len(body) < 6:
        raise MediaMalformed(what=WHAT, detail="iinf is too short")
    start = 6 if body[0] == 0 else 8
    return [_item(body[inner:end]) for kind, _, inner, end in boxes(body, start, limits) if kind == b"infe"]


def _item(body: bytes) -> Item:
    cursor = Cursor(body)
    version = cursor.number(4) >> 24
    number = cursor.number(4 if version >= 3 else 2)
    cursor.number(2)  # protection
    if version < 2:
        cursor.text()
        return Item(number, b"mime", cursor.text(), cursor.text())
    kind = cursor.bytes(4)
    cursor.text()  # name
    return Item(number, kind, cursor.text(), cursor.text()) if kind == b"mime" else Item(number, kind)


def with_item(body: bytes, number: int) -> bytes:
    """The body of ``iinf`` with an entry for an XMP item added."""
    if number > 0xFFFFFFFF:
        raise MediaLayoutUnsupported(what=WHAT, detail="no number left for another item")
    wide = number > 0xFFFF
    head = struct.pack(">BBHIH" if wide else ">BBHHH", 3 if wide else 2, 0, 1, number, 0)  # flag 1: not to be shown
    entry = head + b"mime\0application/rdf+xml\0"
    width = 2 if body[0] == 0 else 4
    count = int.from_bytes(body[4 : 4 + width], "big") + 1
    if count >= 1 << 8 * width:
        raise MediaLayoutUnsupported(what=WHAT, detail="no room for another item")
    return body[:4] + count.to_bytes(width, "big") + body[4 + width :] + box(b"infe", entry)


def read_locations(body: bytes, limits: Limits) -> list[Location]:
    """The entries of ``iloc``, given its body; base offsets are added to the extents."""
    cursor = Cursor(body)
    version = cursor.number(4) >> 24
    sizes = cursor.number(2)
    place, length, base, index = (sizes >> shift & 15 for shift in (12, 8, 4, 0))
    index = index if version in (1, 2) else 0
    if {place, length, base, index} - {0, 4, 8} or version > 2:
        raise MediaMalformed(what=WHAT, detail="iloc of an unknown form")
    found, left = [], limits.structures
    for _ in range(cursor.number(4 if version == 2 else 2)):
        number = cursor.number(4 if version == 2 else 2)
        method = cursor.number(2) & 15 if version else 0
        reference, start, count = cursor.number(2), cursor.number(base), cursor.number(2)
        left -= 1 + count
        if left < 0:
            raise MediaTooLarge(what=WHAT, limit=limits.structures)
        extents = []
        for _ in range(count):
            which = cursor.number(index)
            extents.append(Extent(start + cursor.number(place), cursor.number(length), which))
        found.append(Location(number, method, reference, tuple(extents)))
    return found


def write_locations(locations: list[Location], width: int) -> bytes:
    """The body of an ``iloc`` with positions of ``width`` bytes (4 or 8)."""
    version = 2 if any(one.id > 0xFFFF for one in locations) or len(locations) > 0xFFFF else 1
    index = 4 if any(extent.index for one in locations for extent in one.extents) else 0
    short = ">H" if version == 1 else ">I"
    pieces = [struct.pack(">IBB", version << 24, width << 4 | width, index), struct.pack(short, len(locations))]
    for one in locations:
        pieces.append(struct.pack(short, one.id) + struct.pack(">HHH", one.method, one.reference, len(one.extents)))
        for extent in one.extents:
            numbers = ((extent.index, index), (extent.place, width), (extent.size, width))
            if any(value >= 1 << 8 * size for value, size in numbers):
                raise MediaLayoutUnsupported(what=WHAT, detail="a position or length out of range")
            pieces += [value.to_bytes(size, "big") for value, size in numbers]
    return b"".join(pieces)


def described(body: bytes, limits: Limits) -> dict[int, set[int]]:
    """From ``iref``: for every describing item (``cdsc``) the items it describes."""
    wide = 4 if body[:1] == b"\1" else 2
    found: dict[int, set[int]] = {}
    for kind, _, inner, end in boxes(body, 4, limits):
        if kind == b"cdsc":
            cursor = Cursor(body[inner:end])
            origin = cursor.number(wide)
            found.setdefault(origin, set()).update(cursor.number(wide) for _ in range(cursor.number(2)))
    return found


def with_description(body: bytes, origin: int, about: int) -> bytes:
    """The body of ``iref`` (a new one for empty bytes) with ``origin`` describing ``about``."""
    body = body or (b"\0\0\0\0" if max(origin, about) <= 0xFFFF else b"\1\0\0\0")
    width = 4 if body[0] == 1 else 2
    if max(origin, about) >= 1 << 8 * width:
        raise MediaLayoutUnsupported(what=WHAT, detail="item numbers too large for its references")
    numbers = origin.to_bytes(width, "big") + b"\0\1" + about.to_bytes(width, "big")
    return body + box(b"cdsc", numbers)
