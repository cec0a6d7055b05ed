"""Hash chains: one per writer, so that no two processes ever wait for each other.

``hash(n) = SHA-256(hash(n-1) ‖ body(n))``, with 32 zero bytes before the first. The first body of a chain, its
*genesis*, names the heads of all earlier chains that no other genesis has covered yet. Whoever later removes the end of
a closed chain, or a whole chain, contradicts a genesis that is still there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import NamedTuple

from guiju.evidence.record import ChainHead, Genesis, encode, new_id

ZERO = bytes(32)
"""What stands before the first hash of a chain."""


class Link(NamedTuple):
    """One record in its chain; ``prev`` and ``hash`` are 32 bytes, ``body`` the canonical JSON."""

    chain: str
    seq: int
    prev: bytes
    hash: bytes
    body: bytes


def link_hash(prev: bytes, body: bytes) -> bytes:
    """``SHA-256(prev ‖ body)``."""
    return sha256(prev + body).digest()


class Chain:
    """The writing end of one chain. Not for sharing between threads: one writer owns it."""

    __slots__ = ("_hash", "_seq", "id")

    def __init__(self, head: ChainHead) -> None:
        """Continue a chain whose latest record is ``head``."""
        self.id = head.chain
        self._seq = head.seq
        self._hash = bytes.fromhex(head.hash)

    @classmethod
    def open(cls, chain: str, heads: Iterable[ChainHead], at: int, writer: str = "") -> tuple[Chain, Link]:
        """Start a chain and return it with its genesis.

        Args:
            chain: a fresh identifier (:func:`guiju.evidence.record.new_id`).
            heads: the :func:`frontier` of all chains known now.
            at: microseconds UTC.
            writer: which process writes it (host, process id, version); no secret.
        """
        ordered = tuple(sorted(heads, key=lambda head: head.chain))
        body = encode(Genesis(at=at, chain=chain, heads=ordered, id=new_id(at), writer=writer))
        digest = link_hash(ZERO, body)
        opened = cls(ChainHead(chain=chain, hash=digest.hex(), seq=0))
        return opened, Link(chain, 0, ZERO, digest, body)

    def append(self, body: bytes) -> Link:
        """Link ``body`` to the end. The chain moves at once; write the links in the order they were made."""
        prev = self._hash
        self._seq += 1
        self._hash = sha256(prev + body).digest()
        return Link(self.id, self._seq, prev, self._hash, body)

    @property
    def head(self) -> ChainHead:
        """Where the chain stands now."""
        return ChainHead(chain=self.id, hash=self._hash.hex(), seq=self._seq)


def frontier(heads: Iterable[ChainHead], covered: Mapping[str, int]) -> tuple[ChainHead, ...]:
    """The heads that a new genesis must name.

    Args:
        heads: the current head of every chain.
        covered: per chain, the highest sequence number that any existing genesis names.

    A chain whose head is already named needs no second naming: the genesis that names it is itself covered, so the
    list stays as short as the number of chains that moved since.
    """
    return tuple(head for head in heads if covered.get(head.chain, -1) < head.seq)
