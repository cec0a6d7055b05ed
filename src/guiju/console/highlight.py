"""Findings shown in the text they were found in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

_ORDER = {"low": 0, "medium": 1, "high": 2}


class Spotted(Protocol):
    """What is needed of a finding, be it fresh from a check or read from a record."""

    @property
    def risk(self) -> str: ...
    @property
    def rule(self) -> str: ...
    @property
    def severity(self) -> str: ...
    @property
    def where(self) -> str: ...
    @property
    def spans(self) -> tuple[tuple[int, int], ...]: ...


@dataclass(frozen=True)
class Segment:
    """A run of text under the same findings; ``numbers`` are their places in the list of findings, from 1."""

    text: str
    numbers: tuple[int, ...] = ()
    severity: str = ""

    @property
    def marks(self) -> str:
        """The numbers as they stand beside the words."""
        return ",".join(str(n) for n in self.numbers)


def segments(text: str, where: str, findings: Sequence[Spotted]) -> list[Segment]:
    """``text`` cut where findings begin and end. Spans are half-open ranges of code points; overlaps share a segment."""
    spans = [
        (max(0, start), min(len(text), end), number, finding.severity)
        for number, finding in enumerate(findings, start=1)
        if finding.where == where
        for start, end in finding.spans
        if start < end and start < len(text)
    ]
    edges = sorted({0, len(text), *(s for s, *_ in spans), *(e for _, e, *_ in spans)})
    return [_segment(text, start, end, spans) for start, end in pairwise(edges)] or [Segment(text)]


def _segment(text: str, start: int, end: int, spans: Iterable[tuple[int, int, int, str]]) -> Segment:
    over = [(number, severity) for s, e, number, severity in spans if s <= start and end <= e]
    if not over:
        return Segment(text[start:end])
    numbers = tuple(sorted({number for number, _ in over}))
    return Segment(text[start:end], numbers, max((severity for _, severity in over), key=lambda s: _ORDER.get(s, 1)))
