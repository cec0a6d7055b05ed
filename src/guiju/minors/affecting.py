"""Which risks stand for content that may affect minors, by the four types of the classification."""

from __future__ import annotations

from functools import cache
from importlib import resources

import msgspec


class Type(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One of the four types, as risks with everything under them."""

    id: str
    zh: str
    en: str
    risks: tuple[str, ...]


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: str
    confidence: str
    types: tuple[Type, ...]


@cache
def types() -> tuple[Type, ...]:
    """The types as they ship."""
    source = resources.files("guiju.minors").joinpath("data", "affecting.yaml").read_bytes()
    return msgspec.yaml.decode(source, type=_File).types


def risks() -> tuple[str, ...]:
    """Every risk of every type, once."""
    return tuple(dict.fromkeys(risk for one in types() for risk in one.risks))
