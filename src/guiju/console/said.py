"""What was asked and answered, part by part, with its findings marked: the form in which screens show text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from guiju.console.highlight import Segment, Spotted, segments
from guiju.nouns import Part
from guiju.text.reading import read


@dataclass(frozen=True)
class Said:
    """One part of an exchange, ready to be shown. ``as_read`` is the text with its disguises undone, where it had any."""

    where: str
    role: str
    direction: str
    segments: list[Segment]
    as_read: str = ""


def said(parts: Sequence[Part], direction: str, findings: Sequence[Spotted]) -> list[Said]:
    """The parts of one direction with the findings in them."""
    return [
        Said(part.where, part.role, direction, segments(part.text, part.where, findings), _as_read(part))
        for part in parts
    ]


def _as_read(part: Part) -> str:
    reading = read(part.text)
    return reading.text if reading.disguises else ""
