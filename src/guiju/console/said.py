"""What was asked and answered, part by part, with its findings marked: the form in which screens show text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from guiju.console.highlight import Segment, Spotted, segments
from guiju.nouns import Part


@dataclass(frozen=True)
class Said:
    """One part of an exchange, ready to be shown."""

    where: str
    role: str
    direction: str
    segments: list[Segment]


def said(parts: Sequence[Part], direction: str, findings: Sequence[Spotted]) -> list[Said]:
    """The parts of one direction with the findings in them."""
    return [Said(part.where, part.role, direction, segments(part.text, part.where, findings)) for part in parts]
