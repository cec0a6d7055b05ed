"""Order 21 on anthropomorphic interaction, article by article: the duty, what Guiju does about it, where, measured by what."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Literal

import msgspec

State = Literal["done", "shared", "operator"]


class Article(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One article, as far as secondary sources give it.

    Attributes:
        state: ``done`` by Guiju, ``shared`` with a person or the operator, or the ``operator``'s alone.
        where: paths below the package. ``obligations``, ``checks``: ids of the law room that it is measured by.
    """

    article: str
    duty_zh: str
    duty_en: str
    does_zh: str
    does_en: str
    state: State
    where: tuple[str, ...]
    obligations: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: str
    confidence: str
    articles: tuple[Article, ...]


@cache
def articles() -> tuple[Article, ...]:
    """Every article, in order."""
    source = resources.files("guiju.minors").joinpath("data", "order21.yaml").read_bytes()
    return msgspec.yaml.decode(source, type=_File).articles
