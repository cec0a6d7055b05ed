"""The account policy in force: the operator's own file where the settings name one, else Guiju's."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.conf import settings

from guiju.accounts import AccountPolicy
from guiju.errors import SettingsInvalid


def in_force() -> AccountPolicy:
    """The policy in force; an operator's file is read anew when it changes.

    Raises:
        SettingsInvalid: the operator's file cannot be read. AccountPolicyInvalid: it has mistakes.
    """
    path = settings.GUIJU.accounts.policy
    if path is None:
        return AccountPolicy.load()
    try:
        return _read(path, path.stat().st_mtime_ns)
    except (OSError, UnicodeError) as error:
        raise SettingsInvalid(where="accounts.policy", problem=type(error).__name__) from None


@cache
def _read(path: Path, _changed: int) -> AccountPolicy:
    return AccountPolicy.load(path.read_text("utf-8"))
