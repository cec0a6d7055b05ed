"""RIFF and its larger forms (RF64, BW64): chunks walked with bounds, and LIST/INFO edited."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO, Final

import msgspec

from guiju.errors import MediaLayoutUnsupported, MediaMalformed
from guiju.media import embedded
from guiju.media.contents import Contents, Form, Found
from guiju.media.limits import Limits
from guiju.media.streams import Counter, take_at, to_text

KEY: Final = b"AIGC"
UNKNOWN: Final = 0xFFFFFFFF
"""A size of 32 bits that stands elsewhere, or that nobody knew when the file was streamed."""


class Chunk(msgspec.Struct, frozen=True):
    """One chunk: its type, where it begins, the length of its data; ``open`` where that is only what the file has left."""

    kind: bytes
    offset: int
    size: int
    open: bool = False

    @property
    def data(self) -> int:
        """Where its data begin."""
        return self.offset + 8

    @property
    def end(self) -> int:
        """Where the next begins: data are padded to an even length."""
        return self.offset + 8 + self.size + (self.size & 1)


def chunks(
    file: BinaryIO, start: int, end: int, limits: Limits, what: str, sizes: dict[bytes, int] | None = None,
    lenient: tuple[bytes, ...] = (), *, pages: bool = False,
) -> Iterator[Chunk]:  # fmt: skip
    """Every chunk from ``start`` to ``end``.

    Args:
        sizes: what to take for chunks whose own size is :data:`UNKNOWN`.
        pages: whether they repeat for as long as the film lasts.
        lenient: chunks that may claim more than there is, and then reach to ``end``: samples of a streamed file.

    Raises:
        MediaMalformed: another chunk does not fit. MediaTooLarge: there are too many.
    """
    counter, offset = Counter(limits, what, pages=pages), start
    while offset + 8 <= end:
        counter.step()
        kind, size = struct.unpack("<4sI", take_at(file, offset, 8, limits, what))
        if size == UNKNOWN and sizes and kind in sizes:
            size = sizes[kind]
        left = end - offset - 8
        if size > left and kind not in lenient:
            raise MediaMalformed(what=what, detail="a chunk that ends behind the file")
        chunk = Chunk(kind, offset, min(size, left), size > left)
        yield chunk
        offset = chunk.end


def data_of(file: BinaryIO, chunk: Chunk, limits: Limits, what: str) -> bytes:
    """The data of a chunk.

    Raises:
        MediaTooLarge: more than a structure may have.
    """
    return take_at(file, chunk.data, chunk.size, limits, what)


def packed(kind: bytes, data: bytes) -> bytes:
    """A whole chunk, padded.

    Raises:
        MediaLayoutUnsupported: it is too large.
    """
    if len(data) >= UNKNOWN:
        raise MediaLayoutUnsupported(what="RIFF", detail="a chunk of more than 4 GiB")
    return kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) & 1)


def read_info(data: bytes, placement: str, offset: int, limits: Limits) -> Contents:
    """Values in a LIST/INFO, given its data: the sub-chunk ``AIGC`` (``placement``), or inside another text."""
    found = []
    for kind, text in _texts(data):
        if kind.upper() == KEY:
            found.append(Found(placement, to_text(text[: limits.value_bytes]), Form.TEXT, offset))
        elif b"AIGC" in text and (hit := embedded.find(to_text(text[: limits.value_bytes]), limits.value_bytes)):
            found.append(Found(f"{placement}.other", hit[2], Form.EMBEDDED, offset))
    return Contents(tuple(found))


def write_info(data: bytes, value: str | None, limits: Limits) -> bytes:
    """The data of a LIST/INFO with ``value`` as its one value; None leaves none in it."""
    new, placed = [data[:4] or b"INFO"], value is None
    for kind, text in _texts(data):
        if kind.upper() == KEY:
            if not placed and value is not None:
                new.append(packed(KEY, value.encode("utf-8", "replace") + b"\0"))
                placed = True
            continue
        hit = embedded.find(to_text(text[: limits.value_bytes]), limits.value_bytes) if b"AIGC" in text else None
        if hit is not None:
            raw = hit[2].encode()
            text = text.replace(raw, b" " * len(raw)).replace(KEY, b"    ") if raw in text else b""
        new.append(packed(kind, text))
    if not placed and value is not None:
        new.append(packed(KEY, value.encode("utf-8", "replace") + b"\0"))
    return b"".join(new)


def _texts(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = 4
    while place + 8 <= len(data):
        kind, size = struct.unpack_from("<4sI", data, place)
        yield kind, data[place + 8 : place + 8 + size]
        place += 8 + size + (size & 1)
