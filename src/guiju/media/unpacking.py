"""Deflate with bounds: nothing from outside is unpacked without saying first how much it may become."""

from __future__ import annotations

import zlib

from guiju.errors import MediaMalformed, MediaTooLarge
from guiju.media.limits import Limits


class Unpacker:
    """Unpacks parts of one file, each within ``structure_bytes`` and all within ``unpacked_bytes``."""

    def __init__(self, limits: Limits, what: str) -> None:
        self._limits, self._what, self._left = limits, what, limits.unpacked_bytes

    def inflated(self, data: bytes, *, raw: bool = False, most: int | None = None) -> bytes:
        """``data`` unpacked: a zlib stream, or bare deflate with ``raw``. What follows its end is ignored.

        Raises:
            MediaMalformed: it is damaged or cut short. MediaTooLarge: it becomes larger than ``most``, than a structure
                may be, or than what is left for the file.
        """
        whole = self._limits.structure_bytes
        limit = max(0, min(whole, self._left, whole if most is None else most))
        engine = zlib.decompressobj(-15 if raw else 15)
        try:
            out = engine.decompress(data, limit + 1)
        except zlib.error as error:
            raise MediaMalformed(what=self._what, detail=str(error)) from None
        self._left -= len(out)
        if len(out) > limit:
            raise MediaTooLarge(what=self._what, limit=limit)
        if not engine.eof:
            raise MediaMalformed(what=self._what, detail="packed data that ends too early")
        return out
