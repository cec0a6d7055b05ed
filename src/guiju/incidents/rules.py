"""Levels, criteria and clocks of incidents as data (``data/grading.yaml``): what is not written there is not graded by."""

from __future__ import annotations

import enum
from functools import cache
from importlib import resources
from typing import Literal

import msgspec

Confidence = Literal["V", "S", "M-H", "M-M", "M-L", "O"]


class Level(enum.StrEnum):
    """How grave an incident is, the mildest first."""

    BELOW = "below"
    LARGER = "larger"
    MAJOR = "major"
    EXTRAORDINARY = "extraordinary"

    @property
    def rank(self) -> int:
        """0 for the mildest."""
        return list(Level).index(self)


class Operator(enum.StrEnum):
    """Who runs the network: the hours to report depend on it."""

    ORDINARY = "ordinary"
    CII = "cii"
    CENTRAL = "central"


class Fact(enum.StrEnum):
    """What is counted of an incident."""

    PEOPLE = "people"
    HOME_MINUTES = "home_minutes"
    PAGE_MINUTES = "page_minutes"
    FORWARDS = "forwards"
    VIEWS = "views"


class LevelName(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A level in words."""

    id: Level
    zh: str
    en: str


class Criterion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An incident has ``level`` once ``fact`` reaches ``at_least``."""

    id: str
    fact: Fact
    at_least: int
    level: Level
    zh: str
    en: str
    source: str
    confidence: Confidence


class ClockRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What must be sent within so many hours. ``to_zh`` empty: to whom was not found."""

    id: Literal["first", "summary"]
    operators: frozenset[Operator]
    hours: int
    runs_from: Literal["known", "ended"]
    zh: str
    en: str
    source: str
    confidence: Confidence
    to_zh: str = ""
    to_en: str = ""


class Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file. Build it with :func:`rules`."""

    version: str
    levels: tuple[LevelName, ...]
    criteria: tuple[Criterion, ...]
    reportable_from: Level
    clocks: tuple[ClockRule, ...]

    def name(self, level: Level) -> LevelName:
        """A level in words."""
        return next(one for one in self.levels if one.id is level)


@cache
def rules() -> Rules:
    """The shipped rules."""
    source = resources.files("guiju.incidents").joinpath("data", "grading.yaml").read_bytes()
    return msgspec.yaml.decode(source, type=Rules)


def unverified(confidence: Confidence) -> bool:
    """Whether a reader must be told that the clause itself was not read."""
    return confidence != "V"
