"""Values that no database takes, should one ever get that far: they cost their own exchange and nothing else."""

from __future__ import annotations

from guiju.errors import EvidenceUnwritable
from guiju.evidence.record import Tokens
from guiju.store import models
from guiju.store.actor import Actor
from guiju.store.evidence import verify
from guiju.store.writer import Durable
from tests.faults.writing import Writing


def test_one_among_many(writing: Writing) -> None:
    good = [writing.draft() for _ in range(3)]
    too_many = writing.draft(tokens=Tokens(total=2**70))
    not_text = writing.draft(model="\ud800")
    results = writing.together([good[0], too_many, good[1], not_text, good[2]])
    assert [type(result) for result in results] == [Durable, EvidenceUnwritable, Durable, EvidenceUnwritable, Durable]
    assert writing.writer.healthy
    writing.write()
    writing.stop()
    assert models.Record.objects.count() == 4
    assert verify(Actor.system("test")).ok
