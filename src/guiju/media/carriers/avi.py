"""AVI: a sub-chunk ``AIGC`` in ``LIST/INFO`` before the frames (TC260-PG-20257A); OpenDML files over 1 GiB too.

The list takes its room from the filler (``JUNK``) behind it where there is enough. Else the frames move, and the indexes
that hold positions in the file move with them.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from typing import BinaryIO, Final

import msgspec

from guiju.errors import MediaLayoutUnsupported, MediaMalformed
from guiju.media import c2pa, riff, xmp
from guiju.media.contents import Contents, Form, Found
from guiju.media.joined import joined
from guiju.media.limits import LIMITS, Limits
from guiju.media.patches import Patch, copy_patched
from guiju.media.registry import Carrier, carrier
from guiju.media.riff import KEY, UNKNOWN, Chunk
from guiju.media.streams import Counter, size_of, take_at, to_text

WHAT: Final = "AVI"
_JUNK = (b"JUNK", b"JUNQ", b"PAD ")
_CHUNKS, _INDEXES = 1, 0  # what the entries of an index of OpenDML point to: frames, or other indexes


class _List(msgspec.Struct, frozen=True):
    """A chunk of the first RIFF; ``form`` is the kind of a LIST."""

    chunk: Chunk
    form: bytes


class _Film(msgspec.Struct, frozen=True):
    """The first RIFF taken apart, where it ends, and how long the file is."""

    parts: tuple[_List, ...]
    end: int
    total: int

    def all(self, form: bytes) -> list[Chunk]:
        return [part.chunk for part in self.parts if part.form == form]


@carrier
class Avi(Carrier):
    """AVI, with the index of old and of OpenDML."""

    name = "avi"
    title = "AVI"
    suffixes = (".avi",)
    placement = "avi/info"
    placements = {
        "avi/info": "LIST/INFO, sub-chunk AIGC",
        "avi/info.other": "the value inside another text of LIST/INFO",
        "avi/chunk": "a RIFF chunk AIGC",
        "avi/xmp": "XMP in the chunk _PMX, property TC260:AIGC",
    }
    source = "TC260-PG-20257A"

    def sniff(self, head: bytes, suffix: str) -> bool:
        return head[:4] == b"RIFF" and head[8:12] == b"AVI "

    def read(self, file: BinaryIO, limits: Limits = LIMITS) -> Contents:
        film = _film(file, limits)
        return joined([_read(file, part, limits) for part in film.parts])

    def write(self, source: BinaryIO, target: BinaryIO, value: str, limits: Limits = LIMITS) -> None:
        film = _film(source, limits)
        movie = film.all(b"movi")[0]
        infos = [chunk for chunk in film.all(b"INFO") if chunk.offset < movie.offset]
        old = riff.data_of(source, infos[0], limits, WHAT) if infos else b"INFO"
        new = riff.packed(b"LIST", riff.write_info(old, value, limits))
        changes = {
            part.chunk.offset: (min(part.chunk.end, film.total), _cleared(source, part, limits))
            for part in film.parts
            if (not infos or part.chunk is not infos[0]) and _read(source, part, limits).found
        }
        start, end, new = _placed(film, movie, infos, new)
        changes[start] = (end, new)
        before = sum(len(new) - (end - start) for start, (end, new) in changes.items() if start <= movie.offset)
        patches = list(_moved(source, film, movie, before, limits)) if before else []
        growth = sum(len(new) - (end - start) for start, (end, new) in changes.items())
        if growth != before and film.end < film.total:
            raise MediaLayoutUnsupported(what=WHAT, detail="values between the parts of a large film")
        place = 0
        for start, (end, new) in sorted(changes.items()):
            copy_patched(source, target, place, start, patches)
            target.write(new)
            place = end
        copy_patched(source, target, place, film.total, patches)
        _sized(source, target, film.end + growth - 8, limits)

    def content(self, file: BinaryIO, limits: Limits = LIMITS) -> Iterable[tuple[int, int]]:
        """The frames, without the indexes among them, which hold positions."""
        movie = _film(file, limits).all(b"movi")[0]
        inner = riff.chunks(file, movie.data + 4, movie.data + movie.size, limits, WHAT, pages=True)
        return ((one.data, one.data + one.size) for one in inner if not one.kind.startswith(b"ix"))


def _film(file: BinaryIO, limits: Limits) -> _Film:
    total = size_of(file)
    form, size, kind = struct.unpack("<4sI4s", take_at(file, 0, 12, limits, WHAT))
    if form != b"RIFF" or kind != b"AVI ":
        raise MediaMalformed(what=WHAT, detail="no RIFF of the kind AVI")
    known = size not in (0, UNKNOWN) and 8 + size <= total
    parts = []
    for chunk in riff.chunks(file, 12, 8 + size if known else total, limits, WHAT, lenient=(b"LIST",)):
        inner = take_at(file, chunk.data, 4, limits, WHAT) if chunk.kind == b"LIST" and chunk.size >= 4 else b""
        parts.append(_List(chunk, inner if chunk.kind == b"LIST" else chunk.kind))
    if not any(part.form == b"movi" for part in parts):
        raise MediaMalformed(what=WHAT, detail="no frames")
    return _Film(tuple(parts), min(parts[-1].chunk.end, total), total)


def _read(file: BinaryIO, part: _List, limits: Limits) -> Contents:
    chunk = part.chunk
    if part.form == b"INFO":
        return riff.read_info(riff.data_of(file, chunk, limits, WHAT), "avi/info", chunk.offset, limits)
    if chunk.kind == KEY:
        data = take_at(file, chunk.data, min(chunk.size, limits.value_bytes), limits, WHAT)
        return Contents((Found("avi/chunk", to_text(data), Form.TEXT, chunk.offset),))
    if chunk.kind == b"_PMX":
        return xmp.read(riff.data_of(file, chunk, limits, WHAT), "avi/xmp", chunk.offset, limits)
    if chunk.kind == b"C2PA":
        return Contents(c2pa=c2pa.describe(riff.data_of(file, chunk, limits, WHAT), "avi/C2PA"))
    return Contents()


def _cleared(file: BinaryIO, part: _List, limits: Limits) -> bytes:
    """A chunk without the value in it."""
    if part.form == KEY:
        return b""
    data = riff.data_of(file, part.chunk, limits, WHAT)
    if part.form == b"_PMX":
        return riff.packed(b"_PMX", xmp.write(data, None))
    return riff.packed(b"LIST", riff.write_info(data, None, limits))


def _placed(film: _Film, movie: Chunk, infos: list[Chunk], new: bytes) -> tuple[int, int, bytes]:
    """The bytes that the list replaces, and the list with the filler that is left of them.

    Where there is no list before the frames, it takes the place of filler that has the room, else of nothing.
    """
    junk = [part.chunk for part in film.parts if part.form in _JUNK and part.chunk.offset < movie.offset]
    if infos:
        start = end = infos[0].offset
        end = infos[0].end + sum(one.end - one.offset for one in junk if one.offset == infos[0].end)
    else:
        room = next((one for one in junk if one.end - one.offset >= len(new) + 8), None)
        start, end = (room.offset, room.end) if room else (movie.offset, movie.offset)
    left = end - start - len(new)
    if left >= 8:
        return start, end, new + riff.packed(b"JUNK", bytes(left - 8))
    return (start, end, new) if left == 0 or not infos else (start, infos[0].end, new)


def _moved(file: BinaryIO, film: _Film, movie: Chunk, by: int, limits: Limits) -> Iterator[Patch]:
    """Positions in the file that point to the frames or behind them."""
    for chunk in film.all(b"idx1"):
        yield from _moved_old(file, chunk, movie, by, limits)
    counter = Counter(limits, WHAT, pages=True)
    for header in film.all(b"hdrl"):
        for place, size in _found(file, header, b"indx", limits):
            yield from _moved_index(file, place, size, movie, by, counter, limits, 2)


def _moved_old(file: BinaryIO, chunk: Chunk, movie: Chunk, by: int, limits: Limits) -> Iterator[Patch]:
    """The index of old counts from the list of frames; some programs wrote positions in the file instead."""
    if chunk.size < 16:
        return
    first = struct.unpack("<I", take_at(file, chunk.data + 8, 4, limits, WHAT))[0]
    if first < movie.data:
        return
    table = bytearray(riff.data_of(file, chunk, limits, WHAT))
    for place in range(8, len(table) - 7, 16):
        offset = struct.unpack_from("<I", table, place)[0] + by
        if not 0 <= offset < UNKNOWN:
            raise MediaLayoutUnsupported(what=WHAT, detail="positions larger than 4 GiB")
        struct.pack_into("<I", table, place, offset)
    yield chunk.data, bytes(table)


def _found(file: BinaryIO, header: Chunk, kind: bytes, limits: Limits) -> Iterator[tuple[int, int]]:
    """Place and size of the data of every chunk of a kind in the lists of streams."""
    for inner in riff.chunks(file, header.data + 4, header.data + header.size, limits, WHAT):
        if inner.kind == b"LIST" and inner.size >= 4:
            for one in riff.chunks(file, inner.data + 4, inner.data + inner.size, limits, WHAT):
                if one.kind == kind:
                    yield one.data, one.size


def _moved_index(
    file: BinaryIO, place: int, size: int, movie: Chunk, by: int, counter: Counter, limits: Limits, depth: int
) -> Iterator[Patch]:
    """An index of OpenDML: its base position, or the positions of the indexes it points to, and these in turn."""
    if size < 24 or not depth:
        raise MediaMalformed(what=WHAT, detail="an index that is none")
    words, _, kind, count = struct.unpack("<HBBI", take_at(file, place, 8, limits, WHAT))
    if kind == _CHUNKS:
        base = struct.unpack("<Q", take_at(file, place + 12, 8, limits, WHAT))[0]
        if base >= movie.offset:
            yield place + 12, struct.pack("<Q", base + by)
        return
    if kind != _INDEXES or words != 4:
        raise MediaLayoutUnsupported(what=WHAT, detail="an index of an unknown kind")
    for number in range(count):
        counter.step()
        at = place + 24 + 16 * number
        if at + 16 > place + size:
            raise MediaMalformed(what=WHAT, detail="an index that ends too early")
        offset, length = struct.unpack("<QI", take_at(file, at, 12, limits, WHAT))
        if offset >= movie.offset:
            yield at, struct.pack("<Q", offset + by)
        if offset:
            yield from _moved_index(file, offset + 8, max(0, length - 8), movie, by, counter, limits, depth - 1)


def _sized(source: BinaryIO, target: BinaryIO, length: int, limits: Limits) -> None:
    """Set the size of the RIFF; one that nobody knew stays unknown."""
    size = struct.unpack("<I", take_at(source, 4, 4, limits, WHAT))[0]
    if size not in (0, UNKNOWN):
        if length >= UNKNOWN:
            raise MediaLayoutUnsupported(what=WHAT, detail="larger than 4 GiB")
        target.seek(4)
        target.write(struct.pack("<I", length))
