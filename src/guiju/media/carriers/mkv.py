"""Matroska and WebM: a simple tag ``AIGC`` in ``Segment.Tags`` (TC260-PG-20257A). Clusters never move.

The tags are written where they are, if the void behind them has the room; else at the end of the segment, with the seek
head pointing there. Only a live recording, which has neither seek head nor cues, gets them before its first cluster.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO, Final

import msgspec

from guiju.errors import MediaLayoutUnsupported, MediaMalformed, MediaTooLarge
from guiju.media import ebml, mkvtags
from guiju.media.contents import Contents
from guiju.media.ebml import CRC, VOID, Element
from guiju.media.joined import joined
from guiju.media.limits import LIMITS, Limits
from guiju.media.mkvtags import TAGS
from guiju.media.registry import Carrier, carrier
from guiju.media.streams import Counter, copy_span, size_of, take_at

WHAT: Final = "Matroska"
_EBML, _SEGMENT, _SEEK_HEAD, _CLUSTER, _CUES = 0x1A45DFA3, 0x18538067, 0x114D9B74, 0x1F43B675, 0x1C53BB6B
_SEEK, _SEEK_ID, _SEEK_PLACE = 0x4DBB, 0x53AB, 0x53AC
_TOP = {_SEEK_HEAD, _CLUSTER, _CUES, TAGS, 0x1549A966, 0x1654AE6B, 0x1941A469, 0x1043A770, _SEGMENT, _EBML}
_WIDE = 8


class _Film(msgspec.Struct, frozen=True):
    """The first segment of a file, what stands in it, and the segments behind it."""

    segment: Element
    parts: tuple[Element, ...]
    others: tuple[Element, ...]

    def all(self, kind: int) -> list[Element]:
        return [part for part in self.parts if part.id == kind]

    @property
    def samples(self) -> int:
        """Where the first cluster starts; the end of the segment if there is none."""
        return next((part.start for part in self.parts if part.id == _CLUSTER), self.segment.end)


@carrier
class Mkv(Carrier):
    """Matroska and WebM, recorded and live."""

    name = "mkv"
    title = "MKV, WebM"
    suffixes = (".mkv", ".webm", ".mka", ".mk3d")
    placement = "mkv/tag"
    placements = {
        "mkv/tag": "Segment.Tags.Tag.SimpleTag named AIGC",
        "mkv/tag.other": "the value inside another simple tag",
    }
    source = "TC260-PG-20257A"

    def sniff(self, head: bytes, suffix: str) -> bool:
        return head[:4] == _EBML.to_bytes(4, "big")

    def read(self, file: BinaryIO, limits: Limits = LIMITS) -> Contents:
        film = _film(file, limits)
        tags = [one for one in (*film.parts, *film.others) if one.id == TAGS]
        return joined([mkvtags.read(_content(file, one, limits), one.start, limits) for one in tags])

    def write(self, source: BinaryIO, target: BinaryIO, value: str, limits: Limits = LIMITS) -> None:
        film = _film(source, limits)
        if film.others:
            raise MediaLayoutUnsupported(what=WHAT, detail="several segments")
        old = film.all(TAGS)
        content = _content(source, old[0], limits) if old else b""
        new = ebml.element(TAGS, mkvtags.write(content, value, limits))
        changes: dict[int, tuple[int, bytes]] = {}
        for tags in old[1:]:
            _cleared(source, tags, changes, limits)
        _unchecked(source, film, changes)
        if old and _fit(film, old[0], new, changes):
            _assembled(source, target, film, changes, b"", limits)
        elif _sought(source, film, changes, old, limits):
            _assembled(source, target, film, changes, new, limits)
        elif not film.all(_CUES) and not film.all(_SEEK_HEAD):
            place = old[0] if old else None
            start, end = (place.start, place.end) if place else (film.samples, film.samples)
            changes[start] = (end, new)
            _assembled(source, target, film, changes, b"", limits)
        else:
            raise MediaLayoutUnsupported(what=WHAT, detail="a seek head without room")

    def content(self, file: BinaryIO, limits: Limits = LIMITS) -> Iterable[tuple[int, int]]:
        """The clusters."""
        return [(part.body, part.end) for part in _film(file, limits).all(_CLUSTER)]


def _film(file: BinaryIO, limits: Limits) -> _Film:
    total = size_of(file)
    first = ebml.head_at(file, 0, total)
    if first.id != _EBML or first.open:
        raise MediaMalformed(what=WHAT, detail="no EBML header")
    counter, place = Counter(limits, WHAT, pages=True), first.end
    segments, others, parts = list[Element](), list[Element](), list[Element]()
    while place < total:
        counter.step()
        one = ebml.head_at(file, place, total)
        if one.id == _SEGMENT:
            found = _parts(file, one, counter, limits)
            if one.open and found:
                one = msgspec.structs.replace(one, end=found[-1].end)
            if segments:
                others += found
            else:
                parts = found
            segments.append(one)
        place = one.end
    if not segments:
        raise MediaMalformed(what=WHAT, detail="no segment")
    return _Film(segments[0], tuple(parts), tuple([*others, *segments[1:]]))


def _parts(file: BinaryIO, segment: Element, counter: Counter, limits: Limits) -> list[Element]:
    """What stands in a segment. Of its clusters only the first is kept: there may be very many."""
    found, place, seen = list[Element](), segment.body, False
    while place < segment.end:
        counter.step()
        one = ebml.head_at(file, place, segment.end)
        if one.id in (_SEGMENT, _EBML):
            if not segment.open:
                raise MediaMalformed(what=WHAT, detail="a segment inside a segment")
            break
        if one.open:
            if one.id != _CLUSTER:
                raise MediaMalformed(what=WHAT, detail="an element without end")
            one = msgspec.structs.replace(one, end=_end_of(file, one, counter))
        if one.id == _CLUSTER and seen and found[-1].id == _CLUSTER:
            found[-1] = msgspec.structs.replace(found[-1], end=one.end)
        else:
            found.append(one)
        seen = seen or one.id == _CLUSTER
        if len(found) > limits.structures:
            raise MediaTooLarge(what=WHAT, limit=limits.structures)
        place = one.end
    return found


def _end_of(file: BinaryIO, cluster: Element, counter: Counter) -> int:
    """Where a cluster of unknown size ends: before the next element that cannot stand in one."""
    place = cluster.body
    while place < cluster.end:
        counter.step()
        one = ebml.head_at(file, place, cluster.end)
        if one.id in _TOP:
            return place
        if one.open:
            raise MediaMalformed(what=WHAT, detail="an element without end")
        place = one.end
    return cluster.end


def _content(file: BinaryIO, one: Element, limits: Limits) -> bytes:
    return take_at(file, one.body, one.end - one.body, limits, WHAT)


def _cleared(file: BinaryIO, tags: Element, changes: dict[int, tuple[int, bytes]], limits: Limits) -> None:
    """Tags that are not the first lose their values and keep their length."""
    content = _content(file, tags, limits)
    if mkvtags.read(content, 0, limits).found:
        _put(changes, tags.start, tags.end, ebml.element(TAGS, mkvtags.write(content, None, limits)))


def _unchecked(file: BinaryIO, film: _Film, changes: dict[int, tuple[int, bytes]]) -> None:
    """A checksum over the whole segment would be wrong afterwards."""
    for one in film.all(CRC):
        changes[one.start] = (one.end, ebml.void(one.end - one.start))


def _put(changes: dict[int, tuple[int, bytes]], start: int, end: int, new: bytes) -> bool:
    """Put ``new`` from ``start`` on, and a void up to ``end``; False if that does not work out."""
    left = end - start - len(new)
    if left < 0 or left == 1:
        return False
    changes[start] = (end, new + ebml.void(left))
    return True


def _behind(film: _Film, one: Element) -> int:
    """The end of an element and of the voids right behind it."""
    end = one.end
    for part in film.parts:
        if part.id == VOID and part.start == end:
            end = part.end
    return end


def _fit(film: _Film, old: Element, new: bytes, changes: dict[int, tuple[int, bytes]]) -> bool:
    return _put(changes, old.start, _behind(film, old), new)


def _sought(
    file: BinaryIO, film: _Film, changes: dict[int, tuple[int, bytes]], old: list[Element], limits: Limits
) -> bool:
    """Let the seek head point to the end of the segment, and void the old tags; False if it has no room."""
    heads = film.all(_SEEK_HEAD)
    if not heads:
        return False
    data = _content(file, heads[0], limits)
    parts = list(ebml.children(data, 0, len(data), limits))
    checked = any(part.id == CRC for part in parts)
    known = [(*_seek(data, part, limits), data[part.start : part.end]) for part in parts if part.id == _SEEK]
    kept = [(place, raw) for kind, place, raw in known if kind != TAGS]
    place = film.segment.end - film.segment.body
    entry = ebml.element(_SEEK_ID, TAGS.to_bytes(4, "big")) + ebml.element(_SEEK_PLACE, ebml.unsigned(place))
    mine, samples = ebml.element(_SEEK, entry), film.samples - film.segment.body
    for least in (0, samples):  # what stands before the samples is found without a seek head
        content = b"".join(raw for where, raw in kept if not least or where >= least) + mine
        content = ebml.with_crc(content) if checked else content
        if _put(changes, heads[0].start, _behind(film, heads[0]), ebml.element(_SEEK_HEAD, content)):
            if old:
                changes[old[0].start] = (old[0].end, ebml.void(old[0].end - old[0].start))
            return True
    return False


def _seek(data: bytes, one: Element, limits: Limits) -> tuple[int, int]:
    parts = {part.id: data[part.body : part.end] for part in ebml.children(data, one.body, one.end, limits)}
    return int.from_bytes(parts.get(_SEEK_ID, b""), "big"), int.from_bytes(parts.get(_SEEK_PLACE, b""), "big")


def _assembled(
    source: BinaryIO,
    target: BinaryIO,
    film: _Film,
    changes: dict[int, tuple[int, bytes]],
    behind: bytes,
    limits: Limits,
) -> None:
    """Copy with the changes, and with ``behind`` at the end of the segment."""
    segment, total = film.segment, size_of(source)
    copy_span(source, target, 0, segment.start)
    growth = len(behind) + sum(len(new) - (end - start) for start, (end, new) in changes.items())
    size, width = segment.end - segment.body + growth, segment.body - segment.start - 4
    if segment.open or not growth:
        copy_span(source, target, segment.start, segment.body)
    else:
        target.write(ebml.head(_SEGMENT, size, width if size < (1 << 7 * width) - 1 else _WIDE))
    place = segment.body
    for start, (end, new) in sorted(changes.items()):
        copy_span(source, target, place, start)
        target.write(new)
        place = end
    copy_span(source, target, place, segment.end)
    target.write(behind)
    copy_span(source, target, segment.end, total)
