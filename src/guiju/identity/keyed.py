"""HMAC-SHA256 under a key that stays, one message after the other."""

from __future__ import annotations

from hashlib import sha256

_BLOCK = 64
_INNER = bytes(byte ^ 0x36 for byte in range(256))
_OUTER = bytes(byte ^ 0x5C for byte in range(256))


class KeyedHash:
    """HMAC-SHA256 (RFC 2104). The two hashes over the key are made once and copied per message.

    That costs half of what copying an ``hmac`` object does, and unlike ``hmac.digest`` never gives up the interpreter lock
    for a short message.
    """

    __slots__ = ("_inner", "_outer")

    def __init__(self, key: bytes) -> None:
        """Any length of key."""
        block = (sha256(key).digest() if len(key) > _BLOCK else key).ljust(_BLOCK, b"\0")
        self._inner = sha256(block.translate(_INNER))
        self._outer = sha256(block.translate(_OUTER))

    def hexdigest(self, message: bytes) -> str:
        """The code of ``message``: 64 hex digits."""
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(message)
        outer.update(inner.digest())
        return outer.hexdigest()
