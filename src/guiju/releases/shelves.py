"""The shelves of an installation, below its data directory. Both hold what users had made, so both are encrypted."""

from __future__ import annotations

from collections.abc import Callable

from guiju.evidence import Vault
from guiju.releases.shelf import Shelf
from guiju.settings import Settings
from guiju.store import keys

_FILM_DAYS = 7
"""A finished film that nobody fetched for so long is labelled anew."""

Keys = Callable[[], Vault]
"""Gives the vault with the data keys of just now. Threads without a connection of their own bring one that closes it again."""


def originals(settings: Settings, vault: Keys = keys.vault) -> Shelf:
    """What was made, with the implicit label alone, by content number."""
    gateway = settings.gateway
    return Shelf(settings.home / "originals", gateway.originals_bytes, gateway.originals_days, vault)


def films(settings: Settings, vault: Keys = keys.vault) -> Shelf:
    """Finished films as they are given out, by content number."""
    return Shelf(settings.home / "films", settings.gateway.films_bytes, _FILM_DAYS, vault)


def clear(settings: Settings, now: float) -> None:
    """Remove what was kept long enough, encrypt what an earlier version left as it was; asked when a gateway starts and
    regularly afterwards."""
    for shelf in (originals(settings), films(settings)):
        shelf.clear(now)
        shelf.enclose()
