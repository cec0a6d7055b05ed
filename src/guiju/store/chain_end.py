"""The writing end of one process's chain: where the next record is linked, and what no seal covers yet."""

from __future__ import annotations

import os
import socket
from collections.abc import Sequence

import msgspec
from django.db import transaction

from guiju.evidence.chain import Chain, frontier
from guiju.evidence.merkle import root
from guiju.evidence.record import ChainHead, Commitments, Genesis, decode, encode, new_id
from guiju.evidence.seal import Seal, SealKey, make_seal
from guiju.evidence.vault import Vault
from guiju.store import models
from guiju.store.drafts import Draft
from guiju.store.models.evidence import SEQ_BITS
from guiju.store.moments import moment
from guiju.store.rows import Layout, Row


class ChainEnd:
    """One chain, opened here. Whoever links next owns it alone. Storing and sealing are the writer's thread's alone.

    Attributes:
        name: of the chain. ``number``: in the database.
        stored_count, commits: records stored since the start, and in how many transactions.
    """

    def __init__(self, vault: Vault, at: int) -> None:
        """Open a chain. Raises what the database raised when that is impossible."""
        self._vault = vault
        self.name = name = new_id(at)
        with transaction.atomic():
            self._chain, genesis = Chain.open(name, _frontier(), at, f"{socket.gethostname()}:{os.getpid()}")
            row = models.Chain.objects.create(
                name=name,
                opened_at=moment(at),
                host=socket.gethostname()[:200],
                pid=os.getpid(),
                genesis=genesis.body,
                genesis_hash=genesis.hash,
            )
        self.number = row.id
        self._layout = Layout()
        self._first = row.id << SEQ_BITS
        self._unsealed = [genesis.hash]
        self._sealed_to = -1
        self._last_seal: Seal | None = None
        self.stored_count = 0
        self.commits = 0

    # --- the owner ---------------------------------------------------------------------------------------------------

    @property
    def head(self) -> ChainHead:
        """Where the chain stands."""
        return self._chain.head

    def rewind(self, head: ChainHead) -> None:
        """Go back to ``head``: what was linked after it was not stored."""
        self._chain = Chain(head)

    def link(self, draft: Draft) -> Row:
        """Encrypt the texts of an exchange, link its record to the chain, lay it out in columns."""
        exchange, key = draft.exchange, self._vault.active
        prompt = answer = b""
        if draft.prompt or draft.answer:
            asked = draft.sealed
            if asked is None or asked.key != key:
                asked = self._vault.seal_text(draft.prompt, exchange.id, "prompt")
            answered = self._vault.seal_text(draft.answer, exchange.id, "answer")
            prompt, answer = asked.nonce + asked.ciphertext, answered.nonce + answered.ciphertext
            commitments = Commitments(answer=answered.commitment, prompt=asked.commitment)
            exchange = msgspec.structs.replace(exchange, commitments=commitments)
        link = self._chain.append(encode(exchange))
        return self._layout.row(self._first | link.seq, link.hash, link.body, exchange, key, prompt, answer)

    def stored(self, rows: Sequence[Row]) -> None:
        """Count rows whose transaction was committed."""
        self._unsealed.extend([row.hash for row in rows])
        self.stored_count += len(rows)
        self.commits += 1

    @staticmethod
    def landed(last: Row) -> bool:
        """Whether the last row of a commit is in the database: its answer got lost."""
        found = models.Record.objects.filter(id=last.id).values_list("hash", flat=True).first()
        return found is not None and bytes(found) == last.hash

    # --- seals -------------------------------------------------------------------------------------------------------

    @property
    def unsealed(self) -> int:
        """Records that no seal covers yet."""
        return len(self._unsealed)

    def seal(self, key: SealKey, at: int) -> None:
        """Sign what is not sealed yet and store the signature. Records that arrive meanwhile wait for the next seal."""
        leaves = self._unsealed[:]
        if not leaves:
            return
        first, last = self._sealed_to + 1, self._sealed_to + len(leaves)
        seal = make_seal(key, self._chain.id, first, last, root(leaves), self._last_seal, at)
        models.Seal.objects.update_or_create(
            chain_id=self.number,
            number=seal.number,
            defaults={
                "seq_from": first,
                "seq_to": last,
                "at": moment(at),
                "body": seal.body,
                "signature": seal.signature,
                "key_id": key.id,
            },
        )
        self._last_seal, self._sealed_to = seal, last
        del self._unsealed[: len(leaves)]

    def close(self, at: int) -> None:
        """Note that nothing follows."""
        models.Chain.objects.filter(id=self.number).update(closed_at=moment(at))


def _frontier() -> tuple[ChainHead, ...]:
    """The heads of all chains that no genesis names yet."""
    heads: list[ChainHead] = []
    covered: dict[str, int] = {}
    for chain in models.Chain.objects.iterator():
        genesis = decode(bytes(chain.genesis))
        if isinstance(genesis, Genesis):
            for head in genesis.heads:
                covered[head.chain] = max(covered.get(head.chain, -1), head.seq)
        low = chain.id << SEQ_BITS
        last = (
            models.Record.objects.filter(id__gt=low, id__lt=low + (1 << SEQ_BITS))
            .order_by("-id")
            .values_list("id", "hash")
            .first()
        )
        seq, digest = (last[0] - low, bytes(last[1])) if last else (0, bytes(chain.genesis_hash))
        heads.append(ChainHead(chain=chain.name, hash=digest.hex(), seq=seq))
    return frontier(heads, covered)
