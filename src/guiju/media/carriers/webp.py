"""WebP: XMP in the RIFF chunk ``XMP `` (TC260-PG-20259A); read also from EXIF."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from typing import BinaryIO

import msgspec

from guiju.errors import MediaLayoutUnsupported, MediaMalformed
from guiju.media import c2pa, exif, xmp
from guiju.media.contents import Contents, Form, Found
from guiju.media.joined import joined
from guiju.media.limits import LIMITS, Limits
from guiju.media.registry import Carrier, carrier
from guiju.media.streams import Counter, copy_span, size_of, take_at, to_text

_HAS_XMP, _HAS_ALPHA = 0x04, 0x10
_PIXELS = (b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF")


class Chunk(msgspec.Struct, frozen=True):
    """One chunk: its type, where it begins, the length of its data."""

    kind: bytes
    offset: int
    size: int

    @property
    def end(self) -> int:
        """Where the next begins: data are padded to an even length."""
        return self.offset + 8 + self.size + (self.size & 1)


@carrier
class Webp(Carrier):
    """WebP: lossy, lossless, extended and animated. A simple file becomes an extended one; its pixels stay."""

    name = "webp"
    title = "WebP"
    suffixes = (".webp",)
    placement = "webp/xmp"
    placements = {
        "webp/xmp": "XMP in the chunk “XMP ”, property TC260:AIGC",
        "webp/chunk": "a chunk AIGC",
        "webp/exif.UserComment": "EXIF 0x9286",
        "webp/exif.ImageDescription": "EXIF 0x010E",
        "webp/exif.XPComment": "EXIF 0x9C9C",
    }
    source = "TC260-PG-20259A 6"

    def sniff(self, head: bytes, suffix: str) -> bool:
        return head[:4] == b"RIFF" and head[8:12] == b"WEBP"

    def read(self, file: BinaryIO, limits: Limits = LIMITS) -> Contents:
        return joined([_read(file, chunk, limits) for chunk in _chunks(file, limits)])

    def write(self, source: BinaryIO, target: BinaryIO, value: str, limits: Limits = LIMITS) -> None:
        chunks = list(_chunks(source, limits))
        old = [chunk for chunk in chunks if chunk.kind == b"XMP "]
        packet = _data(source, old[0], limits) if old else None
        new = _packed(b"XMP ", xmp.write(packet, value))
        target.write(b"RIFF\0\0\0\0WEBP" + _extended(source, chunks, limits))
        for chunk in chunks:
            if chunk.kind == b"EXIF":
                target.write(_packed(b"EXIF", exif.blanked(_data(source, chunk, limits), limits)))
            elif chunk.kind not in (b"VP8X", b"XMP ", b"AIGC"):
                copy_span(source, target, chunk.offset, min(chunk.end, size_of(source)))
                target.write(b"\0" * (target.tell() & 1))
        target.write(new)
        if (length := target.tell() - 8) > 0xFFFFFFFE:
            raise MediaLayoutUnsupported(what="WebP", detail="larger than 4 GiB")
        copy_span(source, target, chunks[-1].end, max(chunks[-1].end, size_of(source)))
        target.seek(4)
        target.write(struct.pack("<I", length))

    def content(self, file: BinaryIO, limits: Limits = LIMITS) -> Iterable[tuple[int, int]]:
        """Everything that makes the pixels."""
        return [(one.offset + 8, one.offset + 8 + one.size) for one in _chunks(file, limits) if one.kind in _PIXELS]


def _chunks(file: BinaryIO, limits: Limits) -> Iterator[Chunk]:
    """Every chunk within the RIFF; what follows it is not looked at."""
    total = size_of(file)
    riff, size, kind = struct.unpack("<4sI4s", take_at(file, 0, 12, limits, "WebP"))
    if riff != b"RIFF" or kind != b"WEBP" or total < 20:
        raise MediaMalformed(what="WebP", detail="no RIFF of the kind WEBP, or an empty one")
    counter, offset, end = Counter(limits, "WebP"), 12, min(8 + size, total)
    while offset + 8 <= end or offset == 12:
        counter.step()
        kind, size = struct.unpack("<4sI", take_at(file, offset, 8, limits, "WebP"))
        chunk = Chunk(kind, offset, size)
        if offset + 8 + size > total:
            raise MediaMalformed(what="WebP", detail="a chunk that ends behind the file")
        yield chunk
        offset = chunk.end


def _data(file: BinaryIO, chunk: Chunk, limits: Limits) -> bytes:
    return take_at(file, chunk.offset + 8, chunk.size, limits, "WebP")


def _read(file: BinaryIO, chunk: Chunk, limits: Limits) -> Contents:
    if chunk.kind == b"XMP ":
        return xmp.read(_data(file, chunk, limits), "webp/xmp", chunk.offset, limits)
    if chunk.kind == b"EXIF":
        return exif.read(_data(file, chunk, limits), "webp/exif", chunk.offset, limits)
    if chunk.kind == b"AIGC":
        value = to_text(_data(file, chunk, limits)[: limits.value_bytes])
        return Contents((Found("webp/chunk", value, Form.TEXT, chunk.offset),))
    if chunk.kind == b"C2PA":
        return Contents(c2pa=c2pa.describe(_data(file, chunk, limits), "webp/C2PA"))
    return Contents()


def _extended(file: BinaryIO, chunks: list[Chunk], limits: Limits) -> bytes:
    """The chunk VP8X with the flag for XMP set: the one there is, or a new one for a simple file."""
    first = chunks[0]
    if first.kind == b"VP8X":
        data = bytearray(_data(file, first, limits))
        if len(data) < 10:
            raise MediaMalformed(what="WebP", detail="VP8X is too short")
        data[0] |= _HAS_XMP
        return _packed(b"VP8X", bytes(data))
    width, height, flags = _canvas(file, first, limits)
    sizes = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return _packed(b"VP8X", bytes([flags | _HAS_XMP, 0, 0, 0]) + sizes)


def _canvas(file: BinaryIO, image: Chunk, limits: Limits) -> tuple[int, int, int]:
    """Width, height and flags of a simple file, from the header of its bit stream."""
    head = take_at(file, image.offset + 8, min(image.size, 10), limits, "WebP").ljust(10, b"\0")
    if image.kind == b"VP8 " and head[3:6] == b"\x9d\x01\x2a":
        width, height = struct.unpack_from("<HH", head, 6)
        found = (width & 0x3FFF, height & 0x3FFF, 0)
    elif image.kind == b"VP8L" and head[0] == 0x2F:
        bits = struct.unpack_from("<I", head, 1)[0]
        found = ((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, _HAS_ALPHA if bits >> 28 & 1 else 0)
    else:
        raise MediaMalformed(what="WebP", detail="no image where the first must be")
    if not (found[0] and found[1]):
        raise MediaMalformed(what="WebP", detail="an image without extent")
    return found


def _packed(kind: bytes, data: bytes) -> bytes:
    return kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) & 1)
