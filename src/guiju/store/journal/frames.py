"""The bytes of a journal: frames that begin on a page of their own, so that no write touches what was written before.

A frame is ``magic ‖ length ‖ CRC-32 ‖ payload``, numbers little-endian, the payload msgpack. The first page of a file
holds the frame of its :class:`Header`; every other frame holds the rows of one write. Frames are found by looking at every page:
what stands before a damaged one hides nothing after it. The magic holds bytes that occur in no UTF-8 text.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from typing import TypeVar
from zlib import crc32

import msgspec

from guiju.store.rows import Row

PAGE = 4096
_MAGIC = b"\xff\xfeGuiju\x01"
_HEAD = struct.Struct("<8sII")
_Payload = TypeVar("_Payload")


class Header(msgspec.Struct, frozen=True):
    """Whose records a journal holds, and which columns their rows have, in order.

    Attributes:
        chain: the name of the writer's chain. ``number``: its number in the database.
    """

    chain: str
    number: int
    record: tuple[str, ...]
    text: tuple[str, ...]
    risk: tuple[str, ...]


_encode = msgspec.msgpack.Encoder().encode
_HEADER = msgspec.msgpack.Decoder(Header)
_ROWS = msgspec.msgpack.Decoder(list[Row])


def frame(content: Sequence[Row] | Header) -> bytes:
    """One frame. A lone surrogate raises UnicodeError, a number of more than 64 bits OverflowError."""
    payload = _encode(content)
    return _HEAD.pack(_MAGIC, len(payload), crc32(payload)) + payload


def pages(size: int) -> int:
    """The bytes that ``size`` bytes occupy in whole pages."""
    return -size % PAGE + size


def header(data: bytes) -> Header | None:
    """The header of a journal; None where there is none that can be read."""
    return _read(data, 0, _HEADER)


def rows(data: bytes) -> Iterator[Row]:
    """The rows of every whole frame of a journal, in the order of its pages: those of earlier rounds are among them."""
    at = PAGE
    while at < len(data):
        found = _read(data, at, _ROWS)
        if found is None:
            at += PAGE
            continue
        yield from found
        at += pages(_HEAD.size + _HEAD.unpack_from(data, at)[1])


def _read(data: bytes, at: int, decoder: msgspec.msgpack.Decoder[_Payload]) -> _Payload | None:
    """What the frame at ``at`` holds; None where there is no whole one."""
    if len(data) < at + _HEAD.size:
        return None
    magic, length, check = _HEAD.unpack_from(data, at)
    begin = at + _HEAD.size
    if magic != _MAGIC or begin + length > len(data):
        return None
    payload = memoryview(data)[begin : begin + length]
    if crc32(payload) != check:
        return None
    try:
        return decoder.decode(payload)
    except msgspec.MsgspecError:
        return None
