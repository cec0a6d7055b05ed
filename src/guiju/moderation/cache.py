"""A bounded memory of what was found in which text, so that the old turns of a long conversation are not read again.

Keys are keyed digests, so the memory holds no user text. It belongs to one checker and thereby to one version of lexicon,
patterns and policy. Operations are single dictionary operations, safe under threads without a lock; a lost race costs a
repeated check.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from contextlib import suppress
from hashlib import blake2b
from typing import Generic, TypeVar

V = TypeVar("V")


class TextCache(Generic[V]):
    """Least recently used first out."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._kept: OrderedDict[bytes, V] = OrderedDict()
        self._salt = secrets.token_bytes(16)

    def key(self, text: str) -> bytes:
        """The digest a text is remembered under."""
        return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16, key=self._salt).digest()

    def get(self, key: bytes) -> V | None:
        """What was found in the text, or ``None`` where it is not remembered."""
        found = self._kept.get(key)
        if found is not None:
            with suppress(KeyError):  # forgotten by another thread just now
                self._kept.move_to_end(key)
        return found

    def put(self, key: bytes, found: V) -> None:
        """Remember; the longest unused text is forgotten when full."""
        self._kept[key] = found
        if len(self._kept) > self._size:
            with suppress(KeyError):
                self._kept.popitem(last=False)

    def __len__(self) -> int:
        return len(self._kept)
