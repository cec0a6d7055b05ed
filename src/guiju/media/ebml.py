"""EBML (RFC 8794): elements walked with bounds, and put together. Matroska and WebM are made of them."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO, Final

import msgspec

from guiju.errors import MediaMalformed
from guiju.media.limits import Limits
from guiju.media.streams import Counter

VOID: Final = 0xEC
CRC: Final = 0xBF
_WHAT = "EBML"


class Element(msgspec.Struct, frozen=True):
    """One element: its id, where it starts, where its data start and end; ``open`` if its size is unknown."""

    id: int
    start: int
    body: int
    end: int
    open: bool = False


def head_at(file: BinaryIO, place: int, end: int) -> Element:
    """The element that starts at ``place``; an open one is taken to reach to ``end``.

    Raises:
        MediaMalformed: there is none, or it is larger than what it stands in.
    """
    file.seek(place)
    return _head(file.read(12), 0, place, end)


def children(data: bytes, start: int, end: int, limits: Limits) -> Iterator[Element]:
    """Every element in ``data`` from ``start`` to ``end``.

    Raises:
        MediaMalformed: one does not fit. MediaTooLarge: there are too many.
    """
    counter = Counter(limits, _WHAT)
    while start < end:
        counter.step()
        found = _head(data[start : start + 12], 0, start, end)
        if found.open:
            raise MediaMalformed(what=_WHAT, detail="an element without end inside another")
        yield found
        start = found.end


def _head(data: bytes, at: int, place: int, end: int) -> Element:
    kind, width = _number(data, at, 4, keep=True)
    size, more = _number(data, at + width, 8, keep=False)
    body = place + width + more
    unknown = size == (1 << 7 * more) - 1
    stop = end if unknown else body + size
    if stop > end or body > end:
        raise MediaMalformed(what=_WHAT, detail="an element that does not fit into its parent")
    return Element(kind, place, body, stop, unknown)


def _number(data: bytes, at: int, most: int, *, keep: bool) -> tuple[int, int]:
    """A number of variable width, and its width; ids keep their marker."""
    if at >= len(data) or not data[at]:
        raise MediaMalformed(what=_WHAT, detail="no element where one must be")
    width = 9 - data[at].bit_length()
    if width > most or at + width > len(data):
        raise MediaMalformed(what=_WHAT, detail="no element where one must be")
    value = int.from_bytes(data[at : at + width], "big")
    return (value if keep else value & (1 << 7 * width) - 1), width


def element(kind: int, data: bytes, width: int = 0) -> bytes:
    """An element; its size takes ``width`` bytes, or as few as it needs."""
    return head(kind, len(data), width) + data


def head(kind: int, size: int, width: int = 0) -> bytes:
    """The id and size of an element."""
    width = width or next(one for one in range(1, 9) if size < (1 << 7 * one) - 1)
    return kind.to_bytes((kind.bit_length() + 7) // 8, "big") + (1 << 7 * width | size).to_bytes(width, "big")


def void(size: int) -> bytes:
    """A void element of exactly ``size`` bytes in all: none for 0, and at least 2."""
    if size == 0:
        return b""
    return element(VOID, bytes(size - 2)) if size < 129 else element(VOID, bytes(size - 9), 8)


def with_crc(data: bytes) -> bytes:
    """The content of an element with a checksum before it."""
    return element(CRC, struct.pack("<I", zlib.crc32(data))) + data


def unsigned(value: int) -> bytes:
    """A number in as few bytes as it needs."""
    return value.to_bytes(max(1, (value.bit_length() + 7) // 8), "big")
