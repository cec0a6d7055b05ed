"""Names of films: all the gateway has to know of a job stands in the name it gives out, sealed, so nothing is stored.

Whoever holds a name can fetch the film only with a key of the integration that ordered it.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from typing import Literal

import msgspec

from guiju.errors import FilmUnknown
from guiju.identity import KeyHasher

Kind = Literal["video", "char"]
"""A film, or a character taken from one."""
_SEAL = 32
LONGEST = 400
"""Characters of the model service's own name for a job."""


class Film(msgspec.Struct, frozen=True, array_like=True):
    """A job at the model service.

    Attributes:
        integration: who ordered it. ``number``: the record of the order, and the content number of the film.
        model: which model was asked for. ``upstream``: what the model service calls it.
        pool: the pool that makes it for a minor; empty for the service's own model.
    """

    integration: str
    number: str
    model: str
    upstream: str
    pool: str = ""


def name_of(film: Film, hasher: KeyHasher, kind: Kind = "video") -> str:
    """The name that goes out."""
    body = base64.urlsafe_b64encode(msgspec.json.encode(film)).rstrip(b"=").decode()
    return f"{kind}_{body}.{_seal(body, hasher, kind)}"


def film_of(name: str, integration: str, hasher: KeyHasher, kind: Kind = "video") -> Film:
    """The job behind a name.

    Raises:
        FilmUnknown: not a name that was given out here, or not to this integration.
    """
    body, _, seal = name.removeprefix(f"{kind}_").partition(".")
    if not name.startswith(f"{kind}_") or not hmac.compare_digest(seal.encode(), _seal(body, hasher, kind).encode()):
        raise FilmUnknown()
    try:
        film = msgspec.json.decode(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)), type=Film)
    except (binascii.Error, msgspec.DecodeError):
        raise FilmUnknown() from None
    if film.integration != integration:
        raise FilmUnknown()
    return film


def _seal(body: str, hasher: KeyHasher, kind: Kind) -> str:
    return hasher.hash(f"{'film' if kind == 'video' else kind}:{body}")[:_SEAL]
