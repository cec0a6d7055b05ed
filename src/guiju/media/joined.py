"""Putting together what several places of one file hold."""

from __future__ import annotations

from collections.abc import Iterable

from guiju.media.contents import Contents

_MOST = 256


def joined(parts: Iterable[Contents]) -> Contents:
    """One :class:`Contents` from many, in their order; the first C2PA store counts, and no more than 256 values."""
    known = list(parts)
    found = [one for part in known for one in part.found]
    if len(found) > _MOST:
        known.append(Contents(damaged=(f"{len(found)} values, {_MOST} looked at",)))
    return Contents(
        tuple(found[:_MOST]),
        next((part.c2pa for part in known if part.c2pa is not None), None),
        tuple(dict.fromkeys(kind for part in known for kind in part.source_types)),
        tuple(dict.fromkeys(text for part in known for text in part.damaged)),
        tuple(dict.fromkeys(text for part in known for text in part.iim)),
    )
