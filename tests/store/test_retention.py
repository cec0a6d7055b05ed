from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from guiju.errors import TextGone
from guiju.store import evidence, keys
from guiju.store.actor import Actor
from guiju.store.evidence import retention
from guiju.store.models import AuditEntry, DataKey, Record, RecordText

from .evidence_rows import TestChain

pytestmark = pytest.mark.django_db
OLD = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)


def test_due_texts_go_and_the_chain_still_verifies(
    system: Actor, auditor: Actor, compliance: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BATCH", 3)
    chain = TestChain(at=OLD)
    old = [chain.write() for _ in range(7)]
    young = chain.write(at=OLD + timedelta(days=100))
    sweep = evidence.sweep_retention(system, OLD + timedelta(days=200))
    assert sweep.texts == 7
    assert [text.record_id for text in RecordText.objects.all()] == [young.id]
    assert Record.objects.count() == 8
    assert evidence.verify(auditor).ok
    with pytest.raises(TextGone):
        evidence.read_text(compliance, old[0], "核查")
    batches = AuditEntry.objects.filter(action=retention.SWEEP).order_by("id")
    assert [entry.detail["texts"] for entry in batches] == [3, 3, 1]


def test_nothing_goes_before_six_calendar_months_are_over() -> None:
    recorded = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)  # 1 March to 1 September has 184 days, the setting says 183
    assert retention.cutoff(recorded + timedelta(days=184)) <= recorded
    assert retention.cutoff(recorded + timedelta(days=185)) > recorded


def test_sweeping_again_finds_nothing(system: Actor) -> None:
    TestChain(at=OLD).write()
    assert evidence.sweep_retention(system, OLD + timedelta(days=400)).texts == 1
    assert evidence.sweep_retention(system, OLD + timedelta(days=400)).texts == 0


def test_texts_stay_readable_under_a_new_data_key(administrator: Actor, compliance: Actor) -> None:
    old = TestChain().write("旧")
    before = keys.vault().active
    key = evidence.rotate_data_key(administrator)
    new = TestChain().write("新")
    assert keys.vault().active == key.pk != before
    assert RecordText.objects.get(record=new).key_id == key.pk
    assert evidence.read_text(compliance, old, "核查").prompt[0].text == "旧"
    assert evidence.read_text(compliance, new, "核查").prompt[0].text == "新"
    assert DataKey.objects.filter(retired_at=None).get() == key
