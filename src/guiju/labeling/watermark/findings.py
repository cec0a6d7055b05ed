"""What a detection says, for every kind of content."""

from __future__ import annotations

import enum

import msgspec

from guiju.labeling.watermark import rates


class Verdict(enum.StrEnum):
    """What was found. None of them says who or what made the content."""

    READ = "read"
    """A mark of this secret, and the number in it, which passed its check."""
    PRESENT = "present"
    """A mark of this secret; the number is too damaged to read, or was not asked for."""
    NOT_FOUND = "not_found"
    """No mark of this secret was found. That is no proof of anything: marks can be removed."""


class Foreign(msgspec.Struct, frozen=True):
    """A mark of another program.

    Attributes:
        id: stable. ``name``: of the program. ``errors``: bits that differ, of ``bits``.
    """

    id: str
    name: str
    errors: int
    bits: int
    false_positive_rate: float


class Detection(msgspec.Struct, frozen=True):
    """What was found in one file.

    Attributes:
        medium: ``image``, ``audio``, ``video`` or ``text``.
        number: the 64 bits that were embedded; None unless the verdict is ``read``.
        score, threshold: how well the best hypothesis agrees, and from where that is no chance.
        false_positive_rate: the most often that unmarked content gets another verdict than ``not_found``.
        notes: what was done to the content since, as far as the mark shows it: scale, mirror, turn, place in time.
        foreign: marks of other programs.
    """

    medium: str
    verdict: Verdict
    number: int | None = None
    score: float = 0.0
    threshold: float = 0.0
    false_positive_rate: float = rates.PROMISED
    notes: dict[str, float] = {}
    foreign: tuple[Foreign, ...] = ()

    @property
    def found(self) -> bool:
        """Whether there is a mark of this secret."""
        return self.verdict is not Verdict.NOT_FOUND


class Embedded(msgspec.Struct, frozen=True):
    """What was written.

    Attributes:
        number: the 64 bits in the mark. ``strength``: signal to mark in dB, as measured on the result.
        notes: remarks for people. ``frames``: pictures that bear it.
    """

    medium: str
    number: int
    strength: float
    notes: tuple[str, ...] = ()
    frames: int = 1
