"""HEIF (HEIC, AVIF): an XMP item in the ``meta`` box (ISO/IEC 23008-12, as TC260-PG-20259A lays down).

A packet for which the old one has room is written over the old one. Otherwise the item tables are rewritten, the packet
goes into an ``mdat`` of its own behind them, and every position that points behind them moves along.
"""

from __future__ import annotations

from typing import BinaryIO

import msgspec

from guiju.errors import MediaLayoutUnsupported, MediaMalformed
from guiju.media import boxes, c2pa, exif, items, moving, xmp
from guiju.media.boxes import Top
from guiju.media.contents import Contents
from guiju.media.items import FILE, IDAT, WHAT, Extent, Item, Location
from guiju.media.joined import joined
from guiju.media.limits import LIMITS, Limits
from guiju.media.patches import Patch, copy_patched
from guiju.media.registry import Carrier, carrier
from guiju.media.streams import copy_span, size_of, take_at

_BRANDS = {
    b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"mif2", b"msf1", b"miaf",
    b"avif", b"avis", b"avci", b"avcs", b"jpeg", b"jpgs",
}  # fmt: skip
_EXIF_HEAD = 4
_MOST = 16


class Tables(msgspec.Struct, frozen=True):
    """The ``meta`` box taken apart: its bytes, the places of its children in them, and what these say."""

    top: Top
    data: bytes
    places: dict[bytes, tuple[int, int]]
    primary: int
    known: tuple[Item, ...]
    locations: tuple[Location, ...]
    described: dict[int, set[int]]

    def child(self, kind: bytes) -> bytes:
        """The body of a child, empty where there is none."""
        start, end = self.places.get(kind, (0, 0))
        return self.data[start:end]

    def location(self, item: Item) -> Location | None:
        """Where an item is, if it is in this file."""
        return next((one for one in self.locations if one.id == item.id and not one.reference), None)

    @property
    def metadata(self) -> list[Item]:
        """The items that may hold a value; they may all point to the same bytes, so there is a most."""
        return [item for item in self.known if item.holds_metadata][:_MOST]

    @property
    def unseen(self) -> tuple[str, ...]:
        """That there are more, if there are."""
        number = sum(item.holds_metadata for item in self.known)
        return (f"heif: {number} metadata items, {_MOST} looked at",) if number > _MOST else ()

    def pieces(self, item: Item) -> list[tuple[int, int]]:
        """Position in the file and length of every piece of an item."""
        where = self.location(item)
        if where is None or where.method not in (FILE, IDAT):
            raise MediaMalformed(what=WHAT, detail=f"item {item.id} is nowhere")
        base = 0 if where.method == FILE else self.top.start + self.places.get(b"idat", (0, 0))[0]
        return [(base + extent.place, extent.size) for extent in where.extents]

    @property
    def packets(self) -> list[Item]:
        """The XMP items, the one that describes the primary item first."""
        found = [item for item in self.metadata if item.is_xmp]
        return sorted(found, key=lambda item: self.primary not in self.described.get(item.id, ()))


@carrier
class Heif(Carrier):
    """HEIC, HEIF and AVIF: stills, collections and sequences."""

    name = "heif"
    title = "HEIC, HEIF, AVIF"
    suffixes = (".heic", ".heif", ".hif", ".avif")
    placement = "heif/xmp"
    placements = {
        "heif/xmp": "an XMP item that describes the primary image, property TC260:AIGC",
        "heif/exif.UserComment": "EXIF 0x9286",
        "heif/exif.ImageDescription": "EXIF 0x010E",
        "heif/exif.XPComment": "EXIF 0x9C9C",
    }
    source = "TC260-PG-20259A 6"

    def sniff(self, head: bytes, suffix: str) -> bool:
        return head[4:8] == b"ftyp" and head[8:12] in _BRANDS

    def read(self, file: BinaryIO, limits: Limits = LIMITS) -> Contents:
        tops = boxes.tops(file, limits, WHAT)
        tables = _tables(file, tops, limits)
        parts = [_read(file, tables, item, limits) for item in tables.metadata]
        return joined(
            [
                *parts,
                Contents(damaged=tables.unseen),
                *(_store(file, top, limits) for top in tops if top.kind == b"uuid"),
            ]
        )

    def write(self, source: BinaryIO, target: BinaryIO, value: str, limits: Limits = LIMITS) -> None:
        tops = boxes.tops(source, limits, WHAT)
        tables = _tables(source, tops, limits)
        packets = tables.packets
        old = b"" if not packets else _content(source, tables, packets[0], limits)
        packet = xmp.write(old or None, value)
        patches = _blanks(source, tables, packets[:1], limits)
        if packets and len(packet) <= len(old):
            patches += _spread(tables.pieces(packets[0]), packet.ljust(len(old)))
            copy_patched(source, target, 0, size_of(source), patches)
            return
        if packets:
            patches += _spread(tables.pieces(packets[0]), b" " * len(old))
        _rebuild(source, target, tops, tables, packet, patches, limits)


def _tables(file: BinaryIO, tops: list[Top], limits: Limits) -> Tables:
    metas = [top for top in tops if top.kind == b"meta"]
    if len(metas) != 1:
        raise MediaMalformed(what=WHAT, detail=f"{len(metas)} meta boxes")
    top = metas[0]
    data = take_at(file, top.start, top.end - top.start, limits, "HEIF meta")
    places: dict[bytes, tuple[int, int]] = {}
    for kind, _, inner, end in items.boxes(data, top.body - top.start + 4, limits):
        places.setdefault(kind, (inner, end))
    part = {kind: data[start:end] for kind, (start, end) in places.items()}
    if not {b"iinf", b"iloc"} <= part.keys():
        raise MediaMalformed(what=WHAT, detail="no item tables")
    pitm = part.get(b"pitm", b"")
    primary = items.Cursor(pitm, 4).number(4 if pitm[0] else 2) if pitm else 0
    described = items.described(part[b"iref"], limits) if b"iref" in part else {}
    known = tuple(items.read_items(part[b"iinf"], limits))
    return Tables(top, data, places, primary, known, tuple(items.read_locations(part[b"iloc"], limits)), described)


def _content(file: BinaryIO, tables: Tables, item: Item, limits: Limits) -> bytes:
    if item.encoding:
        raise MediaLayoutUnsupported(what=WHAT, detail="packed XMP")
    pieces = tables.pieces(item)
    if not all(size for _, size in pieces) or sum(size for _, size in pieces) > limits.structure_bytes:
        raise MediaMalformed(what=WHAT, detail=f"item {item.id} has no size, or too much of it")
    return b"".join(take_at(file, place, size, limits, "HEIF item") for place, size in pieces)


def _read(file: BinaryIO, tables: Tables, item: Item, limits: Limits) -> Contents:
    place = "heif/xmp" if item.is_xmp else "heif/exif"
    try:
        content = _content(file, tables, item, limits)
        offset = tables.pieces(item)[0][0] if content else 0
    except (MediaMalformed, MediaLayoutUnsupported) as error:
        return Contents(damaged=(f"{place}: {error.message('en')}",))
    if item.is_xmp:
        return xmp.read(content, place, offset, limits)
    start = _EXIF_HEAD + int.from_bytes(content[:_EXIF_HEAD], "big")
    return exif.read(content[start:], place, offset, limits)


def _store(file: BinaryIO, top: Top, limits: Limits) -> Contents:
    """The C2PA store in a ``uuid`` box: after the type version, flags, a purpose, and for a manifest an offset."""
    body = take_at(file, top.body, min(top.end - top.body, limits.structure_bytes), limits, "uuid")
    purpose, _, rest = body[20:].partition(b"\0")
    if body[:16] != c2pa.UUID or purpose != b"manifest":
        return Contents()
    return Contents(c2pa=c2pa.describe(rest[8:], "heif/uuid"))


def _blanks(file: BinaryIO, tables: Tables, kept: list[Item], limits: Limits) -> list[Patch]:
    """What takes the values out of EXIF and out of packets that describe other images."""
    patches: list[Patch] = []
    for item in tables.metadata:
        if item in kept or not _read(file, tables, item, limits).found:
            continue
        content = _content(file, tables, item, limits)
        if item.is_xmp:
            new = xmp.write(content, None).ljust(len(content))
        else:
            start = _EXIF_HEAD + int.from_bytes(content[:_EXIF_HEAD], "big")
            new = content[:start] + exif.blanked(content[start:], limits)
        patches += _spread(tables.pieces(item), new)
    return patches


def _spread(pieces: list[tuple[int, int]], content: bytes) -> list[Patch]:
    """Content of unchanged length over the pieces of an item."""
    patches, done = [], 0
    for place, size in pieces:
        patches.append((place, content[done : done + size]))
        done += size
    return patches


def _rebuild(
    source: BinaryIO, target: BinaryIO, tops: list[Top], tables: Tables, packet: bytes, patches: list[Patch],
    limits: Limits,
) -> None:  # fmt: skip
    if any(top.kind == b"moof" for top in tops):
        raise MediaLayoutUnsupported(what=WHAT, detail="a fragmented sequence")
    start, end, width = tables.top.start, tables.top.end, 8 if size_of(source) > 0xF0000000 else 4
    packets = tables.packets
    number = packets[0].id if packets else 1 + max(one.id for one in (*tables.known, Item(0, b"")))
    probe = _meta(tables, number, packet, 0, 0, width)  # its length does not depend on the positions
    by = len(probe) + 8 + len(packet) - (end - start)
    meta = _meta(tables, number, packet, start + len(probe) + 8, by, width)
    for top in tops:
        if top is tables.top:
            target.write(meta + boxes.box(b"mdat", packet))
        elif top.kind == b"moov":
            moov = take_at(source, top.start, top.end - top.start, limits, "HEIF moov")
            target.write(moving.moved_chunks(moov, end, by, limits, WHAT))
        else:
            copy_span(source, target, top.start, top.end)
    for place, data in patches:
        if start <= place < end:
            raise MediaLayoutUnsupported(what=WHAT, detail="metadata inside the item tables")
        target.seek(place + by if place >= end else place)
        target.write(data)


def _meta(tables: Tables, number: int, packet: bytes, place: int, by: int, width: int) -> bytes:
    """The whole ``meta`` box with the packet at ``place`` and everything behind the old box moved ``by``."""
    packets, end = tables.packets, tables.top.end
    locations = [_moved(one, tables.top.start, end, by) for one in tables.locations if one.id != number]
    locations.append(Location(number, FILE, 0, (Extent(place, len(packet)),)))
    changed = {b"iloc": items.write_locations(locations, width)}
    if not packets:
        changed[b"iinf"] = items.with_item(tables.child(b"iinf"), number)
        changed[b"iref"] = items.with_description(tables.child(b"iref"), number, tables.primary)
    pieces = [tables.data[tables.top.body - tables.top.start :][:4]]
    for kind, (inner, stop) in _children(tables):
        pieces.append(boxes.box(kind, changed.pop(kind, tables.data[inner:stop])))
    pieces += [boxes.box(kind, body) for kind, body in changed.items()]
    return boxes.box(b"meta", b"".join(pieces))


def _children(tables: Tables) -> list[tuple[bytes, tuple[int, int]]]:
    start = tables.top.body - tables.top.start + 4
    return [(kind, (inner, end)) for kind, _, inner, end in items.boxes(tables.data, start, LIMITS)]


def _moved(one: Location, start: int, end: int, by: int) -> Location:
    if one.method != FILE or one.reference:
        return one
    if any(start <= extent.place < end or not extent.size for extent in one.extents):
        raise MediaLayoutUnsupported(what=WHAT, detail="an item without length, or inside the item tables")
    moved = (Extent(e.place + by if e.place >= end else e.place, e.size, e.index) for e in one.extents)
    return Location(one.id, one.method, one.reference, tuple(moved))
