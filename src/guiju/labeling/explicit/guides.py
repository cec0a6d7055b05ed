"""Checklists for what no program can label or check from outside: virtual scenes (5.5) and interfaces (5.6)."""

from __future__ import annotations

from functools import cache
from typing import Literal

import msgspec

from guiju.errors import MarkUnplaceable
from guiju.labeling.explicit.rules import data


class Item(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing that must hold (``standard``) or that helps (``policy``), and how a person checks it."""

    id: str
    clause: str
    kind: Literal["standard", "policy"]
    confidence: Literal["A", "B", "C", "M"]
    zh: str
    en: str
    how_zh: str
    how_en: str


class Guide(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A checklist."""

    id: str
    zh: str
    en: str
    items: tuple[Item, ...]


class _Guides(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: str
    guides: tuple[Guide, ...]


@cache
def guides() -> dict[str, Guide]:
    """Every checklist, by id: ``data/guides.yaml``."""
    return {one.id: one for one in data("guides.yaml", _Guides).guides}


def guide(name: str) -> Guide:
    """The checklist of a name.

    Raises:
        MarkUnplaceable: there is none.
    """
    if name not in guides():
        raise MarkUnplaceable(detail=f"guide {name}: {', '.join(guides())}")
    return guides()[name]
