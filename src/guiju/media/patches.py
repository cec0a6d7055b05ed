"""Copying with a few bytes changed: the same length, so nothing moves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO

from guiju.media.streams import copy_span

Patch = tuple[int, bytes]
"""Bytes to be written over a position of the source file."""


def copy_patched(source: BinaryIO, target: BinaryIO, start: int, end: int, patches: Iterable[Patch]) -> None:
    """Copy ``source`` from ``start`` to ``end`` to where ``target`` stands, with those ``patches`` that lie inside.

    Raises:
        MediaMalformed: the source ends before.
    """
    for place, data in sorted(patches):
        if start <= place and place + len(data) <= end:
            copy_span(source, target, start, place)
            target.write(data)
            start = place + len(data)
    copy_span(source, target, start, end)
