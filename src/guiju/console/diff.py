"""The difference between two texts, line by line."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

CONTEXT = 3
"""Unchanged lines shown around a change."""


@dataclass(frozen=True)
class Line:
    """One line of a difference: ``kind`` is ``plus``, ``minus``, ``same`` or ``gap``; numbers are empty where there is none."""

    kind: str
    text: str
    before: str = ""
    after: str = ""


def difference(before: str, after: str) -> list[Line]:
    """What to take away and add to get from ``before`` to ``after``; empty where they are the same."""
    old, new = before.splitlines(), after.splitlines()
    found: list[Line] = []
    for group in difflib.SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(CONTEXT):
        if found or group[0][1] > 0:
            found.append(Line("gap", "…"))
        for tag, a, b, c, d in group:
            if tag == "equal":
                found += [Line("same", old[i], str(i + 1), str(c + i - a + 1)) for i in range(a, b)]
                continue
            found += [Line("minus", old[i], before=str(i + 1)) for i in range(a, b)]
            found += [Line("plus", new[i], after=str(i + 1)) for i in range(c, d)]
    return found
