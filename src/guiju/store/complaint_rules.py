"""The kinds of complaints in force: the operator's own file where the settings name one, else Guiju's."""

from __future__ import annotations

from django.conf import settings

from guiju.complaints import Kind, Kinds
from guiju.errors import InvalidField, SettingsInvalid


def kinds() -> Kinds:
    """The kinds in force.

    Raises:
        SettingsInvalid: the operator's file cannot be read. ComplaintRulesInvalid: it has mistakes.
    """
    path = settings.GUIJU.complaints.kinds
    if path is None:
        return Kinds.load()
    try:
        return Kinds.load(path.read_text("utf-8"))
    except (OSError, UnicodeError) as error:
        raise SettingsInvalid(where="complaints.kinds", problem=type(error).__name__) from None


def kind_of(name: str) -> Kind:
    """The kind of this name.

    Raises:
        InvalidField: there is none.
    """
    found = kinds().kind(name)
    if found is None:
        raise InvalidField(field="kind", problem="unknown kind")
    return found
