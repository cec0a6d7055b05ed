"""What is known by its sound alone, as hits: a guess of low or medium severity whatever the entry's is, so that it never
blocks by itself. Where a second disguise lies in the same place it also carries the entry's own risk, with low severity."""

from __future__ import annotations

from collections.abc import Iterable

from guiju.moderation.lexicon import Entry
from guiju.moderation.scan import Hit
from guiju.text.disguises import TAG, reason_of

_ALONE, _RAISED = 0.6, 0.7


def hits(start: int, end: int, entries: Iterable[Entry], kind: str, raised: bool) -> list[Hit]:
    """The hits for entries heard at ``start:end``; ``kind``: the sound, ``raised``: there is another disguise beside it."""
    found = []
    for entry in entries:
        severity = "medium" if entry.severity == "high" else "low"
        reason = f"{reason_of(kind)}：{entry.reason}"
        found.append(Hit(start, end, TAG + kind, entry.id, _ALONE, severity, reason, "sounds"))
        if raised:
            found.append(Hit(start, end, entry.risk, entry.id, _RAISED, "low", entry.reason, "sounds"))
    return found
