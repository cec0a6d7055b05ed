"""Integration keys: what a calling application presents, and the hash that is stored of it."""

from __future__ import annotations

import re
import secrets
from hmac import compare_digest
from typing import NamedTuple

from guiju.identity.keyed import KeyedHash

_FORM = re.compile(r"gj-([0-9a-z]{12})-([0-9a-f]{48})", re.ASCII)


class IssuedKey(NamedTuple):
    """A fresh key. ``key`` is shown once and never stored; ``id`` and ``hash`` are stored."""

    id: str
    key: str
    hash: str


class KeyHasher:
    """Issues and checks integration keys, hashed with HMAC-SHA256 under a secret pepper.

    A key has 192 random bits, so a plain keyed hash is enough: there is nothing to guess that a slow password hash
    would protect, and a check costs microseconds.
    """

    __slots__ = ("_keyed",)

    def __init__(self, pepper: bytes) -> None:
        """``pepper`` needs at least 16 secret bytes; losing it makes every key unknown."""
        if len(pepper) < 16:
            raise ValueError("a pepper needs at least 16 bytes")
        self._keyed = KeyedHash(pepper)

    def new_key(self) -> IssuedKey:
        """A fresh key of the form ``gj-<id>-<secret>``; the id may be shown and logged."""
        name = secrets.token_hex(6)
        key = f"gj-{name}-{secrets.token_hex(24)}"
        return IssuedKey(name, key, self.hash(key))

    def hash(self, key: str) -> str:
        """The stored form of ``key``: 64 hex digits."""
        return self._keyed.hexdigest(key.encode("utf-8", "surrogatepass"))

    def matches(self, key: str, stored: str) -> bool:
        """Whether ``key`` hashes to ``stored``, compared in constant time."""
        return compare_digest(self.hash(key), stored)


def key_prefix(key: str) -> str | None:
    """The id inside a presented key, by which its stored hash is found; None if it has not the form of a key."""
    match = _FORM.fullmatch(key)
    return match.group(1) if match else None
