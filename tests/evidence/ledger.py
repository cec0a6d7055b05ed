"""Small, whole sets of chains to verify, damage and export."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable

from guiju.evidence import (
    Chain,
    ChainHead,
    ChainRow,
    Exchange,
    Link,
    Outcome,
    RecordRow,
    Report,
    Seal,
    SealKey,
    decode,
    encode,
    frontier,
    make_seal,
    verify,
)
from guiju.evidence.merkle import root

KEY = SealKey(bytes(range(32)))
AT = 1_772_000_000_000_000


@dataclasses.dataclass
class Ledger:
    """Chains, records and seals as a store would hold them: open to damage."""

    chains: list[ChainRow] = dataclasses.field(default_factory=list)
    records: list[RecordRow] = dataclasses.field(default_factory=list)
    seals: list[Seal] = dataclasses.field(default_factory=list)
    keys: dict[str, bytes] = dataclasses.field(default_factory=lambda: {KEY.id: KEY.public})

    def seals_of(self, chain: str) -> list[Seal]:
        return [seal for seal in self.seals if seal.chain == chain]

    def verify(self, anchors: Iterable[ChainHead] = (), limit: int = 100) -> Report:
        return verify(self.chains, self.records, self.seals_of, self.keys, anchors=anchors, limit=limit)

    def heads(self) -> list[ChainHead]:
        latest = {row.chain: ChainHead(chain=row.chain, hash=row.hash.hex(), seq=row.seq) for row in self.records}
        return list(latest.values())


def exchange(number: int, **changes: object) -> Exchange:
    """A plain recorded exchange, different for each number."""
    fields: dict[str, object] = {
        "at": AT + number,
        "endpoint": "/v1/chat/completions",
        "id": f"{number:032x}",
        "integration": "shop",
        "outcome": Outcome.COMPLETED,
        "model": "qwen-plus",
    }
    return Exchange(**(fields | changes))  # type: ignore[arg-type]


def build(lengths: Iterable[int], every: int = 3, seal_tail: bool = True) -> Ledger:
    """Chains one after the other with ``lengths`` records after the genesis, a seal over each ``every`` records."""
    ledger = Ledger()
    covered: dict[str, int] = {}
    number = 0
    for index, length in enumerate(lengths):
        name = f"{index:032x}"
        heads = frontier(ledger.heads(), covered)
        covered |= {head.chain: head.seq for head in heads}
        chain, genesis = Chain.open(name, heads, AT + index, "test")
        ledger.chains.append(ChainRow(name, genesis.body))
        links = [genesis]
        ids = [_id_of(genesis)]
        for _ in range(length):
            number += 1
            links.append(chain.append(encode(exchange(number))))
            ids.append(f"{number:032x}")
        ledger.records += [
            RecordRow(link.chain, link.seq, record, link.hash, link.body)
            for link, record in zip(links, ids, strict=True)
        ]
        ledger.seals += seal_all(links, every, seal_tail)
    return ledger


def seal_all(links: list[Link], every: int, seal_tail: bool) -> list[Seal]:
    seals: list[Seal] = []
    for start in range(0, len(links), every):
        part = links[start : start + every]
        if len(part) < every and not seal_tail:
            break
        leaves = root([link.hash for link in part])
        previous = seals[-1] if seals else None
        seals.append(make_seal(KEY, part[0].chain, part[0].seq, part[-1].seq, leaves, previous, AT))
    return seals


def damaged(ledger: Ledger, change: Callable[[Ledger], None]) -> Ledger:
    """A copy of ``ledger`` with ``change`` done to it."""
    copy = Ledger(list(ledger.chains), list(ledger.records), list(ledger.seals), dict(ledger.keys))
    change(copy)
    return copy


def _id_of(link: Link) -> str:
    return decode(link.body).id
