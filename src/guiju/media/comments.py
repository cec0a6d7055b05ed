"""Vorbis comments, as FLAC, Ogg Vorbis, Opus, Theora and Speex hold them: ``AIGC=`` read and written, all others kept."""

from __future__ import annotations

import struct

import msgspec

from guiju.errors import MediaMalformed
from guiju.media import embedded
from guiju.media.contents import Contents, Form, Found
from guiju.media.limits import Limits
from guiju.media.streams import Counter, to_text

_WHAT = "Vorbis comment"


class Comments(msgspec.Struct, frozen=True):
    """A header taken apart: who made it, ``KEY=value`` entries, and what follows them (a framing bit, padding)."""

    vendor: bytes
    entries: tuple[bytes, ...]
    rest: bytes


def parse(data: bytes, limits: Limits) -> Comments:
    """Take a header apart, from its vendor on.

    Raises:
        MediaMalformed: an entry ends behind it. MediaTooLarge: there are too many entries.
    """
    vendor, place = _text(data, 0)
    if place + 4 > len(data):
        raise MediaMalformed(what=_WHAT, detail="the header ends too early")
    counter, entries = Counter(limits, _WHAT), []
    count, place = struct.unpack_from("<I", data, place)[0], place + 4
    for _ in range(count):
        counter.step()
        entry, place = _text(data, place)
        entries.append(entry)
    return Comments(vendor, tuple(entries), data[place:])


def read(comments: Comments, placement: str, offset: int, limits: Limits) -> Contents:
    """Values among the entries: ``AIGC=`` (``placement``), or inside the text of another key."""
    found, damaged = [], []
    for entry in comments.entries:
        if _is_ours(entry):
            if len(entry) > limits.value_bytes:
                damaged.append(f"{placement}: a value is too long")
            else:
                found.append(Found(placement, to_text(entry[5:]), Form.TEXT, offset))
        elif (hit := _inside(entry, limits)) is not None:
            found.append(Found(f"{placement}.other", hit, Form.EMBEDDED, offset))
    return Contents(tuple(found), damaged=tuple(damaged))


def write(comments: Comments, value: str | None, limits: Limits) -> bytes:
    """The header with ``value`` as its one value, in the place of an old one or behind all; None leaves none in it."""
    entries, waiting = [], [] if value is None else [b"AIGC=" + value.encode("utf-8", "replace")]
    for entry in comments.entries:
        if _is_ours(entry):
            entries += [waiting.pop()] if waiting else []
        elif (hit := _inside(entry, limits)) is not None:
            entries.append(entry.replace(hit.encode(), b"").replace(b"AIGC", b""))
        else:
            entries.append(entry)
    entries += waiting
    parts = [struct.pack("<I", len(comments.vendor)), comments.vendor, struct.pack("<I", len(entries))]
    parts += [struct.pack("<I", len(entry)) + entry for entry in entries]
    return b"".join(parts) + comments.rest


def _text(data: bytes, place: int) -> tuple[bytes, int]:
    size = struct.unpack_from("<I", data, place)[0] if place + 4 <= len(data) else len(data)
    if place + 4 + size > len(data):
        raise MediaMalformed(what=_WHAT, detail="an entry that ends behind its header")
    return data[place + 4 : place + 4 + size], place + 4 + size


def _is_ours(entry: bytes) -> bool:
    return entry[:5].upper() == b"AIGC="


def _inside(entry: bytes, limits: Limits) -> str | None:
    if len(entry) > 4 * limits.value_bytes or (b"AIGC" not in entry and b"ContentProducer" not in entry):
        return None
    hit = embedded.find(entry.decode("utf-8", "replace"), limits.value_bytes)
    return None if hit is None or hit[2].encode() not in entry else hit[2]
