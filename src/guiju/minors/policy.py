"""The minors' policy as data: bands of age with their limits, each figure with the source it rests on."""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

from guiju.minors.calendar import DayKind, Holiday, clock, kind_of
from guiju.nouns import Action

Confidence = Literal["V", "S", "M", "O"]

ADULT = "adult"
"""The band of whoever is 18 or older; it has no limits."""


class _Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    pass


class Source(_Strict, frozen=True):
    """What a figure rests on. ``confidence``: V read in a copy, S secondary, M general knowledge, O the operator's own."""

    zh: str
    en: str
    confidence: Confidence

    @property
    def verified(self) -> bool:
        """Whether the clause's text was read."""
        return self.confidence == "V"


class Figure(_Strict, frozen=True):
    """A number with its source; the unit is the field's."""

    value: int
    source: str


class Shown(_Strict, frozen=True):
    """Something that is always done, with its source."""

    source: str


class Daily(_Strict, frozen=True):
    """Minutes a day."""

    school_day: int
    rest_day: int
    source: str

    def minutes(self, kind: DayKind) -> int:
        """The amount on a day of this kind."""
        return self.school_day if kind is DayKind.SCHOOL else self.rest_day


class Curfew(_Strict, frozen=True, rename={"start": "from"}):
    """A window of the day in China without service, ``HH:MM``; it may run over midnight."""

    start: str
    until: str
    source: str

    @property
    def minutes(self) -> tuple[int, int]:
        """Both ends as minutes of the day."""
        return clock(self.start) or 0, clock(self.until) or 0


class Spend(_Strict, frozen=True):
    """Caps in fen per purchase and per day."""

    single: int
    daily: int
    source: str


class Without(_Strict, frozen=True):
    """Functions that are not offered, by the codes of the service profile or the caller's own."""

    names: frozenset[str]
    source: str


class Links(_Strict, frozen=True):
    """Whether outbound links are open."""

    allowed: bool
    source: str


class Personas(_Strict, frozen=True):
    """Kinds of character that are not offered: ``kin``, ``partner``, or the caller's own kinds."""

    blocked: frozenset[str]
    source: str


class Content(_Strict, frozen=True):
    """The tier of content and the dedicated pool a caller serves from; the moderation actions that stop a text here."""

    tier: str
    pool: str
    source: str
    stops: frozenset[Action] = frozenset()


class Band(_Strict, frozen=True, rename={"start": "from"}):
    """One band of age: completed years from ``start`` up to, not including, ``until``."""

    id: str
    zh: str
    en: str
    start: int
    until: int
    content: Content
    daily: Daily
    continuous: Figure
    curfew: Curfew
    spend: Spend
    without: Without
    links: Links
    personas: Personas


class Counting(_Strict, frozen=True):
    """How use becomes time; see the shipped policy."""

    step_seconds: int
    bridge_seconds: int
    break_minutes: int
    longest_minutes: int
    source: str


class Suspected(_Strict, frozen=True):
    """The band for whoever is in minors' mode without a known age."""

    band: str
    source: str


class Companion(_Strict, frozen=True):
    """What companion services owe to everybody, and to those below ``consent_age`` besides."""

    consent_age: Figure
    identity: Shown
    reminder_minutes: Figure
    dependence_minutes: Figure
    crisis_minutes: Figure
    request_days: Figure


class MinorsPolicy(_Strict, frozen=True):
    """A checked policy. Build it with :func:`guiju.minors.policy_source.load`."""

    version: str
    sources: dict[str, Source]
    counting: Counting
    bands: tuple[Band, ...]
    suspected: Suspected
    exemptible: frozenset[str]
    companion: Companion
    calendar: tuple[Holiday, ...] = ()

    def band(self, id: str) -> Band | None:
        """The band with this id; None for adults and the unknown."""
        return next((band for band in self.bands if band.id == id), None)

    def band_of_age(self, years: int) -> str:
        """The id of the band of somebody of this age; ``adult`` from 18."""
        return next((band.id for band in self.bands if band.start <= years < band.until), ADULT)

    def kind_of(self, day: date) -> DayKind:
        """Whether a day is a school day."""
        return kind_of(day, self.calendar)
