from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from guiju.cli.doctor import database, evidence, surroundings
from guiju.cli.doctor.examination import Examination, Health, Observation, Patient
from guiju.settings import load
from guiju.store import snapshot_version
from guiju.store.actor import Actor
from guiju.store.models import Chain, GatewayProcess, Record, VerifyRun
from guiju.store.services import users
from tests.cli.conftest import Run, free_port

OK, WARN, FAIL = Health.OK, Health.WARN, Health.FAIL
Look = Callable[[Examination], Observation]


@pytest.fixture
def look() -> Look:
    who = Patient(load(), "127.0.0.1", free_port(), database=True)

    def run(examination: Examination) -> Observation:
        return next(iter(examination.run(who)))

    return run


def test_administrators(look: Look) -> None:
    assert look(database.administrators).health is FAIL
    users.create(Actor.system(), "admin", "system_admin")
    assert look(database.administrators).health is WARN
    users.create(Actor.system(), "audit", "auditor")
    assert look(database.administrators).health is OK


def test_the_vault_opens_every_key(look: Look) -> None:
    from guiju.store import keys
    from guiju.store.models import DataKey

    keys.vault()
    assert look(evidence.vault).facts == {"data_keys": 1}
    DataKey.objects.update(wrapped=b"\0" * 60)
    with pytest.raises(Exception, match="GJ-"):
        look(evidence.vault)


def record(ago: timedelta) -> None:
    chain, _ = Chain.objects.get_or_create(
        name="c",
        defaults={"opened_at": timezone.now(), "host": "h", "pid": 1, "genesis": b"{}", "genesis_hash": b"\0" * 32},
    )
    Record.objects.create(
        id=(chain.id << 40) + Record.objects.count() + 1, at=timezone.now() - ago, integration_id="i", service="chat", model="m",
        endpoint="chat", outcome="ok", prompt_action="pass", flagged=False, labelled=True, content_number="n",
        hash=b"\0" * 32, body=b"{}",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("ago", "health"),
    [
        (timedelta(seconds=1), OK),  # its seal is not due yet
        (timedelta(hours=1), WARN),  # should have been sealed
        (timedelta(hours=-1), WARN),  # of the future: the clock went back
    ],
)
def test_records_are_sealed_in_time(look: Look, ago: timedelta, health: Health) -> None:
    assert look(evidence.evidence).health is OK
    record(ago)
    assert look(evidence.evidence).health is health


@pytest.mark.parametrize(
    ("age", "sound", "health"), [(None, True, WARN), (1, True, OK), (1, False, FAIL), (60, True, WARN)]
)
def test_the_last_verification(guiju: Run, age: int | None, sound: bool, health: Health) -> None:
    record(timedelta())
    if age is not None:
        run = VerifyRun.objects.create(kind="verify", ok=sound, records=1)
        VerifyRun.objects.filter(pk=run.pk).update(at=timezone.now() - timedelta(days=age))
    who = Patient(load(), "127.0.0.1", 1, database=True)
    found = {one.subject: one.health for one in evidence.evidence.run(who)}
    assert found["verification"] is health


def test_gateways_that_run(look: Look) -> None:
    assert look(evidence.gateways).facts == {"running": 0}
    now = timezone.now()
    row = GatewayProcess.objects.create(
        id="g", host="h", pid=1, started_at=now, seen_at=now, snapshot=snapshot_version.current()
    )
    assert look(evidence.gateways).facts == {"running": 1}
    GatewayProcess.objects.filter(pk=row.pk).update(snapshot=0)
    assert look(evidence.gateways).health is WARN
    GatewayProcess.objects.filter(pk=row.pk).update(seen_at=now - timedelta(minutes=5))
    assert look(evidence.gateways).facts == {"running": 0}


def test_the_version_of_the_database(look: Look) -> None:
    from guiju.settings import Database

    settings = load()
    where = Database.parse(settings.database_url, settings.home)
    if connection.vendor == "sqlite":
        where = where.model_copy(update={"name": str(connection.settings_dict["NAME"])})
    seen = database._version(where)
    assert seen.health is OK and seen.facts["engine"] == connection.vendor


def test_the_clock_agrees_with_the_database(look: Look) -> None:
    assert look(surroundings.clock).health is OK
