"""FLV: a string ``AIGC`` in ``script.onMetaData`` (TC260-PG-20257A). Positions of key frames in it move along."""

from __future__ import annotations

import itertools
import struct
from collections.abc import Iterable, Iterator
from typing import BinaryIO, Final

import msgspec

from guiju.errors import MediaLayoutUnsupported, MediaMalformed
from guiju.media import amf, embedded
from guiju.media.amf import Script, Value
from guiju.media.contents import Contents, Form, Found
from guiju.media.joined import joined
from guiju.media.limits import LIMITS, Limits
from guiju.media.registry import Carrier, carrier
from guiju.media.streams import Counter, copy_span, size_of, take_at, to_text

WHAT: Final = "FLV"
_SCRIPT = 18
_MOST = 16  # tags looked at: metadata stand before the samples
_SIZES = {("filesize",), ("lastkeyframelocation",)}


class _Tag(msgspec.Struct, frozen=True):
    """A tag: where it starts, its type, its data, and where the next starts."""

    start: int
    kind: int
    size: int

    @property
    def end(self) -> int:
        return self.start + 11 + self.size + 4


@carrier
class Flv(Carrier):
    """Flash Video."""

    name = "flv"
    title = "FLV"
    suffixes = (".flv",)
    placement = "flv/onMetaData"
    placements = {
        "flv/onMetaData": "script.onMetaData, string AIGC",
        "flv/onMetaData.other": "the value inside another string of onMetaData",
    }
    source = "TC260-PG-20257A"

    def sniff(self, head: bytes, suffix: str) -> bool:
        return head[:4] == b"FLV\1"

    def read(self, file: BinaryIO, limits: Limits = LIMITS) -> Contents:
        parts = list[Contents]()
        for tag in _scripts(file, limits):
            data = take_at(file, tag.start + 11, tag.size, limits, WHAT)
            if (script := amf.parse(data, limits)) is not None:
                found = [Found(place, value, form, tag.start) for _, place, value, form in _hits(script, data, limits)]
                parts.append(Contents(tuple(found)))
        return joined(parts)

    def write(self, source: BinaryIO, target: BinaryIO, value: str, limits: Limits = LIMITS) -> None:
        place, waiting, moved = 0, [value], 0
        for tag in _scripts(source, limits):
            data = take_at(source, tag.start + 11, tag.size, limits, WHAT)
            script = amf.parse(data, limits)
            if script is None:
                continue
            new = _edited(script, data, waiting.pop() if waiting else None, tag.end, moved, limits)
            copy_span(source, target, place, tag.start)
            target.write(_tag(take_at(source, tag.start, 11, limits, WHAT), new))
            moved, place = moved + len(new) - len(data), tag.end
        if waiting:
            start = _start(source, limits)
            copy_span(source, target, place, start)
            target.write(_tag(bytes([_SCRIPT]) + bytes(10), amf.script("AIGC", value)))
            place = start
        copy_span(source, target, place, size_of(source))

    def content(self, file: BinaryIO, limits: Limits = LIMITS) -> Iterable[tuple[int, int]]:
        """The data of sound and picture tags."""
        return ((tag.start + 11, tag.start + 11 + tag.size) for tag in _tags(file, limits) if tag.kind != _SCRIPT)


def _start(file: BinaryIO, limits: Limits) -> int:
    """Where the first tag starts, behind the header and the size of no tag before it."""
    sign, _, size = struct.unpack(">4sBI", take_at(file, 0, 9, limits, WHAT))
    if sign != b"FLV\1" or not 9 <= size < 1 << 16:
        raise MediaMalformed(what=WHAT, detail="no header of FLV")
    if size + 4 > size_of(file):
        raise MediaMalformed(what=WHAT, detail="the file ends too early")
    return int(size) + 4


def _scripts(file: BinaryIO, limits: Limits) -> list[_Tag]:
    """The script tags among the first tags of the file."""
    return [tag for tag in itertools.islice(_tags(file, limits), _MOST) if tag.kind == _SCRIPT]


def _tags(file: BinaryIO, limits: Limits) -> Iterator[_Tag]:
    place, total, counter = _start(file, limits), size_of(file), Counter(limits, WHAT, pages=True)
    while place < total:
        counter.step()
        head = take_at(file, place, 11, limits, WHAT)
        tag = _Tag(place, head[0] & 0x1F, int.from_bytes(head[1:4], "big"))
        if tag.end > total:
            raise MediaMalformed(what=WHAT, detail="a tag that ends behind the file")
        if head[0] & 0x20 and tag.kind == _SCRIPT:
            raise MediaLayoutUnsupported(what=WHAT, detail="encrypted metadata")
        yield tag
        place = tag.end


def _hits(script: Script, data: bytes, limits: Limits) -> list[tuple[Value, str, str, Form]]:
    """Strings that are, or hold, a value: where, under which placement, what, in which form."""
    found = []
    for one in script.values:
        text = one.text(data)
        if text is None or not one.path:
            continue
        if one.path[-1].upper() == "AIGC":
            found.append((one, "flv/onMetaData", to_text(text[: limits.value_bytes]), Form.TEXT))
        elif b"AIGC" in text and (hit := embedded.find(to_text(text[: limits.value_bytes]), limits.value_bytes)):
            found.append((one, "flv/onMetaData.other", hit[2], Form.EMBEDDED))
    return found


def _edited(script: Script, data: bytes, value: str | None, behind: int, moved: int, limits: Limits) -> bytes:
    """The script with ``value`` as its one value; positions in the file ``behind`` it move with what it grows."""
    changes: list[tuple[int, int, bytes]] = []
    waiting = [] if value is None else [value]
    for one, _, held, form in _hits(script, data, limits):
        if form is Form.EMBEDDED:
            raw, inside = held.encode(), data[one.start : one.end]
            blank = inside.replace(raw, b" " * len(raw)).replace(b"AIGC", b"    ")
            changes.append((one.start, one.end, blank if raw in inside else b""))
        else:
            changes.append((one.start, one.end, amf.string("AIGC", waiting.pop()) if waiting else b""))
    if waiting:
        changes.append((script.end, script.end, amf.string("AIGC", waiting.pop())))
    growth = sum(len(new) - (end - start) for start, end, new in changes)
    if growth + moved:
        changes += _shifts(script, data, behind, growth + moved)
    return _spliced(data, changes, script, growth)


def _shifts(script: Script, data: bytes, behind: int, by: int) -> list[tuple[int, int, bytes]]:
    """Positions in the file: of key frames, of the last one, and the size of the file."""
    found = []
    for one in script.values:
        known = tuple(name.lower() for name in one.path)
        if one.kind == amf.NUMBER and (known in _SIZES or known[-2:] == ("filepositions", "")):
            number = struct.unpack_from(">d", data, one.body)[0]
            if behind <= number < 1 << 52:
                found.append((one.body, one.body + 8, struct.pack(">d", number + by)))
    return found


def _spliced(data: bytes, changes: list[tuple[int, int, bytes]], script: Script, growth: int) -> bytes:
    pieces, place = [], 0
    for start, end, new in sorted(changes):
        pieces += [data[place:start], new]
        place = end
    made = bytearray(b"".join([*pieces, data[place:]]))
    if len(made) >= 1 << 24:
        raise MediaLayoutUnsupported(what=WHAT, detail="metadata of more than 16 MiB")
    if growth and script.count_at >= 0:
        own = sum(len(one.path) == 1 for one in script.values)
        added = sum(start == end for start, end, _ in changes)
        gone = sum(not new for _, _, new in changes)
        if struct.unpack_from(">I", data, script.count_at)[0] == own:
            struct.pack_into(">I", made, script.count_at, own + added - gone)
    return bytes(made)


def _tag(head: bytes, data: bytes) -> bytes:
    return head[:1] + len(data).to_bytes(3, "big") + head[4:11] + data + struct.pack(">I", 11 + len(data))
