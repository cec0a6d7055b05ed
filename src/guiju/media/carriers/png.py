"""PNG: XMP in an ``iTXt`` chunk (TC260-PG-20259A, clause 6); read also from text chunks of its own and from EXIF."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator
from typing import BinaryIO

import msgspec

from guiju.errors import MediaMalformed, MediaTooLarge
from guiju.media import c2pa, embedded, exif, xmp
from guiju.media.contents import Contents, Form, Found
from guiju.media.joined import joined
from guiju.media.limits import LIMITS, Limits
from guiju.media.registry import Carrier, carrier
from guiju.media.streams import Counter, copy, copy_span, size_of, take_at, to_text
from guiju.media.unpacking import Unpacker

SIGNATURE = b"\x89PNG\r\n\x1a\n"
XMP = "XML:com.adobe.xmp"

_TEXTS = {b"tEXt", b"zTXt", b"iTXt"}
_READ = {*_TEXTS, b"eXIf"}

_PIXELS = (b"IHDR", b"PLTE", b"tRNS", b"acTL", b"fcTL", b"IDAT", b"fdAT")


class Chunk(msgspec.Struct, frozen=True):
    """One chunk: its type, where it begins, and the length of its data."""

    kind: bytes
    offset: int
    size: int

    @property
    def end(self) -> int:
        return self.offset + 12 + self.size


class Text(msgspec.Struct, frozen=True):
    """A text chunk unpacked: its keyword, and its text in bytes."""

    keyword: str
    data: bytes


@carrier
class Png(Carrier):
    """PNG and APNG."""

    name = "png"
    title = "PNG"
    suffixes = (".png", ".apng")
    placement = "png/xmp"
    placements = {
        "png/xmp": "XMP in iTXt XML:com.adobe.xmp, property TC260:AIGC",
        "png/text": "tEXt, zTXt or iTXt whose keyword contains AIGC",
        "png/text.other": "a JSON object that names AIGC in a text chunk with another keyword",
        "png/exif.UserComment": "eXIf, EXIF 0x9286",
        "png/exif.ImageDescription": "eXIf, EXIF 0x010E",
        "png/exif.XPComment": "eXIf, EXIF 0x9C9C",
    }
    source = "TC260-PG-20259A 6"

    def sniff(self, head: bytes, suffix: str) -> bool:
        return head.startswith(SIGNATURE)

    def read(self, file: BinaryIO, limits: Limits = LIMITS) -> Contents:
        unpacker = Unpacker(limits, "PNG")
        return joined([_read(file, chunk, unpacker, limits) for chunk in chunks(file, limits)])

    def write(self, source: BinaryIO, target: BinaryIO, value: str, limits: Limits = LIMITS) -> None:
        parts, unpacker = list(chunks(source, limits)), Unpacker(limits, "PNG")
        old = [
            (chunk, text) for chunk in parts if (text := _text(source, chunk, unpacker, limits)) and text.keyword == XMP
        ]
        new = _itxt(XMP, xmp.write(old[0][1].data if old else None, value))
        kept = old[0][0] if old else None
        target.write(SIGNATURE)
        for number, chunk in enumerate(parts):
            if chunk is kept:
                target.write(new)
            else:
                _copy_without(source, target, chunk, unpacker, limits)
            if kept is None and number == 0:
                target.write(new)
        source.seek(parts[-1].end)
        copy(source, target)

    def content(self, file: BinaryIO, limits: Limits = LIMITS) -> Iterable[tuple[int, int]]:
        """Everything that makes the pixels: header, palette, transparency, and the data of all frames."""
        return [(one.offset + 8, one.end - 4) for one in chunks(file, limits) if one.kind in _PIXELS]


def chunks(file: BinaryIO, limits: Limits) -> Iterator[Chunk]:
    """Every chunk from IHDR to IEND."""
    total = size_of(file)
    if take_at(file, 0, 8, limits, "PNG") != SIGNATURE:
        raise MediaMalformed(what="PNG", detail="no signature")
    counter, offset = Counter(limits, "PNG"), 8
    while True:
        counter.step()
        size, kind = struct.unpack(">I4s", take_at(file, offset, 8, limits, "PNG"))
        chunk = Chunk(kind, offset, size)
        if chunk.end > total or (offset == 8 and kind != b"IHDR"):
            raise MediaMalformed(what="PNG", detail="a chunk that ends behind the file, or no IHDR at its start")
        yield chunk
        if kind == b"IEND":
            return
        offset = chunk.end


def _data(file: BinaryIO, chunk: Chunk, limits: Limits) -> bytes:
    return take_at(file, chunk.offset + 8, chunk.size, limits, chunk.kind.decode("latin-1"))


def _read(file: BinaryIO, chunk: Chunk, unpacker: Unpacker, limits: Limits) -> Contents:
    if chunk.kind == b"caBX":
        head = take_at(file, chunk.offset + 8, min(chunk.size, limits.structure_bytes), limits, "caBX")
        return Contents(c2pa=c2pa.describe(head, "png/caBX", chunk.size))
    if chunk.kind not in _READ:
        return Contents()
    try:
        if chunk.kind == b"eXIf":
            return exif.read(_data(file, chunk, limits), "png/exif", chunk.offset, limits)
        text = _text(file, chunk, unpacker, limits)
    except (MediaMalformed, MediaTooLarge) as error:
        return Contents(damaged=(f"png/{chunk.kind.decode()}: {error.message('en')}",))
    return Contents() if text is None else _of_text(text, chunk, limits)


def _of_text(text: Text, chunk: Chunk, limits: Limits) -> Contents:
    if text.keyword == XMP:
        return xmp.read(text.data, "png/xmp", chunk.offset, limits)
    keyword, hit = text.keyword.upper(), embedded.find(to_text(text.data), limits.value_bytes)
    if keyword == "AIGC" or (hit and "AIGC" in keyword):
        if len(text.data) > limits.value_bytes:
            return Contents(damaged=("png/text: a value is too long",))
        return Contents((Found("png/text", to_text(text.data), Form.TEXT, chunk.offset),))
    if hit is not None:
        return Contents((Found("png/text.other", hit[2], Form.EMBEDDED, chunk.offset),))
    return Contents()


def _text(file: BinaryIO, chunk: Chunk, unpacker: Unpacker, limits: Limits) -> Text | None:
    """The text chunk unpacked; None if it is none."""
    if chunk.kind not in _TEXTS:
        return None
    raw, _, rest = _data(file, chunk, limits).partition(b"\0")
    keyword = raw.decode("latin-1")
    if chunk.kind == b"tEXt":
        return Text(keyword, rest)
    if chunk.kind == b"zTXt":
        return Text(keyword, unpacker.inflated(rest[1:]))
    data = rest[2:].partition(b"\0")[2].partition(b"\0")[2]  # behind language and translated keyword
    return Text(keyword, unpacker.inflated(data) if rest[:1] == b"\1" else data)


def _copy_without(source: BinaryIO, target: BinaryIO, chunk: Chunk, unpacker: Unpacker, limits: Limits) -> None:
    """Copy a chunk, without a value in it; a text chunk that is named after the value goes whole."""
    contents = _read(source, chunk, unpacker, limits)
    if not contents.found:
        copy_span(source, target, chunk.offset, chunk.end)
    elif chunk.kind == b"eXIf":
        target.write(_packed(b"eXIf", exif.blanked(_data(source, chunk, limits), limits)))
    elif (text := _text(source, chunk, unpacker, limits)) is not None and text.keyword == XMP:
        target.write(_itxt(XMP, xmp.write(text.data, None)))
    elif text is not None and contents.found[0].placement == "png/text.other":
        said = to_text(text.data)
        start, end, _ = embedded.find(said, limits.value_bytes) or (0, len(said), "")
        target.write(_itxt(text.keyword, (said[:start] + said[end:]).encode("utf-8", "replace")))


def _itxt(keyword: str, text: bytes) -> bytes:
    return _packed(b"iTXt", keyword.encode("latin-1") + b"\0\0\0\0\0" + text)


def _packed(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
