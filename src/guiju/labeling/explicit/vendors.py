"""Visible marks of known generators: ``data/vendors.yaml``. Not all of them are labels in the sense of the standard."""

from __future__ import annotations

import re
from functools import cache
from typing import Literal

import msgspec

from guiju.labeling.explicit.elements import tidy
from guiju.labeling.explicit.rules import data


class Vendor(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A generator and the pattern of its mark."""

    id: str
    name: str
    pattern: str
    source: str
    noted: str
    confidence: Literal["A", "B", "M"]


class _Vendors(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: str
    marks: tuple[Vendor, ...]


@cache
def vendors() -> tuple[Vendor, ...]:
    """Every generator known by a visible mark."""
    return data("vendors.yaml", _Vendors).marks


def vendor_of(text: str) -> Vendor | None:
    """The generator whose mark a line of words is, if it is one."""
    plain = re.sub(r"\s+", "", tidy(text)).strip("·.-—|")
    return next((one for one in vendors() if _pattern(one.pattern).fullmatch(plain)), None) if plain else None


@cache
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text)
