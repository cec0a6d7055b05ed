"""The short way of records through the journal: what it does alone, in company, and when something is in its way."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing

import pytest
from django.db import connection, connections

from guiju.store import express, models
from guiju.store.actor import Actor
from guiju.store.drafts import Draft, Durable
from guiju.store.evidence import verify
from guiju.store.journal.recovery import unstored
from tests.faults.writing import Clock, Writing

pytestmark = pytest.mark.one_database  # the short way is SQLite's


@pytest.fixture
def writing(transactional_db: None) -> Iterator[Writing]:
    service = models.Service.objects.create(slug="chat", name="聊天")
    models.Integration.objects.create(
        id="in-1", name="客服", service=service, owner="王", purpose="assistant", status="approved"
    )
    running = Writing(Clock(), [], short=True)
    running.together([running.draft()])  # the account is known now: what follows is plain
    until_idle(running)
    yield running
    running.stop()
    connections.close_all()


def until_idle(writing: Writing) -> None:
    """The thread answers before it has put its things away; only then is the short way free."""
    way = writing.writer._express
    assert way is not None
    for _ in range(2000):
        if way._idle():
            return
        time.sleep(0.01)
    raise AssertionError("the writer's thread has not come to rest in 20 s")


def stored(writing: Writing) -> int:
    """Records in the database once the writer has ended, all of them proven."""
    writing.stop()
    report = verify(Actor.system("test"))
    assert report.ok, report.problems
    return models.Record.objects.count()


def submit(writing: Writing, drafts: list[Draft], company: int) -> list[asyncio.Future[Durable]]:
    return [writing.writer.submit(draft, writing.loop, company) for draft in drafts]


def finish(writing: Writing, futures: list[asyncio.Future[Durable]]) -> list[Durable]:
    async def all_of_them() -> list[Durable]:
        return await asyncio.wait_for(asyncio.gather(*futures), 20)

    return writing.loop.run_until_complete(all_of_them())


def test_alone_it_is_durable_on_return_and_stored_behind(writing: Writing) -> None:
    [future] = submit(writing, [writing.draft()], 1)
    assert future.done()
    with sqlite3.connect(connection.settings_dict["NAME"]) as other:
        assert unstored(other, connection.settings_dict["NAME"]) == 1 == writing.writer.behind

        async def until_stored() -> None:
            await asyncio.wait_for(asyncio.to_thread(writing.writer.settle), 30)

        writing.loop.run_until_complete(until_stored())
        assert unstored(other, connection.settings_dict["NAME"]) == 0 == writing.writer.behind
        assert other.execute("SELECT COUNT(*) FROM store_record").fetchone() == (2,)
    assert stored(writing) == 2
    assert writing.writer._journal is not None and not writing.writer._journal.path.exists()


def test_company_shares_a_commit(writing: Writing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(express, "_GATHER_S", 20.0)
    submit(writing, [writing.draft()], 1)
    before = writing.writer.commits
    finish(writing, submit(writing, [writing.draft() for _ in range(8)], 8))
    assert writing.writer.commits == before + 1
    assert stored(writing) == 10


def test_nobody_waits_for_company_that_does_not_come(writing: Writing) -> None:
    submit(writing, [writing.draft()], 1)
    finish(writing, submit(writing, [writing.draft() for _ in range(3)], 500))
    assert stored(writing) == 5


def test_a_lock_of_somebody_else_delays_nobody(writing: Writing) -> None:
    with closing(sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        for _ in range(3):
            [future] = submit(writing, [writing.draft()], 1)
            assert future.done()
        holder.rollback()
    assert stored(writing) == 4


@pytest.mark.parametrize("by_thread", [False, True])
def test_a_write_that_fails_goes_the_long_way(
    writing: Writing, monkeypatch: pytest.MonkeyPatch, by_thread: bool
) -> None:
    way, journal = writing.writer._express, writing.writer._journal
    assert way is not None and journal is not None
    submit(writing, [writing.draft()], 1)
    if by_thread:
        way._rest_until = float("inf")

    def refuse(data: bytes, place: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(journal, "write", refuse)
    results = finish(writing, submit(writing, [writing.draft() for _ in range(4)], 4))
    assert len({result.record for result in results}) == 4
    finish(writing, submit(writing, [writing.draft()], 1))
    assert stored(writing) == 7


def test_a_full_journal_sends_the_long_way_and_is_used_again(writing: Writing) -> None:
    journal = writing.writer._journal
    assert journal is not None
    count, way = 1, writing.writer._express
    assert way is not None
    with closing(sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")  # nothing is stored meanwhile
        heavy = [writing.draft()._replace(prompt='[{"text":"' + "长" * 60_000 + '"}]') for _ in range(40)]
        futures = submit(writing, heavy, 1)
        assert futures[0].done() and not futures[-1].done()
        holder.rollback()
    finish(writing, futures)
    count += len(heavy)
    until_idle(writing)
    before = journal.writes
    for _ in range(12):
        finish(writing, submit(writing, [heavy[0]], 1))
        until_idle(writing)
        count += 1
    assert journal.writes > before
    assert stored(writing) == count


def test_everything_mixed(writing: Writing) -> None:
    """Plain ones, heavy ones, violations, alone and in company, through both kinds of commit and many seals."""
    way = writing.writer._express
    assert way is not None
    count = 1
    for round_number in range(12):
        way._rest_until = float("inf") if round_number % 3 == 0 else 0.0
        drafts = [writing.draft() for _ in range(round_number % 5 + 1)]
        if round_number % 2:
            drafts.insert(len(drafts) // 2, writing.draft()._replace(prompt='[{"text":"' + "长" * 70_000 + '"}]'))
        if round_number in (3, 7):
            drafts.append(writing.draft(violation=True))
        finish(writing, submit(writing, drafts, len(drafts)))
        count += len(drafts)
    assert stored(writing) == count
    assert models.Seal.objects.count() >= 3
    assert models.Violation.objects.count() == 2


def test_what_waits_at_the_end_is_still_written(writing: Writing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(express, "_GATHER_S", 20.0)
    submit(writing, [writing.draft()], 1)
    submit(writing, [writing.draft() for _ in range(3)], 500)  # gathering
    assert stored(writing) == 5


def test_the_end_waits_for_a_write_under_way(writing: Writing, monkeypatch: pytest.MonkeyPatch) -> None:
    way, journal = writing.writer._express, writing.writer._journal
    assert way is not None and journal is not None
    opened, write = threading.Event(), journal.write
    monkeypatch.setattr(journal, "write", lambda data, place: opened.wait(60) and write(data, place))
    way._rest_until = float("inf")
    submit(writing, [writing.draft()], 1)
    assert way._writing is not None
    submit(writing, [writing.draft(), writing.draft(violation=True), writing.draft()], 1)  # nothing overtakes it
    opened.set()
    assert stored(writing) == 5
    assert models.Violation.objects.count() == 1
