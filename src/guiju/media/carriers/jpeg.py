"""JPEG: XMP in an ``APP1`` segment (TC260-PG-20259A, clause 6); read also from EXIF and from other segments."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from typing import BinaryIO

import msgspec

from guiju.errors import MediaLayoutUnsupported, MediaMalformed
from guiju.media import c2pa, embedded, exif, iim, xmp
from guiju.media.contents import Contents, Form, Found
from guiju.media.joined import joined
from guiju.media.limits import LIMITS, Limits
from guiju.media.registry import Carrier, carrier
from guiju.media.streams import Counter, copy, size_of, take, to_text

_APP0, _APP1, _APP2, _APP11, _APP13, _APP15, _COM = 0xE0, 0xE1, 0xE2, 0xEB, 0xED, 0xEF, 0xFE
_SOS, _EOI = 0xDA, 0xD9
_BARE = {0x01, *range(0xD0, 0xD8)}  # markers without a length
_ROOM = 0xFFFF - 2


class Segment(msgspec.Struct, frozen=True):
    """A marker segment before the first scan: ``raw`` is all of it, ``body`` what follows the length."""

    marker: int
    offset: int
    raw: bytes

    @property
    def body(self) -> bytes:
        return self.raw[4:]

    @property
    def is_xmp(self) -> bool:
        return self.marker == _APP1 and self.body.startswith(xmp.SIGNATURE)

    @property
    def is_exif(self) -> bool:
        return self.marker == _APP1 and self.body.startswith(exif.PREAMBLE)

    @property
    def is_index(self) -> bool:
        """Whether this is the index of a multi-picture file, whose positions count from here."""
        return self.marker == _APP2 and self.body.startswith(b"MPF\0")


@carrier
class Jpeg(Carrier):
    """JPEG and its multi-picture variants; what follows the header segments is copied as it is."""

    name = "jpeg"
    title = "JPEG"
    suffixes = (".jpg", ".jpeg", ".jpe", ".jfif")
    placement = "jpeg/xmp"
    placements = {
        "jpeg/xmp": "XMP in APP1, property TC260:AIGC",
        "jpeg/exif.UserComment": "EXIF 0x9286",
        "jpeg/exif.ImageDescription": "EXIF 0x010E",
        "jpeg/exif.XPComment": "EXIF 0x9C9C",
        "jpeg/app": "AIGC{…} in an APP segment",
        "jpeg/comment": "AIGC{…} in a COM segment",
    }
    source = "TC260-PG-20259A 6"

    def sniff(self, head: bytes, suffix: str) -> bool:
        return head.startswith(b"\xff\xd8\xff")

    def read(self, file: BinaryIO, limits: Limits = LIMITS) -> Contents:
        parts, store = [], _Store(limits)
        for segment in segments(file, limits):
            if segment.marker == _APP11:
                store.add(segment.body)
            parts.append(_read(segment, limits))
        return joined([*parts, store.contents()])

    def write(self, source: BinaryIO, target: BinaryIO, value: str, limits: Limits = LIMITS) -> None:
        plan = _plan(source, limits)
        if plan.packet is None and plan.insert > plan.index:
            raise MediaLayoutUnsupported(what="JPEG", detail="a multi-picture index before EXIF")
        new = _packed(xmp.write(plan.packet, value))
        target.write(b"\xff\xd8")
        for number, segment in enumerate(segments(source, limits)):
            if plan.packet is None and number == plan.insert:
                target.write(new)
            changed = new if number == plan.kept else _without(segment, limits)
            if number > plan.index and len(changed) != len(segment.raw):
                raise MediaLayoutUnsupported(what="JPEG", detail="a value behind a multi-picture index")
            target.write(changed)
        if plan.packet is None and plan.insert >= plan.count:
            target.write(new)
        copy(source, target)

    def content(self, file: BinaryIO, limits: Limits = LIMITS) -> Iterable[tuple[int, int]]:
        """From the first scan on."""
        for _ in segments(file, limits):
            pass
        scan = file.tell()
        return [(scan, size_of(file))]


class _Plan(msgspec.Struct, frozen=True):
    """Numbers of segments: the packet to edit, where a new one goes, the multi-picture index, and how many there are."""

    packet: bytes | None
    kept: int
    insert: int
    index: int
    count: int


def _plan(source: BinaryIO, limits: Limits) -> _Plan:
    packet, kept, insert, index, count = None, -1, 0, 1 << 30, 0
    for count, segment in enumerate(segments(source, limits), 1):
        if segment.is_xmp and packet is None:
            packet, kept = segment.body[len(xmp.SIGNATURE) :], count - 1
        if segment.marker == _APP0 or segment.is_exif:
            insert = count
        if segment.is_index:
            index = min(index, count - 1)
    return _Plan(packet, kept, insert, index, count)


def segments(file: BinaryIO, limits: Limits) -> Iterator[Segment]:
    """Every segment before the first scan; ``file`` stands at the first byte of what follows when they are through."""
    file.seek(0)
    if take(file, 2, limits, "JPEG") != b"\xff\xd8":
        raise MediaMalformed(what="JPEG", detail="no start of image")
    counter, offset = Counter(limits, "JPEG"), 2
    while True:
        counter.step()
        file.seek(offset)
        lead = take(file, 2, limits, "JPEG")
        if lead[0] != 0xFF:
            raise MediaMalformed(what="JPEG", detail="no marker where one must be")
        if lead[1] in (_SOS, _EOI):
            file.seek(offset)
            return
        raw = _segment(file, lead, limits)
        yield Segment(lead[1], offset, raw)
        offset += len(raw)


def _segment(file: BinaryIO, lead: bytes, limits: Limits) -> bytes:
    if lead[1] == 0xFF:  # a fill byte
        return lead[:1]
    if lead[1] in _BARE:
        return lead
    length = take(file, 2, limits, "JPEG")
    size: int = struct.unpack(">H", length)[0]
    if size < 2:
        raise MediaMalformed(what="JPEG", detail="a segment shorter than its length")
    return lead + length + take(file, size - 2, limits, "JPEG")


def _read(segment: Segment, limits: Limits) -> Contents:
    if segment.is_xmp:
        return xmp.read(segment.body[len(xmp.SIGNATURE) :], "jpeg/xmp", segment.offset, limits)
    if segment.is_exif:
        return exif.read(segment.body, "jpeg/exif", segment.offset, limits)
    told = iim.read(segment.body) if segment.marker == _APP13 else ()
    if (hit := _bare(segment, limits)) is not None:
        return Contents((Found(_place(segment), hit[2], Form.EMBEDDED, segment.offset),), iim=told)
    return Contents(iim=told)


def _bare(segment: Segment, limits: Limits) -> tuple[int, int, str] | None:
    """A value in a segment that is none of the known ones."""
    if not (_APP0 <= segment.marker <= _APP15 or segment.marker == _COM) or b"AIGC" not in segment.body:
        return None
    return embedded.find(to_text(segment.body), limits.value_bytes)


def _place(segment: Segment) -> str:
    return "jpeg/comment" if segment.marker == _COM else "jpeg/app"


def _without(segment: Segment, limits: Limits) -> bytes:
    """The bytes of a segment, without a value in it."""
    if segment.is_xmp:
        body = segment.body[len(xmp.SIGNATURE) :]
        return _packed(xmp.write(body, None)) if xmp.read(body, "jpeg/xmp", 0, limits).found else segment.raw
    if segment.is_exif:
        return segment.raw[:4] + exif.blanked(segment.body, limits)
    hit = _bare(segment, limits)
    if hit is not None and segment.marker == _APP13 and hit[2].encode() in segment.raw:
        value = hit[2].encode()  # resources of Photoshop, of which the value is only a part
        return segment.raw.replace(value, b" " * len(value)).replace(b"AIGC", b"    ")
    return segment.raw if hit is None else b""


def _packed(packet: bytes) -> bytes:
    body = xmp.SIGNATURE + packet
    if len(body) > _ROOM:
        raise MediaLayoutUnsupported(what="JPEG", detail="the XMP packet does not fit into one segment")
    return struct.pack(">BBH", 0xFF, _APP1, len(body) + 2) + body


class _Store:
    """Collects a C2PA store from its APP11 segments: ``JP``, box instance, sequence, then the box in pieces."""

    def __init__(self, limits: Limits) -> None:
        self._pieces: dict[int, list[bytes]] = {}
        self._left = limits.structure_bytes

    def add(self, body: bytes) -> None:
        """Take a segment that may be a piece; every piece after the first repeats the box's header."""
        if not body.startswith(b"JP") or len(body) < 16:
            return
        instance, sequence = struct.unpack_from(">HI", body, 2)
        self._left -= len(body)
        if self._left > 0:
            self._pieces.setdefault(instance, []).append(body[8:] if sequence == 1 else body[16:])

    def contents(self) -> Contents:
        """The store, if there is one."""
        for pieces in self._pieces.values():
            if c2pa.is_store(store := b"".join(pieces)):
                return Contents(c2pa=c2pa.describe(store, "jpeg/app11"))
        return Contents()
