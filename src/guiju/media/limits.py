"""Bounds on what a file from outside may cost."""

from __future__ import annotations

from typing import Final

import msgspec


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Bounds that every carrier keeps; going over one raises `guiju.errors.MediaTooLarge`.

    Attributes:
        value_bytes: the longest value looked at; a longer one is reported as damaged.
        structure_bytes: the largest structure held in memory at once: a packet, a table, a member of an archive.
        structures: how many chunks, boxes, tags, members or objects are walked.
        pages: how many pages, clusters or blocks are walked where a format repeats them for as long as the film lasts.
        depth: how deep structures may nest.
        ratio: how many times larger than packed a member of an archive may be, beyond the first mebibyte.
        unpacked_bytes: the sum of what is unpacked from one file.
    """

    value_bytes: int = 64 << 10
    structure_bytes: int = 16 << 20
    structures: int = 100_000
    pages: int = 2_000_000
    depth: int = 16
    ratio: int = 200
    unpacked_bytes: int = 256 << 20


LIMITS: Final = Limits()
