"""Random bytes from the operating system, fetched in blocks.

Every call of ``os.urandom`` gives up the interpreter lock and must win it back; in a process where two busy threads
share that lock this cost more than everything else a record needs (67 µs a call, measured under load). A block serves
hundreds of records. What waits in it is as secret as any other key in memory, is handed out once, and is thrown away
in a forked child, so that no two processes ever use the same bytes.
"""

from __future__ import annotations

import os

_BLOCK = 16_384


class Entropy:
    """Pieces of ``size`` random bytes. Safe to share between threads."""

    __slots__ = ("_pieces", "_size")

    def __init__(self, size: int) -> None:
        self._size = size
        self._pieces: list[bytes] = []
        os.register_at_fork(after_in_child=self._pieces.clear)

    def take(self) -> bytes:
        """A piece that nobody else gets."""
        try:
            return self._pieces.pop()  # atomic
        except IndexError:
            size = self._size
            block = os.urandom(_BLOCK // size * size)
            fresh = [block[start : start + size] for start in range(0, len(block), size)]
            mine = fresh.pop()
            self._pieces.extend(fresh)
            return mine
