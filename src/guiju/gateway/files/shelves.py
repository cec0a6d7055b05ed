"""The shelves of the installation as the gateway's threads use them: each asks for the keys on a connection it gives back."""

from __future__ import annotations

from django.db import connection

from guiju.evidence import Vault
from guiju.releases import shelves
from guiju.releases.shelf import Shelf
from guiju.settings import Settings
from guiju.store import keys


def originals(settings: Settings) -> Shelf:
    """What was made, with the implicit label alone."""
    return shelves.originals(settings, _vault)


def films(settings: Settings) -> Shelf:
    """Finished films as they are given out."""
    return shelves.films(settings, _vault)


def _vault() -> Vault:
    try:
        return keys.vault()
    finally:
        connection.close()
