"""Other vendors' names for what Guiju finds: one YAML table each, from category to the risks it covers."""

from __future__ import annotations

from pathlib import Path

import msgspec
import yaml

from guiju.moderation.policy import under

_DATA = Path(__file__).parent / "data"


class Category(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A vendor's category and the risks (with everything under them) it stands for."""

    name: str
    risks: tuple[str, ...] = ()
    zh: str = ""


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    source: str
    categories: tuple[Category, ...]
    otherwise: str = ""


class Categories:
    """One vendor's table.

    Attributes:
        names: every category, in the vendor's order.
    """

    def __init__(self, table: _Table) -> None:
        self._table = table
        self.names = tuple(category.name for category in table.categories)
        self._known: dict[str, tuple[str, ...]] = {}

    @classmethod
    def load(cls, file: str) -> Categories:
        """The shipped table ``file``."""
        text = (_DATA / file).read_text(encoding="utf-8")
        return cls(msgspec.convert(yaml.safe_load(text), _Table))

    def of(self, risk: str) -> tuple[str, ...]:
        """The categories that cover ``risk``."""
        found = self._known.get(risk)
        if found is None:
            categories = self._table.categories
            found = tuple(c.name for c in categories if any(under(risk, covered) for covered in c.risks))
            self._known[risk] = found
        return found

    def closest(self, risk: str) -> Category:
        """The one category that covers ``risk`` most narrowly; the table's ``otherwise`` where none does."""
        fitting = [(len(covered), c) for c in self._table.categories for covered in c.risks if under(risk, covered)]
        if fitting:
            return max(fitting, key=lambda pair: pair[0])[1]
        return next(c for c in self._table.categories if c.name == self._table.otherwise)
