"""IPTC-IIM in the image resources of Photoshop (``APP13`` of JPEG): who made a picture, as older programs write it.

Google, for one, writes ``Made with Google AI`` into the credit of pictures that its models made.
"""

from __future__ import annotations

import struct
from typing import Final

from guiju.media.streams import to_text

SIGNATURE: Final = b"Photoshop 3.0\0"
FIELDS: Final = {
    40: "SpecialInstructions", 80: "By-line", 105: "Headline", 110: "Credit", 115: "Source", 116: "CopyrightNotice",
    120: "Caption-Abstract",
}  # fmt: skip
"""Datasets of record 2 that may say how a picture was made."""

_IPTC, _APPLICATION = 0x0404, 2
_LONGEST, _MOST, _WALKED = 512, 16, 4096


def read(body: bytes) -> tuple[str, ...]:
    """``Field: text`` for every field of interest in the body of ``APP13``; nothing where it is damaged."""
    if not body.startswith(SIGNATURE):
        return ()
    found, place = list[str](), len(SIGNATURE)
    for _ in range(_WALKED):
        if body[place : place + 4] != b"8BIM" or place + 7 > len(body):
            break
        kind, name = struct.unpack_from(">HB", body, place + 4)
        at = place + 7 + name + (1 - name % 2)
        if at + 4 > len(body):
            break
        size = struct.unpack_from(">I", body, at)[0]
        if kind == _IPTC:
            found += _datasets(body[at + 4 : at + 4 + size])
        place = at + 4 + size + size % 2
    return tuple(found[:_MOST])


def _datasets(data: bytes) -> list[str]:
    found, place = list[str](), 0
    while place + 5 <= len(data) and data[place] == 0x1C and len(found) < _MOST:
        record, number, size = struct.unpack_from(">BBH", data, place + 1)
        if size & 0x8000:  # a long one: no text that anybody reads
            break
        if record == _APPLICATION and number in FIELDS:
            text = to_text(data[place + 5 : place + 5 + size][:_LONGEST]).strip()
            found.append(f"{FIELDS[number]}: {text}")
        place += 5 + size
    return found
