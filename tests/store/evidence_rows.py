"""Real evidence for tests: chained, sealed, encrypted and stored as the gateway's writer does it, one call a record."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from django.db import transaction

from guiju.evidence import (
    Chain,
    ChainHead,
    Commitments,
    Exchange,
    LabelEntry,
    Outcome,
    RecordedFinding,
    Verdict,
    encode,
)
from guiju.evidence.merkle import root
from guiju.evidence.record import new_id
from guiju.evidence.seal import Seal, make_seal
from guiju.nouns import Part
from guiju.store import keys, models
from guiju.store.models.evidence import SEQ_BITS
from guiju.store.moments import micros
from guiju.store.rows import Inserter, Layout

START = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)


def verdict(action: str, risk: str = "") -> Verdict:
    """A verdict with one finding where a risk is named."""
    found = (RecordedFinding(detector="words", risk=risk, rule="w-1", score=900),) if risk else ()
    return Verdict(action=action, findings=found, risk=risk, score=900 if risk else 0)


class TestChain:
    """One writer's chain; ``write`` adds a record a second apart from the one before."""

    __test__ = False

    def __init__(self, heads: tuple[ChainHead, ...] = (), at: datetime = START) -> None:
        self._vault = keys.vault()
        self._at = at
        self._chain, genesis = Chain.open(new_id(micros(at)), heads, micros(at), "test:1")
        self.row = models.Chain.objects.create(
            name=self._chain.id, opened_at=at, host="test", pid=1, genesis=genesis.body, genesis_hash=genesis.hash
        )
        self._unsealed = [genesis.hash]
        self._sealed_to = -1
        self._seal: Seal | None = None

    @property
    def head(self) -> ChainHead:
        return self._chain.head

    def write(
        self,
        asked: str = "你好",
        answered: str = "您好",
        *,
        at: datetime | None = None,
        integration: str = "in-1",
        **fields: Any,
    ) -> models.Record:
        """Store one exchange; a text of "" is not kept. Fields are those of `Exchange`."""
        self._at = at or self._at + timedelta(seconds=1)
        stamp = micros(self._at)
        key = new_id(stamp)
        defaults: dict[str, Any] = {
            "service": "chat",
            "endpoint": "chat",
            "model": "m",
            "upstream": "m-1",
            "outcome": Outcome.COMPLETED,
            "prompt": verdict("pass"),
            "answer": verdict("label"),
            "label": LabelEntry(content=key, explicit="ai", implicit=implicit(key), position="start"),
        }
        exchange = Exchange(at=stamp, id=key, integration=integration, **{**defaults, **fields})
        texts = (b"", b"")
        if asked or answered:
            both = ((asked, "prompt"), (answered, "answer"))
            sealed = [self._vault.seal_text(_parts(text), key, part) for text, part in both]
            texts = (sealed[0].nonce + sealed[0].ciphertext, sealed[1].nonce + sealed[1].ciphertext)
            commitments = Commitments(prompt=sealed[0].commitment, answer=sealed[1].commitment)
            exchange = msgspec.structs.replace(exchange, commitments=commitments)
        link = self._chain.append(encode(exchange))
        number = self.row.id << SEQ_BITS | link.seq
        with transaction.atomic():
            Inserter().insert([Layout().row(number, link.hash, link.body, exchange, self._vault.active, *texts)])
        self._unsealed.append(link.hash)
        return models.Record.objects.get(pk=number)

    def seal(self) -> models.Seal:
        """Sign what is not sealed yet."""
        first, last = self._sealed_to + 1, self._sealed_to + len(self._unsealed)
        key = keys.seal_key()
        self._seal = make_seal(key, self._chain.id, first, last, root(self._unsealed), self._seal, micros(self._at))
        self._sealed_to = last
        self._unsealed.clear()
        return models.Seal.objects.create(
            chain=self.row,
            number=self._seal.number,
            seq_from=first,
            seq_to=last,
            at=self._at,
            body=self._seal.body,
            signature=self._seal.signature,
            key_id=key.id,
        )


def implicit(content: str, producer: str = "001191440300123456789X00000") -> str:
    """The seven-key label as the gateway sends it."""
    label = {
        "Label": "1",
        "ContentProducer": producer,
        "ProduceID": content,
        "ReservedCode1": "",
        "ContentPropagator": producer,
        "PropagateID": content,
        "ReservedCode2": "",
    }
    return json.dumps({"AIGC": label}, ensure_ascii=False, separators=(",", ":"))


def _parts(text: str) -> str:
    parts = [Part(where="messages[0].content", text=text, role="user")] if text else []
    return msgspec.json.encode(parts).decode() if parts else ""
