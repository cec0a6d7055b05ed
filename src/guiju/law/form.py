"""The profile form: names, hints and choices of every profile field, as data.

The console renders its form from this; the words of applicability reasons come from it as well.
"""

from __future__ import annotations

import enum

from guiju.law.schema import Named, Strict


class FieldKind(enum.StrEnum):
    """How a field is filled in."""

    TEXT = "text"
    BOOLEAN = "boolean"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"
    CHOICES = "choices"
    ROWS = "rows"
    GROUP = "group"


class Field(Strict, frozen=True):
    """One field of the profile.

    Attributes:
        name: as in :class:`~guiju.law.profile.Profile`.
        section: code of the section it is shown in (top-level fields only).
        choices: for ``choice`` and ``choices``.
        fields: the columns of ``rows``, or the members of ``group``.
    """

    name: str
    kind: FieldKind
    zh: str
    en: str
    help_zh: str = ""
    help_en: str = ""
    section: str = ""
    choices: tuple[Named, ...] = ()
    fields: tuple[Field, ...] = ()

    def choice(self, code: str) -> Named | None:
        """The choice with this code."""
        return next((c for c in self.choices if c.code == code), None)


class Form(Strict, frozen=True):
    """The whole form in its order."""

    sections: tuple[Named, ...]
    fields: tuple[Field, ...]

    def field(self, name: str) -> Field:
        """The top-level field with this name.

        Raises:
            KeyError: there is none.
        """
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(name)
