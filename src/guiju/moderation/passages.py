"""A text that arrives in pieces, cut into passages that can be judged: sentences, short ones together.

A sentence by itself may say too little for a model (“好的。”); a passage is as many sentences as it takes to reach
:data:`LEAST` characters. Text without an end of sentence is cut at :data:`MOST`, so that a stream is never held for long.
"""

from __future__ import annotations

import re

import msgspec

#: Characters of the original that a passage has at least, and at most.
LEAST, MOST = 40, 400
_END = re.compile(r"[。！？!?；;…\n]|\.\s")


class Passage(msgspec.Struct, frozen=True):
    """A passage and where it starts in its text."""

    start: int
    text: str


class Passages:
    """The passages of one text. However it is cut into pieces, the passages are the same.

    Attributes:
        whole: where the passage starts that is not complete yet; everything before it is in passages given out.
    """

    __slots__ = ("_looked", "_open", "whole")

    def __init__(self) -> None:
        self.whole = 0
        self._open = ""
        self._looked = 0  # where an end of sentence is looked for next, in the open passage

    def feed(self, text: str) -> list[Passage]:
        """Take the next piece; the passages it completes."""
        self._open += text
        found: list[Passage] = []
        while (end := self._end()) is not None:
            found.append(Passage(self.whole, self._open[:end]))
            self.whole += end
            self._open, self._looked = self._open[end:], 0
        return found

    def finish(self) -> Passage | None:
        """The text has ended: the rest of it, if there is any."""
        rest, start = self._open, self.whole
        self._open, self.whole = "", self.whole + len(rest)
        return Passage(start, rest) if rest else None

    def _end(self) -> int | None:
        """Where the open passage ends, if it is complete: at its first end of sentence from ``LEAST`` to ``MOST``."""
        size = len(self._open)
        if size < LEAST:
            return None
        match = _END.search(self._open, max(LEAST - 2, self._looked), MOST)
        while match is not None and match.end() < LEAST:
            match = _END.search(self._open, match.end(), MOST)
        if match is not None:
            return match.end()
        self._looked = size - 1  # the last character may be the full stop before a space
        return MOST if size >= MOST else None
