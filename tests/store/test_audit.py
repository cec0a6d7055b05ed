from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.db import transaction

from guiju.evidence import ChainHead
from guiju.store import audit
from guiju.store.actor import Actor
from guiju.store.models import AuditEntry, Integration, Service
from guiju.store.services import integrations, services

pytestmark = pytest.mark.django_db


@pytest.fixture
def entries(system: Actor) -> list[AuditEntry]:
    for number in range(5):
        with audit.one_at_a_time():
            audit.append(
                system, "test.act", None, reason=f"第 {number} 次", detail={"n": number, "on": date(2026, 1, 2)}
            )
    return list(AuditEntry.objects.order_by("id"))


def test_an_untouched_log_verifies(entries: list[AuditEntry]) -> None:
    report = audit.verify()
    assert report.ok
    assert report.entries == 5
    assert report.head == audit.head() == bytes(entries[-1].digest).hex()


def test_an_empty_log_verifies() -> None:
    assert audit.verify().ok
    assert audit.verify().entries == 0


@pytest.mark.parametrize(
    "tamper",
    [
        lambda entry: AuditEntry.objects.filter(pk=entry.pk).update(reason="别的"),
        lambda entry: AuditEntry.objects.filter(pk=entry.pk).update(detail={"n": 99}),
        lambda entry: AuditEntry.objects.filter(pk=entry.pk).update(actor_name="nobody"),
        lambda entry: AuditEntry.objects.filter(pk=entry.pk).update(address="198.51.100.1"),
        lambda entry: AuditEntry.objects.filter(pk=entry.pk).update(digest=bytes(32)),
    ],
)
def test_a_changed_entry_is_named(entries: list[AuditEntry], tamper: Callable[[AuditEntry], object]) -> None:
    tamper(entries[2])
    assert audit.verify().broken == entries[2].pk


def test_a_removed_entry_breaks_the_next_one(entries: list[AuditEntry]) -> None:
    entries[1].delete()
    assert audit.verify().broken == entries[2].pk


def test_a_cut_end_shows_against_a_head_kept_elsewhere(entries: list[AuditEntry]) -> None:
    kept = audit.head()
    anchor = audit.verify().anchor
    assert anchor.hash == kept and audit.verify([anchor]).ok
    entries[-1].delete()
    assert audit.verify().ok
    assert audit.verify().head != kept
    cut = audit.verify([anchor, ChainHead(chain="c1", hash="00" * 32, seq=9)])
    assert not cut.ok and (cut.lost, cut.broken) == (5, None)


def test_a_log_written_anew_shows_against_a_head_kept_elsewhere(entries: list[AuditEntry], system: Actor) -> None:
    anchor = audit.verify().anchor
    AuditEntry.objects.all().delete()
    with audit.one_at_a_time():
        for _ in range(7):
            audit.append(system, "test.act", None)
    assert audit.verify().ok and audit.verify([anchor]).lost == 5


def test_what_both_databases_could_not_keep_alike_is_made_plain(system: Actor) -> None:
    with audit.one_at_a_time():
        entry = audit.append(system, "x", None, reason="a\0b", detail={"f": 0.1, "nul": "\0", "set": {3}, "none": None})
    stored = AuditEntry.objects.get(pk=entry.pk)
    assert stored.detail == {"f": "0.1", "nul": "", "set": [3], "none": None}
    assert audit.verify().ok


def test_the_entry_goes_with_its_act(system: Actor, service: Service) -> None:
    class Stop(Exception):
        pass

    before = AuditEntry.objects.count()
    with pytest.raises(Stop), transaction.atomic():
        services.update(system, service, name="新名")
        assert AuditEntry.objects.count() == before + 1
        raise Stop
    service.refresh_from_db()
    assert service.name == "聊天"
    assert AuditEntry.objects.count() == before


def test_who_from_where_and_what_changed_is_kept(compliance: Actor, integration: Integration) -> None:
    integrations.update(compliance, integration, owner="李")
    entry = AuditEntry.objects.latest("id")
    assert (entry.action, entry.actor, entry.actor_role) == ("integration.update", compliance.user, "compliance")
    assert (entry.object_type, entry.object_id, entry.address) == ("Integration", integration.pk, "192.0.2.7")
    assert entry.detail == {"changed": {"owner": ["王", "李"]}}
