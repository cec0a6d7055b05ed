"""The shelves of an installation, below its data directory."""

from __future__ import annotations

from guiju.releases.shelf import Shelf
from guiju.settings import Settings

_FILM_DAYS = 7
"""A finished film that nobody fetched for so long is labelled anew."""


def originals(settings: Settings) -> Shelf:
    """What was made, with the implicit label alone, by content number."""
    gateway = settings.gateway
    return Shelf(settings.home / "originals", gateway.originals_bytes, gateway.originals_days)


def films(settings: Settings) -> Shelf:
    """Finished films as they are given out, by content number."""
    return Shelf(settings.home / "films", settings.gateway.films_bytes, _FILM_DAYS)


def clear(settings: Settings, now: float) -> None:
    """Remove what was kept long enough; asked when a gateway starts and regularly afterwards."""
    originals(settings).clear(now)
    films(settings).clear(now)
