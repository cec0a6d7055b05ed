"""The policy of the review desk in force: the operator's own file where the settings name one, else Guiju's."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.conf import settings

from guiju.desk import DeskPolicy
from guiju.errors import SettingsInvalid


def in_force() -> DeskPolicy:
    """The policy in force; an operator's file is read anew when it changes.

    Raises:
        SettingsInvalid: the operator's file cannot be read. DeskPolicyInvalid: it has mistakes.
    """
    path = settings.GUIJU.desk.policy
    if path is None:
        return DeskPolicy.load()
    try:
        return _read(path, path.stat().st_mtime_ns)
    except (OSError, UnicodeError) as error:
        raise SettingsInvalid(where="desk.policy", problem=type(error).__name__) from None


@cache
def _read(path: Path, _changed: int) -> DeskPolicy:
    return DeskPolicy.load(path.read_text("utf-8"))
