"""Ogg (RFC 3533): pages walked with bounds, header packets collected, pages made again with the right checksums."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO, Final

import msgspec

from guiju.errors import MediaLayoutUnsupported, MediaMalformed, MediaTooLarge
from guiju.media.limits import Limits
from guiju.media.streams import Counter, size_of, take, take_at

WHAT: Final = "Ogg"
_CONTINUED, _FIRST = 1, 2
_HEAD = 27
_SEGMENTS = 255
_STREAMS = 256  # whose headers are collected at once
_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


class Page(msgspec.Struct, frozen=True):
    """One page: where it is, its 27 bytes and table of segments, and the fields that matter here."""

    start: int
    head: bytes
    size: int
    serial: int
    number: int
    flags: int

    @property
    def body(self) -> int:
        return self.start + len(self.head)

    @property
    def end(self) -> int:
        return self.body + self.size

    @property
    def opens(self) -> bool:
        """Whether it is the first of its stream."""
        return bool(self.flags & _FIRST)


class Codec(msgspec.Struct, frozen=True):
    """How a stream is known and where its comments are.

    Attributes:
        sign: how its first packet begins. ``prefix``: how the packet with its comments begins.
        headers: how many header packets follow the first; 0 if blocks of FLAC say so themselves.
    """

    name: str
    sign: bytes
    prefix: bytes
    headers: int


CODECS: Final = (
    Codec("vorbis", b"\x01vorbis", b"\x03vorbis", 2),
    Codec("opus", b"OpusHead", b"OpusTags", 1),
    Codec("theora", b"\x80theora", b"\x81theora", 2),
    Codec("speex", b"Speex   ", b"", 1),
    Codec("flac", b"\x7fFLAC", b"", 0),
)


class Headers(msgspec.Struct, frozen=True):
    """All header packets of a stream behind its first, and the pages they came on."""

    codec: Codec
    pages: tuple[Page, ...]
    packets: tuple[bytes, ...]


class _Collecting:
    """The header packets of one stream, while they come in."""

    def __init__(self, codec: Codec, limits: Limits) -> None:
        self.codec, self._limits = codec, limits
        self.pages, self.packets = list[Page](), list[bytes]()
        self._rest, self._total = b"", 0

    def add(self, page: Page, body: bytes) -> bool:
        """Take a page in; True when the headers are whole.

        Raises:
            MediaLayoutUnsupported: something else follows them on the same page.
        """
        self.pages.append(page)
        self._total += len(body)
        if self._total > self._limits.structure_bytes:
            raise MediaTooLarge(what=WHAT, limit=self._limits.structure_bytes)
        place, pieces = 0, [self._rest]
        for index, length in enumerate(page.head[_HEAD:]):
            pieces.append(body[place : place + length])
            place += length
            if length < _SEGMENTS:
                self.packets.append(b"".join(pieces))
                pieces = []
                if self._whole():
                    if index + 1 != len(page.head) - _HEAD:
                        raise MediaLayoutUnsupported(what=WHAT, detail="samples on a page of headers")
                    return True
        self._rest = b"".join(pieces)
        return False

    def _whole(self) -> bool:
        if self.codec.headers:
            return len(self.packets) == self.codec.headers
        return bool(self.packets[-1][:1] and self.packets[-1][0] & 0x80)


def walk(file: BinaryIO, limits: Limits) -> Iterator[Page | Headers]:
    """Every page in order; the header pages of a stream whose comments are known come together, when the last is there.

    Raises:
        MediaMalformed: the file is no Ogg, is cut short, or its headers are. Others as :func:`take`.
    """
    open_streams: dict[int, _Collecting] = {}
    for page in _pages(file, limits):
        if page.opens:
            sign = take_at(file, page.body, min(page.size, 8), limits, WHAT)
            codec = next((one for one in CODECS if sign.startswith(one.sign)), None)
            if page.serial in open_streams or len(open_streams) == _STREAMS:
                raise MediaMalformed(what=WHAT, detail="a stream that begins twice, or too many")
            if codec is not None:
                open_streams[page.serial] = _Collecting(_counted(file, page, codec, limits), limits)
            yield page
        elif (stream := open_streams.get(page.serial)) is not None:
            if stream.add(page, take_at(file, page.body, page.size, limits, WHAT)):
                yield Headers(stream.codec, tuple(stream.pages), tuple(stream.packets))
                del open_streams[page.serial]
        else:
            yield page
    if open_streams:
        raise MediaMalformed(what=WHAT, detail="the headers end too early")


def paged(packets: list[bytes], serial: int, number: int) -> list[bytes]:
    """Header packets on pages of their own, numbered from ``number``."""
    table = [length for packet in packets for length in [*[255] * (len(packet) // 255), len(packet) % 255]]
    data, place, made = b"".join(packets), 0, list[bytes]()
    for start in range(0, len(table), _SEGMENTS):
        lengths = table[start : start + _SEGMENTS]
        continued = start > 0 and table[start - 1] == 255
        ends = any(length < 255 for length in lengths)
        body = data[place : place + sum(lengths)]
        place += len(body)
        head = struct.pack("<4sBBqIIIB", b"OggS", 0, int(continued), 0 if ends else -1, serial, number, 0, len(lengths))
        made.append(_signed(head + bytes(lengths) + body))
        number += 1
    return made


def renumbered(page: bytes, number: int) -> bytes:
    """A whole page under another number."""
    return _signed(page[:18] + struct.pack("<I", number & 0xFFFFFFFF) + bytes(4) + page[26:])


def _signed(page: bytes) -> bytes:
    return page[:22] + struct.pack("<I", checksum(page[:22] + bytes(4) + page[26:])) + page[26:]


def checksum(data: bytes) -> int:
    """The CRC of Ogg: the polynomial of zlib's, with bits in the other order and nothing inverted."""
    mirrored = zlib.crc32(data.translate(_REVERSED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int(f"{mirrored:032b}"[::-1], 2)


def _pages(file: BinaryIO, limits: Limits) -> Iterator[Page]:
    total, counter, place = size_of(file), Counter(limits, WHAT, pages=True), 0
    while place < total:
        counter.step()
        head = take_at(file, place, _HEAD, limits, WHAT)
        sign, version, flags, _, serial, number, _, count = struct.unpack("<4sBBqIIIB", head)
        if sign != b"OggS" or version:
            raise MediaMalformed(what=WHAT, detail="no page where one must be")
        table = take(file, count, limits, WHAT)
        page = Page(place, head + table, sum(table), serial, number, flags)
        if page.end > total:
            raise MediaMalformed(what=WHAT, detail="the file ends too early")
        yield page
        place = page.end


def _counted(file: BinaryIO, page: Page, codec: Codec, limits: Limits) -> Codec:
    """The codec with its number of headers, where the first packet says it: Speex counts extra ones."""
    if codec.name != "speex" or page.size < 72:
        return codec
    extra = struct.unpack("<I", take_at(file, page.body + 68, 4, limits, WHAT))[0]
    return msgspec.structs.replace(codec, headers=min(1 + extra, 64))
