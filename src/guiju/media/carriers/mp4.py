"""MP4, MOV and M4A: a key ``AIGC`` in ``moov.udta.meta`` (TC260-PG-20257A, -202510A). Samples are never touched.

A ``moov`` that grows takes room from a free box behind it; else everything behind it moves, and every absolute position
with it. Where a position does not fit any more, ``moov`` goes to the end of the file and leaves a free box behind.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import BinaryIO, Final

from guiju.errors import MediaLayoutUnsupported, MediaMalformed
from guiju.media import boxes, c2pa, moving, userdata, xmp
from guiju.media.boxes import Top, box
from guiju.media.contents import Contents
from guiju.media.joined import joined
from guiju.media.limits import LIMITS, Limits
from guiju.media.registry import Carrier, carrier
from guiju.media.streams import copy_span, take_at
from guiju.media.userdata import PLACES, WHAT

XMP_UUID: Final = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
_FREE = (b"free", b"skip")
_STARTS = {b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"}


@carrier
class Mp4(Carrier):
    """MP4, QuickTime and what is built on them: moov before or behind the samples, or in fragments."""

    name = "mp4"
    title = "MP4, MOV, M4A"
    suffixes = (".mp4", ".m4v", ".mov", ".qt", ".m4a", ".m4b", ".3gp", ".3g2")
    placement = "mp4/keys"
    placements = PLACES
    source = "TC260-PG-20257A, TC260-PG-202510A"

    def sniff(self, head: bytes, suffix: str) -> bool:
        return head[4:8] == b"ftyp" or (head[4:8] in _STARTS and suffix in self.suffixes)

    def read(self, file: BinaryIO, limits: Limits = LIMITS) -> Contents:
        tops = boxes.tops(file, limits, WHAT)
        parts: list[Contents] = []
        for top in tops:
            if top.kind == b"moov":
                parts += userdata.read(_moov(file, top, limits), top.body, limits)
            elif top.kind == b"uuid":
                parts.append(_uuid(file, top, limits))
        if not any(top.kind == b"moov" for top in tops):
            raise MediaMalformed(what=WHAT, detail="no moov box")
        return joined(parts)

    def write(self, source: BinaryIO, target: BinaryIO, value: str, limits: Limits = LIMITS) -> None:
        tops = boxes.tops(source, limits, WHAT)
        if (number := sum(top.kind == b"moov" for top in tops)) != 1:
            raise MediaMalformed(what=WHAT, detail=f"{number} moov boxes")
        moov = next(top for top in tops if top.kind == b"moov")
        new = box(b"moov", userdata.write(_moov(source, moov, limits), value, limits))
        gap = _room(tops, moov, len(new))
        if gap is not None:
            _replaced(source, target, tops, {moov.start: new}, gap, limits)
            return
        by = len(new) - (moov.end - moov.start)
        try:
            _refuse_unmovable(tops, moov)
            moved = moving.moved_chunks(new, moov.end, by, limits, WHAT)
        except MediaLayoutUnsupported:
            _at_the_end(source, target, tops, moov, new, limits)
            return
        _shifted(source, target, tops, moov, moved, by, limits)

    def content(self, file: BinaryIO, limits: Limits = LIMITS) -> Iterable[tuple[int, int]]:
        """The samples: the bodies of ``mdat``."""
        return [(top.body, top.end) for top in boxes.tops(file, limits, WHAT) if top.kind == b"mdat"]


def _moov(file: BinaryIO, top: Top, limits: Limits) -> bytes:
    data = take_at(file, top.body, top.end - top.body, limits, "moov")
    if any(kind == b"cmov" for kind, *_ in boxes.boxes(data, 0, limits, WHAT)):
        raise MediaLayoutUnsupported(what=WHAT, detail="a packed moov box")
    return data


def _uuid(file: BinaryIO, top: Top, limits: Limits) -> Contents:
    kind = take_at(file, top.body, min(16, top.end - top.body), limits, "uuid")
    if kind == XMP_UUID:
        packet = take_at(file, top.body + 16, top.end - top.body - 16, limits, "uuid")
        return xmp.read(packet, "mp4/xmp", top.start, limits)
    if kind != c2pa.UUID:
        return Contents()
    body = take_at(file, top.body, min(top.end - top.body, limits.structure_bytes), limits, "uuid")
    purpose, _, rest = body[20:].partition(b"\0")
    return Contents(c2pa=c2pa.describe(rest[8:], "mp4/uuid")) if purpose == b"manifest" else Contents()


def _room(tops: list[Top], moov: Top, size: int) -> bytes | None:
    """The free box that fills what ``moov`` leaves of its place (and of the free box behind it), if that works out."""
    following = next((top for top in tops if top.start == moov.end), None)
    free = following if following is not None and following.kind in _FREE and not following.open else None
    left = (free.end if free else moov.end) - moov.start - size
    if left == 0:
        return b""
    return box(b"free", bytes(left - 8)) if 8 <= left < 1 << 20 else None


def _replaced(
    source: BinaryIO, target: BinaryIO, tops: list[Top], new: dict[int, bytes], gap: bytes, limits: Limits
) -> None:
    """Copy with boxes replaced by others that, with the ``gap``, take the same room as they and the free box behind."""
    done = -1
    for top in tops:
        if top.start in new:
            target.write(new[top.start] + gap)
            done = top.start + len(new[top.start]) + len(gap)
        elif top.start >= done:
            _copy(source, target, top, limits)


def _refuse_unmovable(tops: list[Top], moov: Top) -> None:
    """Boxes that hold absolute positions nobody here rewrites."""
    if any(top.kind == b"meta" or (top.kind in (b"sidx", b"ssix") and top.start < moov.start) for top in tops):
        raise MediaLayoutUnsupported(what=WHAT, detail="an index before moov, or items of the file")


def _shifted(
    source: BinaryIO, target: BinaryIO, tops: list[Top], moov: Top, moved: bytes, by: int, limits: Limits
) -> None:
    for top in tops:
        if top is moov:
            target.write(moved)
        elif top.kind in (b"moof", b"mfra") and top.start > moov.start:
            change = moving.moved_fragment if top.kind == b"moof" else moving.moved_index
            data = take_at(source, top.start, top.end - top.start, limits, "fragment")
            target.write(change(data, moov.end, by, limits, WHAT))
        else:
            _copy(source, target, top, limits)


def _at_the_end(source: BinaryIO, target: BinaryIO, tops: list[Top], moov: Top, new: bytes, limits: Limits) -> None:
    if any(top.kind in (b"moof", b"mfra") or top.open for top in tops):
        raise MediaLayoutUnsupported(what=WHAT, detail="positions that do not fit any more")
    for top in tops:
        if top is moov:
            target.write(struct.pack(">I4s", moov.end - moov.start, b"free") + bytes(moov.end - moov.start - 8))
        else:
            _copy(source, target, top, limits)
    target.write(new)


def _copy(source: BinaryIO, target: BinaryIO, top: Top, limits: Limits) -> None:
    """A box as it is; an XMP packet without the property, in the same length."""
    if top.kind == b"uuid" and _uuid(source, top, limits).found:
        packet = take_at(source, top.body + 16, top.end - top.body - 16, limits, "uuid")
        copy_span(source, target, top.start, top.body + 16)
        target.write(xmp.write(packet, None).ljust(len(packet)))
    else:
        copy_span(source, target, top.start, top.end)
