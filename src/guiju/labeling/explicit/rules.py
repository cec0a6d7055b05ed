"""The numbers of chapter 5, and Guiju's own where the standard has none: ``data/rules.yaml``."""

from __future__ import annotations

from functools import cache
from typing import Literal, TypeVar

import msgspec
import yaml

from guiju.labeling.explicit import shipped

_T = TypeVar("_T")


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One number with its unit and where it comes from; ``own`` ones are Guiju's choice, not the standard's."""

    value: float
    unit: str
    clause: str
    kind: Literal["standard", "own"]
    confidence: Literal["A", "B", "C", "M"]
    note: str = ""


class _Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: str
    rules: dict[str, Rule]


@cache
def rules() -> dict[str, Rule]:
    """Every number by its name."""
    return data("rules.yaml", _Rules).rules


def number(name: str) -> float:
    """The value of one number."""
    return rules()[name].value


def data(name: str, kind: type[_T]) -> _T:
    """A data file of this package, checked against its schema."""
    return msgspec.convert(yaml.safe_load(shipped.text(name)), kind)
