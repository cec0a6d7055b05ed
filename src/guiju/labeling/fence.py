"""Fenced code blocks (CommonMark 4.5) in a text that arrives in pieces."""

from __future__ import annotations

import re

_FENCE = re.compile(r"(?P<lead>[ \t>]*)(?P<marks>`{3,}|~{3,})(?P<info>.*)", re.DOTALL)
_LONGEST = 512


class FenceTracker:
    """Knows whether the text fed so far ends inside a fenced code block.

    Indentation and ``>`` before a fence are accepted at any depth, since models put code into lists and quotations.
    Of a line only the first 512 characters are kept.
    """

    __slots__ = ("_lead", "_line", "_marks")

    def __init__(self) -> None:
        self._line = ""
        self._marks = ""  # of the fence that is open, "" outside code
        self._lead = ""

    def feed(self, text: str) -> None:
        """Take the next piece."""
        first, *others = text.split("\n")
        self._extend(first)
        for line in others:
            self._end_line()
            self._extend(line)

    def closing(self) -> str:
        """What closes the block that the text ends in: a line of its own, or ``""`` outside code."""
        lead, marks = self._after(self._line)
        return f"\n{lead}{marks}" if marks else ""

    def _extend(self, text: str) -> None:
        if len(self._line) < _LONGEST:
            self._line = (self._line + text)[:_LONGEST]

    def _end_line(self) -> None:
        if self._marks or "```" in self._line or "~~~" in self._line:
            self._lead, self._marks = self._after(self._line)
        self._line = ""

    def _after(self, line: str) -> tuple[str, str]:
        """Lead and marks of the fence that is open after ``line``."""
        opened_lead, opened = self._lead, self._marks
        if ">" in opened_lead and not line.lstrip().startswith(">"):
            opened_lead = opened = ""  # the quotation ended, and the block in it
        match = _FENCE.match(line)
        if match is None:
            return opened_lead, opened
        marks, info = match["marks"], match["info"]
        if opened:
            closes = marks[0] == opened[0] and len(marks) >= len(opened) and not info.strip()
            return ("", "") if closes else (opened_lead, opened)
        if marks[0] == "`" and "`" in info:
            return "", ""  # inline code, not a fence
        return match["lead"], marks
