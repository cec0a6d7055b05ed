"""WAV: a RIFF chunk ``AIGC`` behind the samples (TC260-PG-202510A); RF64 and BW64 for files over 4 GiB.

A file that was streamed, and whose samples have no known end, gets the chunk before them.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterable
from typing import BinaryIO

import msgspec

from guiju.errors import MediaLayoutUnsupported, MediaMalformed
from guiju.media import c2pa, id3, riff, xmp
from guiju.media.contents import Contents, Form, Found
from guiju.media.joined import joined
from guiju.media.limits import LIMITS, Limits
from guiju.media.registry import Carrier, carrier
from guiju.media.riff import KEY, UNKNOWN, Chunk
from guiju.media.streams import copy_span, size_of, take_at, to_text

WHAT = "WAV"
_LARGE = (b"RF64", b"BW64")
_TAGS = (b"id3 ", b"ID3 ")


class _Sound(msgspec.Struct, frozen=True):
    """A file taken apart: its form, its chunks, where its RIFF ends, and whether it was streamed without saying so."""

    form: bytes
    chunks: tuple[Chunk, ...]
    end: int
    streamed: bool


@carrier
class Wav(Carrier):
    """WAV, Broadcast WAV, RF64 and BW64."""

    name = "wav"
    title = "WAV"
    suffixes = (".wav", ".wave", ".bwf", ".rf64")
    placement = "wav/chunk"
    placements = {
        "wav/chunk": "a RIFF chunk AIGC",
        "wav/info": "LIST/INFO, sub-chunk AIGC",
        "wav/info.other": "the value inside another text of LIST/INFO",
        "wav/TXXX": "an ID3 chunk, TXXX with the description AIGC",
        "wav/id3": "the value inside another frame of an ID3 chunk",
        "wav/xmp": "XMP in the chunk _PMX, property TC260:AIGC",
    }
    source = "TC260-PG-202510A"

    def sniff(self, head: bytes, suffix: str) -> bool:
        return head[:4] in (b"RIFF", *_LARGE) and head[8:12] == b"WAVE"

    def read(self, file: BinaryIO, limits: Limits = LIMITS) -> Contents:
        return joined([_read(file, chunk, limits) for chunk in _sound(file, limits).chunks])

    def write(self, source: BinaryIO, target: BinaryIO, value: str, limits: Limits = LIMITS) -> None:
        sound = _sound(source, limits)
        total, new = size_of(source), riff.packed(KEY, value.encode("utf-8", "replace"))
        copy_span(source, target, 0, 12)
        for chunk in sound.chunks:
            if chunk.open:
                target.write(new)
            if chunk.kind != KEY:
                _copy(source, target, chunk, total, limits)
        if not sound.chunks[-1].open:
            target.write(new)
        length = target.tell() - 8
        copy_span(source, target, sound.end, total)
        _sized(target, sound, length, limits)

    def content(self, file: BinaryIO, limits: Limits = LIMITS) -> Iterable[tuple[int, int]]:
        """The format and the samples."""
        chunks = _sound(file, limits).chunks
        return [(one.data, one.data + one.size) for one in chunks if one.kind in (b"fmt ", b"data")]


def _sound(file: BinaryIO, limits: Limits) -> _Sound:
    total = size_of(file)
    form, size, kind = struct.unpack("<4sI4s", take_at(file, 0, 12, limits, WHAT))
    if form not in (b"RIFF", *_LARGE) or kind != b"WAVE":
        raise MediaMalformed(what=WHAT, detail="no RIFF of the kind WAVE")
    sizes: dict[bytes, int] = {}
    if form in _LARGE:
        head = take_at(file, 12, 24, limits, WHAT)
        if head[:4] != b"ds64":
            raise MediaMalformed(what=WHAT, detail="no ds64 chunk")
        size, sizes[b"data"] = struct.unpack_from("<QQ", head, 8)
    known = size not in (0, UNKNOWN) and 8 + size <= total
    end = 8 + size if known else total
    chunks = tuple(riff.chunks(file, 12, end, limits, WHAT, sizes, lenient=(b"data",)))
    if not any(chunk.kind == b"data" for chunk in chunks):
        raise MediaMalformed(what=WHAT, detail="no samples")
    return _Sound(form, chunks, min(max(chunks[-1].end, end if known else 0), total), size in (0, UNKNOWN))


def _read(file: BinaryIO, chunk: Chunk, limits: Limits) -> Contents:
    if chunk.kind.upper() == KEY:
        data = take_at(file, chunk.data, min(chunk.size, limits.value_bytes), limits, WHAT)
        return Contents((Found("wav/chunk", to_text(data), Form.TEXT, chunk.offset),))
    if chunk.kind == b"_PMX":
        return xmp.read(riff.data_of(file, chunk, limits, WHAT), "wav/xmp", chunk.offset, limits)
    if chunk.kind == b"C2PA":
        return Contents(c2pa=c2pa.describe(riff.data_of(file, chunk, limits, WHAT), "wav/C2PA"))
    if chunk.kind == b"LIST" and take_at(file, chunk.data, min(4, chunk.size), limits, WHAT) == b"INFO":
        return riff.read_info(riff.data_of(file, chunk, limits, WHAT), "wav/info", chunk.offset, limits)
    if chunk.kind in _TAGS:
        tag = id3.parse(io.BytesIO(riff.data_of(file, chunk, limits, WHAT)), 0, limits)
        return Contents() if tag is None else id3.read(tag, "wav", chunk.offset, limits)
    return Contents()


def _copy(source: BinaryIO, target: BinaryIO, chunk: Chunk, total: int, limits: Limits) -> None:
    """A chunk as it is; one that holds a value, without it."""
    if not _read(source, chunk, limits).found:
        copy_span(source, target, chunk.offset, min(chunk.end, total))
        if not chunk.open:
            target.write(b"\0" * (target.tell() & 1))
        return
    data = riff.data_of(source, chunk, limits, WHAT)
    if chunk.kind == b"_PMX":
        data = xmp.write(data, None)
    elif chunk.kind == b"LIST":
        data = riff.write_info(data, None, limits)
    elif chunk.kind in _TAGS:
        data = id3.write(id3.parse(io.BytesIO(data), 0, limits), None, limits)
    else:
        return
    target.write(riff.packed(chunk.kind, data))


def _sized(target: BinaryIO, sound: _Sound, length: int, limits: Limits) -> None:
    """Set the size of the RIFF; one that nobody knew stays unknown."""
    if sound.form in _LARGE:
        target.seek(20)
        target.write(struct.pack("<Q", length))
    elif not sound.streamed:
        if length >= UNKNOWN:
            raise MediaLayoutUnsupported(what=WHAT, detail="larger than 4 GiB")
        target.seek(4)
        target.write(struct.pack("<I", length))
