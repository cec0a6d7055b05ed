"""Provider codes seen in public files: whose label may this be? A table with dates and sources, and no registry."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Literal

import msgspec
import yaml

from guiju.errors import ProviderCodeInvalid
from guiju.labeling import provider_code

Confidence = Literal["A", "B", "C"]


class Sighting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A code, or the USCC of an entity, that was seen under the name of a brand.

    Attributes:
        brand: what the file, or who read it, said. ``where``: in which files. ``noted``: month of the entry.
        confidence: A seen by two independent readers, B by one, C named by inference.
    """

    brand: str
    source: str
    noted: str
    confidence: Confidence
    code: str = ""
    uscc: str = ""
    where: str = ""


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: str
    seen: tuple[Sighting, ...]
    entities: tuple[Sighting, ...]


def known(code: str) -> tuple[Sighting, ...]:
    """Sightings of exactly this code (or USCC); of others of the same legal entity if there are none."""
    uscc = _uscc(code)
    exact = tuple(one for one in _table() if code in (one.code, one.uscc))
    return exact or tuple(one for one in _table() if uscc and uscc in (one.uscc, _uscc(one.code)))


def every() -> tuple[Sighting, ...]:
    """The whole table: codes first, then entities of which no code was seen."""
    return _table()


def _uscc(code: str) -> str:
    if provider_code.is_uscc(code):
        return code
    try:
        return provider_code.parse(code).uscc
    except ProviderCodeInvalid:
        return ""


@cache
def _table() -> tuple[Sighting, ...]:
    text = resources.files("guiju.labeling").joinpath("data", "providers.yaml").read_text("utf-8")
    table = msgspec.convert(yaml.safe_load(text), _Table, strict=False)
    return (*table.seen, *table.entities)
