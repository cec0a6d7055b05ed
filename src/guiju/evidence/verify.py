"""Verification: read the evidence once, front to back, and say what is wrong with it.

Memory does not grow with the number of records: it holds the chains, what their geneses say of one another, and the
path of one Merkle tree. What a verification cannot see is named in the room's README: records cut from the end of a
chain after its last seal, as long as no later genesis and no anchor names them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from hashlib import sha256
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from guiju.errors import RecordUnreadable
from guiju.evidence.chain import ZERO
from guiju.evidence.merkle import Root
from guiju.evidence.problems import Flaw, Log, Problem, Report
from guiju.evidence.record import ChainHead, Genesis, decode
from guiju.evidence.seal import Seal, SealBody, signature_holds

_NEVER = sys.maxsize


class ChainRow(NamedTuple):
    """A chain to verify: its id and genesis body. For a part of a chain, ``first`` is the sequence number at which
    its records begin and ``prev`` the hash of the record before."""

    chain: str
    genesis: bytes
    first: int = 0
    prev: bytes = ZERO


class RecordRow(NamedTuple):
    """A stored record; ``hash`` has 32 bytes, ``body`` is the canonical JSON. Any plain tuple of this shape will do.

    The genesis is the row with ``seq`` 0; its ``id`` is not looked at and may be empty.
    """

    chain: str
    seq: int
    id: str
    hash: bytes
    body: bytes


class _Mark(NamedTuple):
    seq: int
    hash: str
    by: str


def verify(
    chains: Iterable[ChainRow],
    records: Iterable[tuple[str, int, str, bytes, bytes]],
    seals_of: Callable[[str], Iterable[Seal]],
    keys: Mapping[str, bytes],
    *,
    anchors: Iterable[ChainHead] = (),
    partial: bool = False,
    limit: int = 100,
) -> Report:
    """Verify chains, records and seals.

    Args:
        chains: every chain, in any order.
        records: rows shaped as :class:`RecordRow`, each chain's in one piece with ascending ``seq``; chains in any order.
        seals_of: the seals of one chain with ascending number.
        keys: raw Ed25519 public keys by key id; take them from where the database cannot change them.
        anchors: heads noted down earlier outside the database; each must still be there.
        partial: the rows are an excerpt: what geneses and anchors say about records outside it is not held against it.
        limit: how many problems to list; all are counted.
    """
    run = _Run(chains, seals_of, keys, tuple(anchors), partial, Log(limit))
    for chain, rows in groupby(records, key=itemgetter(0)):
        run.take(chain, rows)
    return run.report()


class _Run:
    """One verification from the first row to the report."""

    def __init__(
        self,
        chains: Iterable[ChainRow],
        seals_of: Callable[[str], Iterable[Seal]],
        keys: Mapping[str, bytes],
        anchors: tuple[ChainHead, ...],
        partial: bool,
        log: Log,
    ) -> None:
        self._chains = {row.chain: row for row in chains}
        self._seals_of, self._keys, self._partial, self._log = seals_of, keys, partial, log
        self._heads: dict[str, ChainHead] = {}
        self._records = self._seals = self._unsealed = 0
        self._marks = self._collect_marks(anchors)

    def take(self, chain: str, rows: Iterator[tuple[str, int, str, bytes, bytes]]) -> None:
        """Verify the rows of one chain."""
        listed = self._chains.get(chain)
        if listed is None or chain in self._heads:
            flaw = Flaw.CHAIN_UNKNOWN if listed is None else Flaw.CHAIN_SPLIT
            _, seq, record, _, _ = next(rows)
            self._log.add(Problem(flaw, chain, seq, record=record))
            self._records += 1 + sum(1 for _ in rows)
            return
        self._walk(listed, rows)

    def report(self) -> Report:
        """What was found, once all rows were taken."""
        for chain in self._chains.keys() - self._heads.keys():
            self._log.add(Problem(Flaw.CHAIN_EMPTY, chain))
        for chain in sorted(self._marks.keys() - self._chains.keys()):
            if not self._partial:
                self._log.add(Problem(Flaw.CHAIN_MISSING, chain, by=self._marks[chain][0].by))
        log = self._log
        return Report(
            ok=log.found == 0,
            records=self._records,
            chains=len(self._chains),
            seals=self._seals,
            unsealed=self._unsealed,
            found=log.found,
            problems=tuple(log.kept),
            heads=tuple(self._heads[chain] for chain in sorted(self._heads)),
        )

    def _collect_marks(self, anchors: tuple[ChainHead, ...]) -> dict[str, list[_Mark]]:
        marks: dict[str, list[_Mark]] = {}
        for row in self._chains.values():
            for head in self._genesis_heads(row):
                marks.setdefault(head.chain, []).append(_Mark(head.seq, head.hash, f"chain {row.chain}"))
        for head in anchors:
            marks.setdefault(head.chain, []).append(_Mark(head.seq, head.hash, "an anchor"))
        for found in marks.values():
            found.sort()
        return marks

    def _genesis_heads(self, row: ChainRow) -> tuple[ChainHead, ...]:
        try:
            body = decode(row.genesis)
        except RecordUnreadable:
            body = None
        if isinstance(body, Genesis) and body.chain == row.chain:
            return body.heads
        self._log.add(Problem(Flaw.GENESIS, row.chain, 0))
        return ()

    def _walk(self, row: ChainRow, rows: Iterable[tuple[str, int, str, bytes, bytes]]) -> None:
        """The hot loop: two hashes a record, everything else only where something happens."""
        name, log = row.chain, self._log
        seals = _SealWalk(row, iter(self._seals_of(name)), self._keys, log)
        marks = _MarkWalk(name, row.first, self._marks.get(name, []), log)
        sealed, stop = seals.tree, min(seals.stop, marks.stop)
        expected, prev, other, count = row.first, row.prev, None, 0
        seq = row.first - 1
        for _, seq, record, digest, body in rows:
            count += 1
            if seq != expected:
                if seq < expected:
                    log.add(Problem(_repeat(seq, expected), name, seq, record=record))
                    seq = expected - 1
                    continue
                log.add(Problem(Flaw.MISSING, name, expected, seq - 1))
                other = None  # without the record before it, this one's hash is taken as it stands
            elif (true := sha256(prev + body).digest()) != digest:
                if other is None or sha256(other + body).digest() != digest:
                    log.add(Problem(Flaw.CHANGED, name, seq, seq, record))
                    other = true  # if only the stored hash was changed, the next record continues from the true one
                else:
                    other = None
            elif other is not None:
                other = None
            if seq == 0:
                if body != row.genesis:
                    log.add(Problem(Flaw.GENESIS, name, 0, 0, record))
            elif b'"id":"%b"' % record.encode() not in body:
                log.add(Problem(Flaw.RENAMED, name, seq, seq, record))
            if sealed is not None:
                sealed.add(digest)
            if seq >= stop:
                seals.reach(seq)
                marks.reach(seq, digest, record)
                sealed, stop = seals.tree, min(seals.stop, marks.stop)
            prev, expected = digest, seq + 1
        seals.end(expected - 1)
        if not self._partial:
            marks.end()
        self._records += count
        self._seals += seals.count
        self._unsealed += expected - 1 - seals.covered
        self._heads[name] = ChainHead(chain=name, hash=prev.hex(), seq=expected - 1)


def _repeat(seq: int, expected: int) -> Flaw:
    return Flaw.DUPLICATED if seq == expected - 1 else Flaw.REORDERED


class _MarkWalk:
    """What geneses and anchors say about one chain, in ascending order; ``stop`` is the next place to look."""

    def __init__(self, chain: str, first: int, marks: list[_Mark], log: Log) -> None:
        self._chain, self._log = chain, log
        self._left = [mark for mark in reversed(marks) if mark.seq >= first]

    @property
    def stop(self) -> int:
        return self._left[-1].seq if self._left else _NEVER

    def reach(self, seq: int, digest: bytes, record: str) -> None:
        while self._left and self._left[-1].seq <= seq:
            mark = self._left.pop()
            if mark.seq == seq and mark.hash != digest.hex():  # a skipped record was reported as missing already
                self._log.add(Problem(Flaw.CHAIN_REPLACED, self._chain, seq, seq, record, by=mark.by))

    def end(self) -> None:
        if self._left:
            mark = self._left[0]
            self._log.add(Problem(Flaw.CHAIN_CUT, self._chain, mark.seq, by=mark.by))


class _SealWalk:
    """The seals of one chain beside its records.

    ``tree`` collects the hashes of the records under the current seal, None between seals; ``stop`` is the sequence
    number after which :meth:`reach` must be called.
    """

    def __init__(self, row: ChainRow, seals: Iterator[Seal], keys: Mapping[str, bytes], log: Log) -> None:
        self._row, self._seals, self._keys, self._log = row, seals, keys, log
        self._before: Seal | None = None
        self._body: SealBody | None = None
        self._end = row.first - 1
        self.tree: Root | None = None
        self.count = 0
        self.covered = row.first - 1
        self._load()
        self.reach(row.first - 1)

    @property
    def stop(self) -> int:
        if self._body is None:
            return _NEVER
        return self._body.last if self.tree is not None else self._body.first - 1

    def reach(self, seq: int) -> None:
        """The record ``seq`` was added: close the seals it completes, begin the one that starts after it."""
        while self._body is not None and seq >= self.stop:
            if self.tree is None:
                self.tree = Root()
                if seq < self._body.last:
                    return
            self._close(self._body, self.tree)

    def end(self, seq: int) -> None:
        """The chain's records ended at ``seq``: seals beyond it cover what is gone."""
        while self._body is not None:
            body = self._body
            self._log.add(Problem(Flaw.SEAL_BEYOND, self._row.chain, seq + 1, body.last, seal=body.number))
            self.covered = seq
            self._load()

    def _close(self, body: SealBody, tree: Root) -> None:
        if tree.digest().hex() != body.root:
            self._log.add(Problem(Flaw.SEAL_ROOT, self._row.chain, body.first, body.last, seal=body.number))
        self.covered = body.last
        self.tree = None
        self._load()

    def _load(self) -> None:
        """Take the next readable seal that lies after the last one."""
        self._body = self.tree = None
        for seal in self._seals:
            self.count += 1
            body = self._examine(seal)
            self._before = seal
            if body is not None and self._end < body.first <= body.last:
                self._end = body.last
                self._body = body
                return

    def _examine(self, seal: Seal) -> SealBody | None:
        chain, log = self._row.chain, self._log
        try:
            body = seal.read()
        except RecordUnreadable:
            log.add(Problem(Flaw.SEAL_UNREADABLE, chain, seal=seal.number))
            return None
        public = self._keys.get(body.key)
        if public is None:
            log.add(Problem(Flaw.SEAL_KEY, chain, body.first, body.last, seal=seal.number))
        elif not signature_holds(public, seal):
            log.add(Problem(Flaw.SEAL_SIGNATURE, chain, body.first, body.last, seal=seal.number))
        if not self._continues(seal, body):
            log.add(Problem(Flaw.SEAL_MISSING, chain, body.first, body.last, seal=seal.number))
        return body

    def _continues(self, seal: Seal, body: SealBody) -> bool:
        if (body.chain, body.number) != (self._row.chain, seal.number):
            return False
        if self._before is None:
            excerpt = self._row.first > 0
            return body.first == self._end + 1 and (excerpt or (body.number == 0 and body.previous == ""))
        return (body.number, body.previous, body.first) == (
            self._before.number + 1,
            self._before.hash,
            self._end + 1,
        )
