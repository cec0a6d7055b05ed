"""Reading and copying with bounds: what every carrier does to files from outside."""

from __future__ import annotations

import os
from typing import BinaryIO

from guiju.errors import MediaMalformed, MediaTooLarge
from guiju.media.limits import Limits
from guiju.media.waiting import step

_BLOCK = 1 << 20
_FARTHEST = (1 << 62) - 1


def size_of(file: BinaryIO) -> int:
    """The length of a seekable file; its position is at the end afterwards."""
    return file.seek(0, os.SEEK_END)


def take(file: BinaryIO, count: int, limits: Limits, what: str) -> bytes:
    """Exactly ``count`` bytes from where ``file`` stands.

    Raises:
        MediaMalformed: the file ends before. MediaTooLarge: more than a structure may have.
    """
    if count > limits.structure_bytes:
        raise MediaTooLarge(what=what, limit=limits.structure_bytes)
    data = file.read(count) if count >= 0 else b""
    if len(data) != count:
        raise MediaMalformed(what=what, detail="the file ends too early")
    return data


def take_at(file: BinaryIO, offset: int, count: int, limits: Limits, what: str) -> bytes:
    """Exactly ``count`` bytes at ``offset``; raises as :func:`take`."""
    go_to(file, offset, what)
    return take(file, count, limits, what)


def go_to(file: BinaryIO, offset: int, what: str) -> None:
    """Stand at ``offset``, which may lie beyond the end.

    Raises:
        MediaMalformed: no file has this position, or none on this file system.
    """
    try:
        if 0 <= offset <= _FARTHEST:
            file.seek(offset)
            return
    except OSError:  # farther than the file system lets anybody seek
        pass
    raise MediaMalformed(what=what, detail="a position that no file has")


def copy(source: BinaryIO, target: BinaryIO, count: int | None = None) -> None:
    """Copy ``count`` bytes from where ``source`` stands to where ``target`` stands; all that are left for None.

    Raises:
        MediaMalformed: the source ends before.
    """
    left = count
    while left is None or left > 0:
        block = source.read(_BLOCK if left is None else min(_BLOCK, left))
        if not block:
            break
        target.write(block)
        step()
        left = None if left is None else left - len(block)
    if left:
        raise MediaMalformed(what="file", detail="the file ends too early")


def copy_span(source: BinaryIO, target: BinaryIO, start: int, end: int) -> None:
    """Copy the bytes of ``source`` from ``start`` to ``end`` to where ``target`` stands; raises as :func:`copy`."""
    go_to(source, start, "file")
    copy(source, target, end - start)


def to_text(data: bytes) -> str:
    """Bytes of a value as text: UTF-8, else GB 18030, else UTF-8 with replacement characters. Trailing NULs go."""
    data = data.rstrip(b"\0").removeprefix(b"\xef\xbb\xbf")
    for encoding in ("utf-8", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("utf-8", "replace")


class Counter:
    """Counts structures walked and refuses to go on past the limit."""

    def __init__(self, limits: Limits, what: str, *, pages: bool = False) -> None:
        self._limit, self._what = limits.pages if pages else limits.structures, what
        self._left = self._limit

    def step(self) -> None:
        """Count one more.

        Raises:
            MediaTooLarge: that was one too many.
        """
        self._left -= 1
        if self._left < 0:
            raise MediaTooLarge(what=self._what, limit=self._limit)
