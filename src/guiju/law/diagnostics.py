"""Compiler-style diagnostics of the rules data: file, line, what is wrong, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import ClassVar
from unicodedata import east_asian_width

import msgspec

from guiju.errors import LawError


class Place(msgspec.Struct, frozen=True):
    """A place in a rules file: its path under the data folder, and line and column from 1."""

    file: str
    line: int
    column: int
    text: str = ""


class Diagnostic(msgspec.Struct, frozen=True):
    """One fault: the error class that stands for it, where, what, and a hint (may be empty)."""

    error: type[LawError]
    place: Place
    message: str
    hint: str = ""

    def render(self) -> str:
        """The fault as a compiler would print it, several lines without a trailing newline."""
        place = self.place
        gutter = " " * len(str(place.line))
        lines = [
            f"error {self.error.code}: {self.message}",
            f"{gutter}--> {place.file}:{place.line}:{place.column}",
            f"{gutter} |",
            f"{place.line} | {place.text}",
            f"{gutter} | {' ' * _width(place.text[: place.column - 1])}^",
        ]
        if self.hint:
            lines.append(f"{gutter} = hint: {self.hint}")
        return "\n".join(lines)


def _width(text: str) -> int:
    """Columns a terminal gives ``text``; Chinese characters take two."""
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)


class Faults:
    """Collects diagnostics, so that one load reports every fault of every file."""

    limit: ClassVar[int] = 50

    def __init__(self) -> None:
        self.found: list[Diagnostic] = []

    def add(self, error: type[LawError], place: Place, message: str, hint: str = "") -> None:
        """Note one fault."""
        self.found.append(Diagnostic(error, place, message, hint))

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(self.found)

    def raise_if_any(self) -> None:
        """Raise the error class of the first fault, holding all of them.

        Raises:
            LawError: with ``params["diagnostics"]`` (a tuple of :class:`Diagnostic`), ``summary`` (the first fault in
                one line) and ``report`` (every fault rendered, at most :attr:`limit`).
        """
        if not self.found:
            return
        first = self.found[0]
        more = f" (+{len(self.found) - 1})" if len(self.found) > 1 else ""
        raise first.error(
            summary=f"{first.place.file}:{first.place.line}: {first.message}{more}",
            report=render(self.found[: self.limit]),
            diagnostics=tuple(self.found),
        )


def render(diagnostics: Iterable[Diagnostic]) -> str:
    """Several diagnostics, an empty line between them."""
    return "\n\n".join(d.render() for d in diagnostics)


def nearest(word: str, known: Iterable[str]) -> str:
    """A hint naming the known word closest to a misspelt one, or listing a few; empty when nothing is known."""
    names = sorted(known)
    close = get_close_matches(word, names, n=1)
    if close:
        return f"did you mean {close[0]!r}?"
    if not names:
        return ""
    shown = ", ".join(names[:8])
    return f"known: {shown}{', …' if len(names) > 8 else ''}"
