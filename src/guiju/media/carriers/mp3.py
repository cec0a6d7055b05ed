"""MP3: ID3v2, ``TXXX`` with the description ``AIGC`` (TC260-PG-202510A). ID3v1, Lyrics3 and APE tags stay."""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO, Final

from guiju.errors import MediaMalformed
from guiju.media import apetag, id3
from guiju.media.contents import Contents
from guiju.media.id3 import Tag
from guiju.media.joined import joined
from guiju.media.limits import LIMITS, Limits
from guiju.media.registry import Carrier, carrier
from guiju.media.streams import copy_span, size_of, take_at

_MOST: Final = 8  # tags one behind the other: some programs put a new one before the old

_OLD_TAG: Final = 128  # ID3v1, at the very end


@carrier
class Mp3(Carrier):
    """MP3, with or without tags."""

    name = "mp3"
    title = "MP3"
    suffixes = (".mp3",)
    placement = "mp3/TXXX"
    placements = {
        "mp3/TXXX": "ID3v2, TXXX with the description AIGC",
        "mp3/id3": "the value inside another frame of ID3v2",
        "mp3/xmp": "XMP in the ID3v2 frame PRIV, property TC260:AIGC",
        "mp3/ape": "APEv2, item AIGC",
    }
    source = "TC260-PG-202510A"

    def sniff(self, head: bytes, suffix: str) -> bool:
        named = suffix in self.suffixes
        return (head[:3] == b"ID3" and (named or not suffix)) or (_is_frame(head) and (named or not suffix))

    def read(self, file: BinaryIO, limits: Limits = LIMITS) -> Contents:
        found = _tags(file, limits)
        parts = [id3.read(tag, "mp3", offset, limits) for offset, tag in found]
        if (ape := apetag.parse(file, limits)) is not None:
            parts.append(apetag.read(ape, "mp3/ape", limits))
        return joined(parts)

    def write(self, source: BinaryIO, target: BinaryIO, value: str, limits: Limits = LIMITS) -> None:
        found, ape = _tags(source, limits), apetag.parse(source, limits)
        target.write(id3.write(found[0][1] if found else None, value, limits))
        for offset, tag in found[1:]:
            if id3.read(tag, "mp3", offset, limits).found:
                target.write(id3.write(tag, None, limits))
            else:
                copy_span(source, target, offset, offset + tag.size)
        start, total = sum(tag.size for _, tag in found), size_of(source)
        if ape is None or ape.start < start or not apetag.read(ape, "mp3/ape", limits).found:
            copy_span(source, target, start, total)
            return
        copy_span(source, target, start, ape.start)
        target.write(apetag.without(ape))
        copy_span(source, target, ape.end, total)

    def content(self, file: BinaryIO, limits: Limits = LIMITS) -> Iterable[tuple[int, int]]:
        """The frames, between the tags before and behind them."""
        start, end = sum(tag.size for _, tag in _tags(file, limits)), size_of(file)
        if (ape := apetag.parse(file, limits)) is not None:
            end = ape.start
        elif end >= _OLD_TAG and take_at(file, end - _OLD_TAG, 3, limits, "MP3") == b"TAG":
            end -= _OLD_TAG
        return [(start, max(start, end))]


def _tags(file: BinaryIO, limits: Limits) -> list[tuple[int, Tag]]:
    """The tags at the start of the file, one behind the other."""
    found, offset = list[tuple[int, Tag]](), 0
    while len(found) < _MOST and (tag := id3.parse(file, offset, limits)) is not None:
        found.append((offset, tag))
        offset += tag.size
    if offset > size_of(file):
        raise MediaMalformed(what="MP3", detail="the file ends too early")
    return found


def _is_frame(head: bytes) -> bool:
    """Whether a frame of MPEG audio starts here: its synchronisation, and no field of a forbidden value."""
    return (
        len(head) > 3
        and head[0] == 0xFF
        and head[1] & 0xE0 == 0xE0
        and head[1] & 0x18 != 0x08
        and head[1] & 0x06 != 0
        and head[2] & 0xF0 != 0xF0
        and head[2] & 0x0C != 0x0C
    )
