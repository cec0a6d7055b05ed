"""Merkle trees after RFC 6962: leaves hashed with prefix 0x00, inner nodes with 0x01.

A leaf's data is the 32-byte chain hash of a record. The tree of *n* leaves splits at the largest power of two below
*n*; :class:`Root` computes it while leaves stream past, with memory logarithmic in their number.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256


class Root:
    """Accumulates leaves in order and gives the root of all so far."""

    __slots__ = ("_count", "_peaks")

    def __init__(self) -> None:
        self._count = 0
        self._peaks: list[bytes] = []  # roots of perfect subtrees, largest first

    def add(self, leaf: bytes) -> None:
        """Append one leaf."""
        node = sha256(b"\x00" + leaf).digest()
        count = self._count
        while count & 1:  # the newest subtrees are of equal size: join them
            node = sha256(b"\x01" + self._peaks.pop() + node).digest()
            count >>= 1
        self._peaks.append(node)
        self._count += 1

    @property
    def count(self) -> int:
        """How many leaves were added."""
        return self._count

    def digest(self) -> bytes:
        """The root over the leaves so far; SHA-256 of nothing for no leaves."""
        if not self._peaks:
            return sha256().digest()
        node = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            node = sha256(b"\x01" + peak + node).digest()
        return node


def root(leaves: Sequence[bytes]) -> bytes:
    """The root over ``leaves``."""
    tree = Root()
    for leaf in leaves:
        tree.add(leaf)
    return tree.digest()


def inclusion_proof(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """The sibling hashes that lead from leaf ``index`` to the root, nearest first (RFC 6962, 2.1.1).

    With it one record can be shown to be under a seal without handing over its neighbours.
    """
    if len(leaves) <= 1:
        return ()
    split = 1 << (len(leaves) - 1).bit_length() - 1
    if index < split:
        return (*inclusion_proof(leaves[:split], index), root(leaves[split:]))
    return (*inclusion_proof(leaves[split:], index - split), root(leaves[:split]))


def root_from_proof(leaf: bytes, index: int, count: int, proof: Sequence[bytes]) -> bytes | None:
    """The root that ``proof`` leads to from ``leaf`` at ``index`` of ``count``; None if it has the wrong length."""
    node = sha256(b"\x00" + leaf).digest()
    last = count - 1
    used = 0
    while last:
        if index & 1 or index < last:  # a right child, or a left one with a sibling
            if used == len(proof):
                return None
            sibling = proof[used]
            used += 1
            pair = sibling + node if index & 1 else node + sibling
            node = sha256(b"\x01" + pair).digest()
        index >>= 1
        last >>= 1
    return node if used == len(proof) else None
