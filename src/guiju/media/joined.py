"""Putting together what several places of one file hold."""

from __future__ import annotations

from collections.abc import Iterable

from guiju.media.contents import Contents


def joined(parts: Iterable[Contents]) -> Contents:
    """One :class:`Contents` from many, in their order; the first C2PA store counts."""
    known = list(parts)
    return Contents(
        tuple(found for part in known for found in part.found),
        next((part.c2pa for part in known if part.c2pa is not None), None),
        tuple(dict.fromkeys(kind for part in known for kind in part.source_types)),
        tuple(dict.fromkeys(text for part in known for text in part.damaged)),
    )
