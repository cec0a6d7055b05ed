"""Values in EXIF: the wrapped form in ``UserComment`` (TC260-PG-20259A, Annex B), and the fields vendors put it in.

EXIF is a TIFF of its own, inside JPEG, PNG, WebP and HEIF; in a TIFF file it is the file itself. A value found there is
overwritten with spaces when a label is written to its proper place: same length, nothing moves.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import BinaryIO, Final

import msgspec

from guiju.errors import MediaMalformed, MediaTooLarge
from guiju.media import embedded, ifd
from guiju.media.contents import Contents, Form, Found
from guiju.media.limits import LIMITS, Limits
from guiju.media.streams import Counter, take_at, to_text

USER_COMMENT, DESCRIPTION, XP_COMMENT, EXIF_DIRECTORY = 0x9286, 0x010E, 0x9C9C, 0x8769
FIELDS: Final = {USER_COMMENT: "UserComment", DESCRIPTION: "ImageDescription", XP_COMMENT: "XPComment"}
PREAMBLE: Final = b"Exif\0\0"

_CHARSET = 8
_MOST = 16  # fields looked at; entries may all point to the same bytes


class Place(msgspec.Struct, frozen=True):
    """One value: its field, its text, and the bytes that hold it (position from the TIFF header, length, filler)."""

    field: str
    value: str
    start: int
    size: int
    blank: bytes


def read(blob: bytes, placement: str, offset: int, limits: Limits = LIMITS) -> Contents:
    """What the EXIF in ``blob`` holds (with or without its preamble); ``placement`` is ``carrier/exif``."""
    start = len(PREAMBLE) if blob.startswith(PREAMBLE) else 0
    try:
        places = list(find(io.BytesIO(blob), start, limits))
    except (MediaMalformed, MediaTooLarge) as error:
        return Contents(damaged=(f"{placement}: {error.message('en')}",) if b"AIGC" in blob else ())
    return Contents(tuple(Found(f"{placement}.{one.field}", one.value, Form.EMBEDDED, offset) for one in places))


def blanked(blob: bytes, limits: Limits = LIMITS) -> bytes:
    """``blob`` with every value in it overwritten by spaces; EXIF that cannot be parsed stays as it is."""
    start = len(PREAMBLE) if blob.startswith(PREAMBLE) else 0
    data = bytearray(blob)
    try:
        for one in find(io.BytesIO(blob), start, limits):
            at = start + one.start
            data[at : at + one.size] = one.blank * (one.size // len(one.blank))
    except (MediaMalformed, MediaTooLarge):
        return blob
    return bytes(data)


def find(file: BinaryIO, start: int, limits: Limits) -> Iterator[Place]:
    """Every value in the EXIF whose TIFF header stands at ``start``.

    Raises:
        MediaMalformed, MediaTooLarge: the directories cannot be walked.
    """
    layout, first = ifd.header(file, start, limits)
    counter = Counter(limits, "EXIF")
    main = ifd.directory(file, start, first, layout, counter, limits)
    directories = [main]
    if (pointer := main.get(EXIF_DIRECTORY)) is not None:
        directories.append(ifd.directory(file, start, ifd.number(pointer, layout), layout, counter, limits))
    fields = [entry for each in directories for entry in each.entries if entry.tag in FIELDS]
    for entry in fields[:_MOST]:
        if 8 < entry.size <= 4 * limits.value_bytes:
            data = take_at(file, start + entry.place, entry.size, limits, "EXIF")
            yield from _value(entry, data, layout, limits)


def _value(entry: ifd.Entry, data: bytes, layout: ifd.Layout, limits: Limits) -> Iterator[Place]:
    skip, encoding = 0, ""
    if entry.tag == USER_COMMENT:
        skip = _CHARSET
        if data.startswith(b"UNICODE"):
            encoding = _utf16(data[skip:], layout)
    elif entry.tag == XP_COMMENT:
        encoding = "utf-16-le"
    text = data[skip:].decode(encoding, "replace") if encoding else to_text(data[skip:])
    if (hit := embedded.find(text, limits.value_bytes)) is None:
        return
    start, end, value = hit
    blank = " ".encode(encoding or "ascii")
    before, size = (len(text[a:b].encode(encoding or "utf-8", "replace")) for a, b in ((0, start), (start, end)))
    exact = data[skip + before : skip + before + size] == text[start:end].encode(encoding or "utf-8", "replace")
    if not exact:  # GB 18030 or broken text: the whole field goes
        before, size = 0, (len(data) - skip) // len(blank) * len(blank)
    yield Place(FIELDS[entry.tag], value, entry.place + skip + before, size, blank)


def _utf16(data: bytes, layout: ifd.Layout) -> str:
    """The byte order of a UNICODE comment: where the zeros of Latin letters stand, else the order of the file."""
    even, odd = data[:64:2].count(0), data[1:64:2].count(0)
    if even == odd:
        return "utf-16-le" if layout.order == "<" else "utf-16-be"
    return "utf-16-be" if even > odd else "utf-16-le"
