"""Columns, risks and texts beside the records: a hand that changes one of them is found, lawful deletion is not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection

from guiju.evidence import Report
from guiju.evidence.problems import Flaw
from guiju.store import evidence
from guiju.store.actor import Actor
from guiju.store.evidence import beside, rows
from guiju.store.models import Record, RecordRisk, RecordText
from tests.store.evidence_rows import START, TestChain, verdict

pytestmark = pytest.mark.django_db
Tamper = Callable[[Record], object]


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "PAGE", 3)
    monkeypatch.setattr(beside, "TEXTS", 2)


@pytest.fixture
def chain(db: None) -> TestChain:
    """Eight records; the fifth has two risks, and the seventh keeps no text."""
    made = TestChain()
    for number in range(1, 9):
        texts = ("", "") if number == 7 else ("问", "答")
        made.write(
            *texts, **({"prompt": verdict("block", "A.4.f"), "answer": verdict("", "A.1.h")} if number == 5 else {})
        )
    made.seal()
    return made


def flaws(report: Report) -> list[tuple[Flaw, int]]:
    return [(problem.kind, problem.seq) for problem in report.problems]


def test_nothing_is_found_where_nobody_changed_anything(chain: TestChain, auditor: Actor) -> None:
    report = evidence.verify(auditor)
    assert report.ok, report.problems
    assert report.texts == 7
    assert evidence.verify(auditor, texts=False).texts == 0


def columns(**values: object) -> Tamper:
    return lambda record: Record.objects.filter(pk=record.pk).update(**values)


def text(**values: object) -> Tamper:
    return lambda record: RecordText.objects.filter(pk=record.pk).update(**values)


def swap(record: Record) -> None:
    other = RecordText.objects.get(pk=record.pk - 1)
    text(key_id=other.key_id, prompt=bytes(other.prompt), answer=bytes(other.answer))(record)


@pytest.mark.parametrize(
    ("tamper", "flaw"),
    [
        (columns(flagged=False), Flaw.COLUMNS),
        (columns(account="somebody-else"), Flaw.COLUMNS),
        (columns(labelled=False, explicit_label=""), Flaw.COLUMNS),
        (columns(at=START + timedelta(days=1)), Flaw.COLUMNS),
        (columns(prompt_action="pass"), Flaw.COLUMNS),
        (columns(has_text=False), Flaw.COLUMNS),
        (lambda record: RecordRisk.objects.filter(record=record, risk="A.1.h").delete(), Flaw.COLUMNS),
        (lambda record: RecordRisk.objects.filter(record=record, risk="A.1.h").update(risk="A.1.g"), Flaw.COLUMNS),
        (lambda record: RecordRisk.objects.create(record=record, risk="A.5.a", at=record.at), Flaw.COLUMNS),
        (text(prompt=bytes(60)), Flaw.TEXT_CHANGED),
        (text(answer=b""), Flaw.TEXT_CHANGED),
        (text(key_id="0" * 16), Flaw.TEXT_CHANGED),
        (text(at=START - timedelta(days=400)), Flaw.TEXT_CHANGED),  # retention would delete it early
        (swap, Flaw.TEXT_CHANGED),
        (lambda record: RecordText.objects.filter(pk=record.pk).delete(), Flaw.TEXT_GONE),
    ],
)
def test_what_was_tampered_with_is_named(chain: TestChain, auditor: Actor, tamper: Tamper, flaw: Flaw) -> None:
    tamper(Record.objects.order_by("id")[4])
    report = evidence.verify(auditor)
    assert not report.ok and flaws(report) == [(flaw, 5)]
    assert evidence.verify(auditor, texts=False).ok is (flaw is not Flaw.COLUMNS)
    assert evidence.verify(auditor, limit=1).found == 1


@pytest.mark.one_database  # only SQLite stores what is no time in a column of times
def test_a_time_that_is_none(chain: TestChain, auditor: Actor) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE store_record SET at = 'never' WHERE id & 255 = 5")
    assert flaws(evidence.verify(auditor)) == [(Flaw.COLUMNS, 5)]


def test_a_deletion_on_record_is_no_damage_and_hides_none(chain: TestChain, auditor: Actor) -> None:
    swept = evidence.sweep_retention(Actor.system(), START + timedelta(days=400))
    assert swept.texts == 7
    late = [chain.write("新", "新", at=START + timedelta(days=500)) for _ in range(2)]
    report = evidence.verify(auditor)
    assert report.ok and report.texts == 2
    RecordText.objects.filter(pk=late[1].pk).delete()
    assert flaws(evidence.verify(auditor)) == [(Flaw.TEXT_GONE, 10)]
