"""GIF: XMP in an application extension ``XMP DataXMP`` (TC260-PG-20259A); read also from comments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import BinaryIO

import msgspec

from guiju.errors import MediaMalformed
from guiju.media import c2pa, embedded, xmp
from guiju.media.contents import Contents, Form, Found
from guiju.media.joined import joined
from guiju.media.limits import LIMITS, Limits
from guiju.media.registry import Carrier, carrier
from guiju.media.streams import Counter, copy_span, size_of, take_at, to_text

XMP = b"XMP DataXMP"
C2PA = b"C2PA_GIF\1\0\0"

_TRAILER = bytes([1, *range(255, -1, -1), 0])
"""The "magic trailer": wherever a reader of sub-blocks enters it from the packet, it ends at the final zero."""

_EXTENSION, _IMAGE, _END = 0x21, 0x2C, 0x3B
_APPLICATION, COMMENT = 0xFF, 0xFE


class Block(msgspec.Struct, frozen=True):
    """An extension, an image or the end: ``label`` of an extension, ``application`` of an application extension."""

    kind: int
    start: int
    end: int
    label: int = 0
    application: bytes = b""


@carrier
class Gif(Carrier):
    """GIF, still and animated."""

    name = "gif"
    title = "GIF"
    suffixes = (".gif",)
    placement = "gif/xmp"
    placements = {
        "gif/xmp": "XMP in the application extension XMP Data, property TC260:AIGC",
        "gif/application": "an application extension named AIGC",
        "gif/comment": "AIGC{…} in a comment extension",
    }
    source = "TC260-PG-20259A 6"

    def sniff(self, head: bytes, suffix: str) -> bool:
        return head.startswith((b"GIF87a", b"GIF89a"))

    def read(self, file: BinaryIO, limits: Limits = LIMITS) -> Contents:
        return joined([_read(file, block, limits) for block in blocks(file, limits)])

    def write(self, source: BinaryIO, target: BinaryIO, value: str, limits: Limits = LIMITS) -> None:
        parts = list(blocks(source, limits))
        packets = [block for block in parts if block.application == XMP]
        kept = packets[0] if packets else parts[-1]
        old = _packet(source, packets[0], limits) if packets else None
        target.write(b"GIF89a")  # extensions came with this version
        copy_span(source, target, 6, parts[0].start)
        for block in parts:
            if block is kept:
                target.write(_extension(xmp.write(old, value)))
            if block is kept and packets:
                continue
            if block.application == XMP:
                target.write(_extension(xmp.write(_packet(source, block, limits), None)))
            elif not _read(source, block, limits).found:
                copy_span(source, target, block.start, block.end)
        copy_span(source, target, parts[-1].end, size_of(source))

    def content(self, file: BinaryIO, limits: Limits = LIMITS) -> Iterable[tuple[int, int]]:
        """The screen with its colours, and every image."""
        parts = list(blocks(file, limits))
        images = [(one.start, one.end) for one in parts if one.kind == _IMAGE]
        return [(6, parts[0].start), *images]


def blocks(file: BinaryIO, limits: Limits) -> Iterator[Block]:
    """Every block, the end included."""
    size_of(file)
    head = take_at(file, 0, 13, limits, "GIF")
    if head[:6] not in (b"GIF87a", b"GIF89a"):
        raise MediaMalformed(what="GIF", detail="no signature")
    counter, place = Counter(limits, "GIF"), 13 + _table(head[10])
    while True:
        counter.step()
        block = _block(file, place, counter, limits)
        yield block
        if block.kind == _END:
            return
        place = block.end


def _block(file: BinaryIO, place: int, counter: Counter, limits: Limits) -> Block:
    kind = take_at(file, place, 1, limits, "GIF")[0]
    if kind == _END:
        return Block(kind, place, place + 1)
    if kind == _IMAGE:
        flags = take_at(file, place + 9, 1, limits, "GIF")[0]
        return Block(kind, place, _through(file, place + 11 + _table(flags), limits))
    if kind != _EXTENSION:
        raise MediaMalformed(what="GIF", detail="an unknown block")
    label, length = take_at(file, place + 1, 2, limits, "GIF")
    name = b""
    if label == _APPLICATION and length == 11:
        name = take_at(file, place + 3, 11, limits, "GIF")
    return Block(kind, place, _through(file, place + 2, limits), label, name)


def _table(flags: int) -> int:
    """Bytes of a colour table."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _through(file: BinaryIO, place: int, limits: Limits) -> int:
    """The position behind a chain of sub-blocks; an image may have any number of them, the file's size bounds them."""
    file.seek(place)
    while True:
        length = file.read(1)
        if not length:
            raise MediaMalformed(what="GIF", detail="the file ends too early")
        place += 1 + length[0]
        if not length[0]:
            return place
        file.seek(place)


def _read(file: BinaryIO, block: Block, limits: Limits) -> Contents:
    if block.application == XMP:
        return xmp.read(_packet(file, block, limits), "gif/xmp", block.start, limits)
    if block.application == C2PA:
        return Contents(c2pa=c2pa.describe(_data(file, block, 14, limits), "gif/application"))
    if b"AIGC" in block.application.upper():
        value = to_text(_data(file, block, 14, limits))
        return Contents((Found("gif/application", value, Form.TEXT, block.start),))
    if block.label == COMMENT:
        text = to_text(_data(file, block, 2, limits))
        if (hit := embedded.find(text, limits.value_bytes)) is not None:
            return Contents((Found("gif/comment", hit[2], Form.EMBEDDED, block.start),))
    return Contents()


def _packet(file: BinaryIO, block: Block, limits: Limits) -> bytes:
    """The packet: not in sub-blocks but raw, before the magic trailer; some writers do use sub-blocks."""
    raw = take_at(file, block.start + 14, block.end - block.start - 14, limits, "GIF XMP")
    if raw.endswith(_TRAILER):
        return raw[: -len(_TRAILER)]
    return _data(file, block, 14, limits)


def _data(file: BinaryIO, block: Block, skip: int, limits: Limits) -> bytes:
    """What the sub-blocks hold, from ``skip`` bytes behind the start of the block."""
    raw = take_at(file, block.start + skip, block.end - block.start - skip, limits, "GIF extension")
    pieces, place = [], 0
    while place < len(raw) and raw[place]:
        pieces.append(raw[place + 1 : place + 1 + raw[place]])
        place += 1 + raw[place]
    return b"".join(pieces)


def _extension(packet: bytes) -> bytes:
    return bytes([_EXTENSION, _APPLICATION, 11]) + XMP + packet + _TRAILER
