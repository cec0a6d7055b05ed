"""Moving boxes of a film: every absolute position that points behind the change moves along (ISO/IEC 14496-12)."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from guiju.errors import MediaLayoutUnsupported, MediaMalformed
from guiju.media.boxes import boxes
from guiju.media.limits import Limits

_FORMS = {b"stco": ">I", b"co64": ">Q"}
_DOWN = (b"moov", b"trak", b"mdia", b"minf", b"stbl")
_BASE_OFFSET = 1


def moved_chunks(moov: bytes, behind: int, by: int, limits: Limits, what: str) -> bytes:
    """A whole ``moov`` box whose chunk offsets (and ``saio``) of ``behind`` and more have grown by ``by``.

    Raises:
        MediaLayoutUnsupported: an offset no longer fits into its field.
    """
    data = bytearray(moov)
    for start, count, form in _tables(moov, limits, what):
        width = struct.calcsize(form)
        if start + count * width > len(moov):
            raise MediaMalformed(what=what, detail="a table that ends too early")
        for place in range(start, start + count * width, width):
            _move(data, place, form, behind, by, what)
    return bytes(data)


def moved_fragment(moof: bytes, behind: int, by: int, limits: Limits, what: str) -> bytes:
    """A whole ``moof`` box whose base data offsets of ``behind`` and more have grown by ``by``."""
    data = bytearray(moof)
    for _, _, inner, end in _inside(moof, (b"moof", b"traf", b"tfhd"), limits, what):
        if end - inner >= 16 and moof[inner + 3] & _BASE_OFFSET:
            _move(data, inner + 8, ">Q", behind, by, what)
    return bytes(data)


def moved_index(mfra: bytes, behind: int, by: int, limits: Limits, what: str) -> bytes:
    """A whole ``mfra`` box whose fragment offsets of ``behind`` and more have grown by ``by``."""
    data = bytearray(mfra)
    for _, _, inner, end in _inside(mfra, (b"mfra", b"tfra"), limits, what):
        if end - inner < 16:
            raise MediaMalformed(what=what, detail="a table that ends too early")
        lengths, count = struct.unpack_from(">II", mfra, inner + 8)
        wide = mfra[inner] == 1
        each = (16 if wide else 8) + sum((lengths >> shift & 3) + 1 for shift in (0, 2, 4))
        if inner + 16 + count * each > end:
            raise MediaMalformed(what=what, detail="a table that ends too early")
        for place in range(inner + 16, inner + 16 + count * each, each):
            _move(data, place + (8 if wide else 4), ">Q" if wide else ">I", behind, by, what)
    return bytes(data)


def _move(data: bytearray, place: int, form: str, behind: int, by: int, what: str) -> None:
    offset = struct.unpack_from(form, data, place)[0]
    if offset >= behind:
        if not 0 <= offset + by < 1 << 8 * struct.calcsize(form):
            raise MediaLayoutUnsupported(what=what, detail="offsets larger than 4 GiB")
        struct.pack_into(form, data, place, offset + by)


def _tables(moov: bytes, limits: Limits, what: str) -> Iterator[tuple[int, int, str]]:
    """Start, length and form of every table of absolute offsets."""
    for _, _, inner, end in _inside(moov, _DOWN, limits, what):
        for kind, _, at, stop in boxes(moov, inner, limits, what, end):
            skip = 8 if kind == b"saio" and stop - at >= 4 and moov[at + 3] & 1 else 0
            form = _FORMS.get(kind) or (">Q" if kind == b"saio" and moov[at : at + 1] == b"\1" else ">I")
            if kind in (*_FORMS, b"saio") and stop - at >= 8 + skip:
                yield at + 8 + skip, struct.unpack_from(">I", moov, at + 4 + skip)[0], form


def _inside(data: bytes, path: tuple[bytes, ...], limits: Limits, what: str) -> Iterator[tuple[bytes, int, int, int]]:
    """Every box at the end of ``path``, which starts with the box that ``data`` is."""
    waiting = [(0, len(data), 0)]
    while waiting:
        start, end, depth = waiting.pop()
        for kind, at, inner, stop in boxes(data, start, limits, what, end):
            if kind != path[depth]:
                continue
            if depth + 1 == len(path):
                yield kind, at, inner, stop
            else:
                waiting.append((inner, stop, depth + 1))
