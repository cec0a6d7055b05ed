"""What is looked at before an integration may call: points judged from its form, and points a person confirms."""

from __future__ import annotations

import enum
from collections.abc import Callable, Collection, Mapping
from datetime import date
from functools import cache
from importlib import resources
from typing import Literal

import msgspec


class State(enum.StrEnum):
    """What became of a point."""

    MET = "met"
    CONFIRMED = "confirmed"
    ACCEPTED = "accepted"
    OPEN = "open"


class Point(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing to look at. ``by`` facts: judged from the form; person: confirmed by whoever approves."""

    id: str
    by: Literal["facts", "person"]
    zh: str
    en: str
    source: str
    confidence: Literal["V", "S", "M", "O"]


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """What an integration's form says.

    Attributes:
        filing_fits: its number has the form of a filing or registration number.
        minors: whether minors are served: ``unknown``, ``excluded`` or ``served``.
    """

    owner: str
    contact: str
    purpose: str
    purpose_note: str
    minors: str
    filing_number: str
    filing_fits: bool
    filing_expires: date | None
    label_position: str
    interface_declaration: str
    models: Collection[str]


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: str
    points: tuple[Point, ...]


@cache
def points() -> tuple[Point, ...]:
    """The points, in the order in which they are looked at."""
    source = resources.files("guiju.inventory").joinpath("data", "checklist.yaml").read_bytes()
    found = msgspec.yaml.decode(source, type=_File).points
    judged = {point.id for point in found if point.by == "facts"}
    if judged != _JUDGEMENTS.keys():
        raise ValueError(f"checklist.yaml disagrees with the code: {judged ^ _JUDGEMENTS.keys()}")
    return found


def look(form: Form, today: date, confirmed: Collection[str] = (), accepted: Collection[str] = ()) -> dict[str, State]:
    """What becomes of every point: judged, confirmed, accepted although open, or open."""
    return {point.id: _state(point, form, today, confirmed, accepted) for point in points()}


def still_open(states: Mapping[str, State]) -> tuple[Point, ...]:
    """The points nobody met, confirmed or accepted."""
    return tuple(point for point in points() if states[point.id] is State.OPEN)


def _state(point: Point, form: Form, today: date, confirmed: Collection[str], accepted: Collection[str]) -> State:
    if point.by == "facts" and _JUDGEMENTS[point.id](form, today):
        return State.MET
    if point.by == "person" and point.id in confirmed:
        return State.CONFIRMED
    return State.ACCEPTED if point.id in accepted else State.OPEN


_JUDGEMENTS: dict[str, Callable[[Form, date], bool]] = {
    "filing_format": lambda form, today: form.filing_fits,
    "filing_valid": lambda form, today: (
        bool(form.filing_number) and (form.filing_expires is None or form.filing_expires >= today)
    ),
    "purpose": lambda form, today: form.purpose != "other" or bool(form.purpose_note.strip()),
    "minors": lambda form, today: form.minors in ("excluded", "served"),
    "contact": lambda form, today: bool(form.owner.strip() and form.contact.strip()),
    "label_path": lambda form, today: form.label_position != "interface" or bool(form.interface_declaration.strip()),
    "models": lambda form, today: bool(form.models),
}
