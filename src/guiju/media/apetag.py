"""APEv2 tags at the end of a sound file, before an ID3v1 tag if there is one: read, and freed of a value."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO, Final

import msgspec

from guiju.errors import MediaMalformed
from guiju.media.contents import Contents, Form, Found
from guiju.media.limits import Limits
from guiju.media.streams import Counter, size_of, take_at, to_text

_WHAT: Final = "APE"
_SIGN, _SIZE, _OLD_TAG = b"APETAGEX", 32, 128


class Ape(msgspec.Struct, frozen=True):
    """A tag: where it starts and ends in the file (with its header), and its items: key, value, bytes."""

    start: int
    end: int
    header: bool
    version: int
    flags: int
    items: tuple[tuple[str, bytes, bytes], ...]


def parse(file: BinaryIO, limits: Limits) -> Ape | None:
    """The tag at the end of ``file``; None if there is none.

    Raises:
        MediaMalformed: it contradicts itself. MediaTooLarge: it is over a limit.
    """
    total = size_of(file)
    for end in (total, total - _OLD_TAG):
        if end < _SIZE:
            continue
        foot = take_at(file, end - _SIZE, _SIZE, limits, _WHAT)
        if foot[:8] == _SIGN and (end == total or take_at(file, end, 3, limits, _WHAT) == b"TAG"):
            version, size, count, flags = struct.unpack_from("<IIII", foot, 8)
            header = bool(flags & 1 << 31)
            start = end - size - (_SIZE if header else 0)
            if size < _SIZE or start < 0:
                raise MediaMalformed(what=_WHAT, detail="a tag that is larger than its file")
            body = take_at(file, end - size, size - _SIZE, limits, _WHAT)
            return Ape(start, end, header, version, flags, tuple(_items(body, count, limits)))
    return None


def read(tag: Ape, placement: str, limits: Limits) -> Contents:
    """Items ``AIGC`` of a tag."""
    values = (value for key, value, _ in tag.items if key.upper() == "AIGC")
    return Contents(tuple(Found(placement, to_text(one[: limits.value_bytes]), Form.TEXT, tag.start) for one in values))


def without(tag: Ape) -> bytes:
    """The whole tag without items ``AIGC``."""
    kept = [raw for key, _, raw in tag.items if key.upper() != "AIGC"]
    body = b"".join(kept)
    shared = struct.pack("<III", tag.version, len(body) + _SIZE, len(kept))
    foot = _SIGN + shared + struct.pack("<I", tag.flags & ~(1 << 29)) + bytes(8)
    head = _SIGN + shared + struct.pack("<I", tag.flags | 1 << 29) + bytes(8)
    return (head if tag.header else b"") + body + foot


def _items(body: bytes, count: int, limits: Limits) -> Iterator[tuple[str, bytes, bytes]]:
    counter, place = Counter(limits, _WHAT), 0
    for _ in range(count):
        counter.step()
        at = body.find(b"\0", place + 8)
        if place + 9 > len(body) or at < 0:
            raise MediaMalformed(what=_WHAT, detail="an item that is cut short")
        size = struct.unpack_from("<I", body, place)[0]
        end = at + 1 + size
        if end > len(body):
            raise MediaMalformed(what=_WHAT, detail="an item that is cut short")
        yield body[place + 8 : at].decode("ascii", "replace"), body[at + 1 : end], body[place:end]
        place = end
