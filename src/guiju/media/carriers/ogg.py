"""Ogg Vorbis, Opus, Ogg FLAC, Theora, Speex: the comment ``AIGC`` in the headers (TC260-PG-202510A).

The first stream gets the value, and every other one loses its own. Header pages are made again; where their number
changes, the pages behind them are numbered anew and their checksums set. Packets and times stay as they are.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import BinaryIO

import msgspec

from guiju.errors import MediaLayoutUnsupported, MediaMalformed
from guiju.media import comments, oggpages
from guiju.media.contents import Contents
from guiju.media.joined import joined
from guiju.media.limits import LIMITS, Limits
from guiju.media.oggpages import WHAT, Headers, Page
from guiju.media.registry import Carrier, carrier
from guiju.media.streams import copy_span, take_at


class _Held(msgspec.Struct, frozen=True):
    """The packet with the comments of a stream: which it is, what stands before its comments, and these."""

    index: int
    before: bytes
    comments: comments.Comments


@carrier
class Ogg(Carrier):
    """Ogg, also with several streams side by side or one behind the other."""

    name = "ogg"
    title = "OGG, Opus"
    suffixes = (".ogg", ".oga", ".opus", ".ogv", ".spx")
    placement = "ogg/comment"
    placements = {
        "ogg/comment": "comment AIGC in the headers of the first stream",
        "ogg/comment.other": "the value inside another comment",
    }
    source = "TC260-PG-202510A"

    def sniff(self, head: bytes, suffix: str) -> bool:
        return head[:4] == b"OggS"

    def read(self, file: BinaryIO, limits: Limits = LIMITS) -> Contents:
        parts, streams = list[Contents](), 0
        for part in oggpages.walk(file, limits):
            if isinstance(part, Headers):
                streams += 1
                held = _held(part, limits)
                parts.append(comments.read(held.comments, "ogg/comment", part.pages[0].start, limits))
        if not streams:
            return Contents(damaged=("ogg: no stream of a known kind",))
        return joined(parts)

    def write(self, source: BinaryIO, target: BinaryIO, value: str, limits: Limits = LIMITS) -> None:
        waiting, moved = [value], dict[int, int]()
        for part in oggpages.walk(source, limits):
            if isinstance(part, Headers):
                pages = _written(part, waiting.pop() if waiting else None, limits)
                if pages is None:
                    for page in part.pages:
                        copy_span(source, target, page.start, page.end)
                else:
                    target.write(b"".join(pages))
                    moved[part.pages[0].serial] = len(pages) - len(part.pages)
                continue
            by = 0 if part.opens else moved.get(part.serial, 0)
            if part.opens:
                moved.pop(part.serial, None)
            if by:
                whole = take_at(source, part.start, part.end - part.start, limits, WHAT)
                target.write(oggpages.renumbered(whole, part.number + by))
            else:
                copy_span(source, target, part.start, part.end)
        if waiting:
            raise MediaLayoutUnsupported(what=WHAT, detail="no stream of a known kind")

    def content(self, file: BinaryIO, limits: Limits = LIMITS) -> Iterable[tuple[int, int]]:
        """The packets of all streams behind their headers."""
        pages = (part for part in oggpages.walk(file, limits) if isinstance(part, Page))
        return ((page.body, page.end) for page in pages if not page.opens)


def _held(headers: Headers, limits: Limits) -> _Held:
    """Find the comments among the header packets.

    Raises:
        MediaMalformed: they are not where the codec puts them.
    """
    packet, prefix = headers.packets[0], headers.codec.prefix
    if headers.codec.name == "flac":
        prefix = packet[:4]
        if len(packet) < 4 or packet[0] & 0x7F != 4:
            raise MediaMalformed(what=WHAT, detail="no comments behind the header of FLAC")
    if not packet.startswith(prefix):
        raise MediaMalformed(what=WHAT, detail="no comments where they must be")
    return _Held(0, prefix, comments.parse(packet[len(prefix) :], limits))


def _written(headers: Headers, value: str | None, limits: Limits) -> list[bytes] | None:
    """The header pages with the value, or without any; None where they stay as they are."""
    held = _held(headers, limits)
    if value is None and not comments.read(held.comments, "", 0, limits).found:
        return None
    body, before = comments.write(held.comments, value, limits), held.before
    if headers.codec.name == "flac":
        if len(body) >= 1 << 24:
            raise MediaLayoutUnsupported(what=WHAT, detail="a block of more than 16 MiB")
        before = before[:1] + struct.pack(">I", len(body))[1:]
    packets = [before + body, *headers.packets[1:]]
    return oggpages.paged(packets, headers.pages[0].serial, headers.pages[0].number)
