"""Keys of marks, derived from one secret: the half that finds marks, and the half that reads their numbers.

Whoever holds a :class:`Finder` can tell that content carries a mark, and nothing more: the number inside is enciphered
under the other half. A :class:`Secret` holds both. Neither half helps to find the other.
"""

from __future__ import annotations

import hashlib
import hmac
from functools import lru_cache
from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt

SECRET_BYTES: Final = 32
PATTERNS: Final = 32
"""Patterns of one secret, among which each piece of content gets one: nobody learns all by averaging what shares one."""
_ROUNDS: Final = 8
_HALF: Final = 32

Signs = npt.NDArray[np.float32]


class Finder(msgspec.Struct, frozen=True):
    """What finds marks without reading their numbers. It can also forge and erase them: share it with care."""

    key: bytes

    def signs(self, purpose: str, pattern: int, count: int) -> Signs:
        """``count`` secret signs, +1 or −1, of one pattern; the same for the same arguments."""
        return _signs(self.key, f"{purpose}/{pattern}", count)

    def shuffled(self, purpose: str, pattern: int, count: int) -> npt.NDArray[np.int64]:
        """A secret order of ``count`` things."""
        seed = int.from_bytes(_derive(self.key, f"order/{purpose}/{pattern}", 16), "big")
        return np.random.Generator(np.random.PCG64(seed)).permutation(count)


class Secret(msgspec.Struct, frozen=True):
    """Both halves: what marks content, finds marks and reads their numbers."""

    finder: Finder
    reader: bytes

    @classmethod
    def derive(cls, secret: bytes) -> Secret:
        """The keys of ``secret``, which has :data:`SECRET_BYTES` random bytes.

        Raises:
            ValueError: it is shorter.
        """
        if len(secret) < SECRET_BYTES:
            raise ValueError(f"a secret has {SECRET_BYTES} bytes")
        return cls(Finder(_derive(secret, "find", 32)), _derive(secret, "read", 32))

    def pattern_of(self, number: int) -> int:
        """Which of the patterns the content with this number gets."""
        return _derive(self.reader, f"pattern/{number}", 2)[0] % PATTERNS

    def encipher(self, number: int) -> int:
        """The 64 bits that go into the content for ``number``: a Feistel network over HMAC-SHA-256."""
        left, right = number >> _HALF, number & 0xFFFFFFFF
        for turn in range(_ROUNDS):
            left, right = right, left ^ self._round(turn, right)
        return left << _HALF | right

    def decipher(self, enciphered: int) -> int:
        """The number that :meth:`encipher` turned into ``enciphered``."""
        left, right = enciphered >> _HALF, enciphered & 0xFFFFFFFF
        for turn in reversed(range(_ROUNDS)):
            left, right = right ^ self._round(turn, left), left
        return left << _HALF | right

    def _round(self, turn: int, half: int) -> int:
        return int.from_bytes(_derive(self.reader, f"round/{turn}/{half}", 4), "big")


def _derive(key: bytes, purpose: str, size: int) -> bytes:
    return hmac.digest(key, b"guiju watermark 1/" + purpose.encode(), "sha256")[:size]


@lru_cache(maxsize=1024)
def _signs(key: bytes, purpose: str, count: int) -> Signs:
    stream = hashlib.shake_128(_derive(key, "signs/" + purpose, 32)).digest((count + 7) // 8)
    bits = np.unpackbits(np.frombuffer(stream, np.uint8))[:count]
    signs = (1.0 - 2.0 * bits).astype(np.float32)
    signs.flags.writeable = False
    return signs
