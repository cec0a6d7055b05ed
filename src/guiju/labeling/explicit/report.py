"""What a check of explicit labels says: a verdict, and measured figures beside the clauses.

Something that could not be measured is neither passed nor failed: ``ok`` is None, and the verdict says so. Nothing here
ever says that a content was made by people: a label that was not found proves nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Literal

import msgspec

from guiju.labeling.explicit.rules import data
from guiju.labeling.verdict import Verdict

Kind = Literal["standard", "policy"]


class Check(msgspec.Struct, frozen=True):
    """One thing looked at.

    Attributes:
        id: stable. ``clause``: of GB 45438-2025.
        ok: None where it could not be told.
        zh, en: what must hold. ``detail``: what was found, in figures.
        measured, required, unit: the figure and its bound, where there is one.
    """

    id: str
    clause: str
    ok: bool | None
    kind: Kind
    zh: str
    en: str
    detail: str = ""
    measured: float | None = None
    required: float | None = None
    unit: str = ""

    def message(self, language: str = "zh") -> str:
        """What must hold, and what was found."""
        said = self.zh if language.startswith("zh") else self.en
        return f"{said} ({self.detail})" if self.detail else said


class Box(msgspec.Struct, frozen=True):
    """A rectangle in pixels of the upright picture: left and top inside, right and bottom just outside."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def height(self) -> int:
        return self.bottom - self.top

    def grown(self, by: int, width: int, height: int) -> Box:
        """The rectangle with ``by`` more on every side, within a picture of the size."""
        return Box(
            max(0, self.left - by), max(0, self.top - by), min(width, self.right + by), min(height, self.bottom + by)
        )


class Sighting(msgspec.Struct, frozen=True):
    """A label that was found: its words or rhythm, and where: a rectangle, seconds, or a place in words."""

    text: str
    where: str
    box: Box | None = None
    start: float | None = None
    end: float | None = None
    confidence: float | None = None


class Report(msgspec.Struct, frozen=True):
    """The verdict on one file, its checks, and every label found."""

    verdict: Verdict
    medium: str
    checks: tuple[Check, ...]
    found: tuple[Sighting, ...] = ()


class _Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    clause: str
    kind: Kind
    zh: str
    en: str


class _Texts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: str
    checks: tuple[_Text, ...]


@cache
def texts() -> dict[str, _Text]:
    """What is looked at, by id: ``data/checks.yaml``."""
    return {one.id: one for one in data("checks.yaml", _Texts).checks}


def check(
    id_: str, ok: bool | None, detail: str = "", *, measured: float | None = None, required: float | None = None,
    unit: str = "",
) -> Check:  # fmt: skip
    """The check ``id_`` with its result."""
    said = texts()[id_]
    rounded = None if measured is None else round(measured, 4)
    return Check(said.id, said.clause, ok, said.kind, said.zh, said.en, detail, rounded, required, unit)


def judged(medium: str, checks: Iterable[Check], found: tuple[Sighting, ...]) -> Report:
    """A report on a file in which a label was found: only breaches of the standard make it noncompliant."""
    listed = tuple(checks)
    standard = [one.ok for one in listed if one.kind == "standard"]
    verdict = Verdict.COMPLIANT
    if None in standard:
        verdict = Verdict.CANNOT_TELL
    if False in standard:
        verdict = Verdict.NONCOMPLIANT
    return Report(verdict, medium, listed, found)
