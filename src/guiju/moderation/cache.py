"""A bounded memory of what was found in which text, so that the old turns of a long conversation are not read again.

Keys are keyed digests, so the memory holds no user text. It belongs to one checker and thereby to one version of lexicon,
patterns and policy. Operations are single dictionary operations, safe under threads without a lock; a lost race costs a
repeated check.
"""

from __future__ import annotations

import secrets
from hashlib import blake2b

from guiju.nouns import Finding


class FindingsCache:
    """Least recently used first out."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._kept: dict[bytes, tuple[Finding, ...]] = {}
        self._salt = secrets.token_bytes(16)

    def key(self, text: str) -> bytes:
        """The digest a text is remembered under."""
        return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16, key=self._salt).digest()

    def get(self, key: bytes) -> tuple[Finding, ...] | None:
        """What was found in the text, or ``None`` where it is not remembered."""
        found = self._kept.pop(key, None)
        if found is not None:
            self._kept[key] = found
        return found

    def put(self, key: bytes, findings: tuple[Finding, ...]) -> None:
        """Remember; the longest unused text is forgotten when full."""
        self._kept[key] = findings
        while len(self._kept) > self._size:
            try:
                self._kept.pop(next(iter(self._kept)), None)
            except (StopIteration, RuntimeError):
                return

    def __len__(self) -> int:
        return len(self._kept)
