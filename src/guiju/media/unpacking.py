"""Deflate with bounds: nothing from outside is unpacked without saying first how much it may become."""

from __future__ import annotations

import zlib

from guiju.errors import MediaMalformed, MediaTooLarge
from guiju.media.limits import Limits


def inflated(data: bytes, limits: Limits, what: str, *, raw: bool = False) -> bytes:
    """``data`` unpacked: a zlib stream, or bare deflate with ``raw``. What follows its end is ignored.

    Raises:
        MediaMalformed: it is damaged or cut short. MediaTooLarge: it becomes larger than a structure may be.
    """
    engine = zlib.decompressobj(-15 if raw else 15)
    try:
        out = engine.decompress(data, limits.structure_bytes + 1)
    except zlib.error as error:
        raise MediaMalformed(what=what, detail=str(error)) from None
    if len(out) > limits.structure_bytes:
        raise MediaTooLarge(what=what, limit=limits.structure_bytes)
    if not engine.eof:
        raise MediaMalformed(what=what, detail="packed data that ends too early")
    return out
