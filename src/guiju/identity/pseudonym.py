"""Pseudonyms: the name an end user has inside Guiju."""

from __future__ import annotations

from guiju.identity.keyed import KeyedHash


class Pseudonymiser:
    """Turns an integration's user names into pseudonyms with HMAC-SHA256 under a secret key.

    The same name gives the same pseudonym within one integration and unrelated ones across integrations, so two
    integrations that both call somebody ``1001`` do not share a history. Without the key a pseudonym cannot be
    computed from a guessed name.
    """

    __slots__ = ("_keyed",)

    def __init__(self, key: bytes) -> None:
        """``key`` needs at least 16 secret bytes and must stay the same as long as histories should hold."""
        if len(key) < 16:
            raise ValueError("a pseudonym key needs at least 16 bytes")
        self._keyed = KeyedHash(key)

    def pseudonym(self, integration: str, user: str) -> str:
        """The pseudonym of ``user`` in ``integration``: 32 hex digits; ``""`` for an empty name (nobody named)."""
        if not user:
            return ""
        message = f"{len(integration)}:{integration}{user}".encode("utf-8", "surrogatepass")
        return self._keyed.hexdigest(message)[:32]
