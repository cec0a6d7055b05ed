"""Boxes of the ISO base media file format (ISO/IEC 14496-12) and of QuickTime: walked with bounds, and put together."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from typing import BinaryIO

import msgspec

from guiju.errors import MediaMalformed, MediaTooLarge
from guiju.media.limits import Limits
from guiju.media.streams import Counter, size_of, take_at


class Top(msgspec.Struct, frozen=True):
    """A box of the file itself: its type, where it starts, where its body starts, where it ends.

    ``open`` boxes have no length and reach to the end of the file.
    """

    kind: bytes
    start: int
    body: int
    end: int
    open: bool = False


def tops(file: BinaryIO, limits: Limits, what: str) -> list[Top]:
    """The boxes of a file, in order.

    Raises:
        MediaMalformed: they do not add up to the file. MediaTooLarge: there are too many.
    """
    total, counter, place, found = size_of(file), Counter(limits, what), 0, list[Top]()
    while place < total:
        counter.step()
        size, kind = struct.unpack(">I4s", take_at(file, place, 8, limits, what))
        head = 8
        if size == 1:
            size, head = struct.unpack(">Q", take_at(file, place + 8, 8, limits, what))[0], 16
        end = total if size == 0 else place + size
        if end > total or end < place + head:
            raise MediaMalformed(what=what, detail="a box that ends behind the file")
        found.append(Top(kind, place, place + head, end, size == 0))
        place = end
    return found


def boxes(
    data: bytes, start: int, limits: Limits, what: str, stop: int | None = None
) -> Iterator[tuple[bytes, int, int, int]]:
    """Type, start, start of the body and end of every box in ``data`` from ``start`` to ``stop`` (its end for None).

    Fewer than eight bytes at the end are no box: QuickTime closes a list with four zeros.

    Raises:
        MediaMalformed: a box does not fit. MediaTooLarge: there are too many.
    """
    stop = len(data) if stop is None else stop
    for _ in range(limits.structures):
        if start + 8 > stop:
            return
        size, kind = struct.unpack_from(">I4s", data, start)
        head = 8
        if size == 0:
            size = stop - start
        elif size == 1 and start + 16 <= stop:
            size, head = struct.unpack_from(">Q", data, start + 8)[0], 16
        if size < head or start + size > stop:
            raise MediaMalformed(what=what, detail="a box that does not fit into its parent")
        yield kind, start, start + head, start + size
        start += size
    raise MediaTooLarge(what=what, limit=limits.structures)


def box(kind: bytes, body: bytes) -> bytes:
    """A box of ``kind``."""
    return struct.pack(">I", 8 + len(body)) + kind + body


def rebuilt(
    data: bytes, start: int, change: Callable[[bytes, bytes], bytes | None], limits: Limits, what: str
) -> bytes:
    """``data`` with every box from ``start`` on replaced by what ``change(kind, body)`` makes of its body.

    None takes the box out; a body that stays keeps its box byte for byte, as do the bytes before and behind all boxes.

    Raises:
        MediaMalformed, MediaTooLarge: as :func:`boxes`.
    """
    pieces, end = [data[:start]], start
    for kind, at, inner, stop in boxes(data, start, limits, what):
        if not any(data[at : at + 4]):
            raise MediaMalformed(what=what, detail="a box without length inside another")
        body = data[inner:stop]
        new = change(kind, body)
        if new is not None:
            pieces.append(data[at:stop] if new == body else box(kind, new))
        end = stop
    return b"".join([*pieces, data[end:]])
