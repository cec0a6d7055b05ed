"""The short way of records into SQLite: what it does alone, in company, and when something is in its way."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, connections

from guiju.store import express, models
from guiju.store.actor import Actor
from guiju.store.drafts import Draft, Durable
from guiju.store.evidence import verify
from guiju.store.express import Express
from tests.faults.writing import Clock, Writing

pytestmark = pytest.mark.skipif(bool(settings.GUIJU.database_url), reason="the short way is SQLite's")


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
        if way._idle() and not way._turn.locked():
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


def test_alone_it_is_durable_on_return(writing: Writing) -> None:
    [future] = submit(writing, [writing.draft()], 1)
    assert future.done()
    with sqlite3.connect(connection.settings_dict["NAME"]) as other:
        assert other.execute("SELECT COUNT(*) FROM store_record").fetchone() == (2,)
    assert stored(writing) == 2


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


def test_a_lock_of_somebody_else_does_not_stop_the_loop(writing: Writing) -> None:
    holder = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None, check_same_thread=False)
    holder.execute("BEGIN IMMEDIATE")
    [future] = submit(writing, [writing.draft()], 1)
    assert not future.done()

    async def turn() -> None:
        for _ in range(10):  # the loop turns while the other one has the lock
            await asyncio.sleep(0.01)
            assert not future.done()
        holder.rollback()
        await future

    writing.loop.run_until_complete(asyncio.wait_for(turn(), 20))
    holder.close()
    assert stored(writing) == 2


class Refusing:
    """A connection whose next commit fails after the rows are in."""

    def __init__(self, driver: sqlite3.Connection) -> None:
        self._driver = driver

    def commit(self) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._driver, name)


@pytest.mark.parametrize("by_thread", [False, True])
def test_a_commit_that_fails_is_made_the_long_way(
    writing: Writing, monkeypatch: pytest.MonkeyPatch, by_thread: bool
) -> None:
    way = writing.writer._express
    assert way is not None
    if by_thread:
        way._rest_until = float("inf")
    real, asked = Express._driver, iter([True])
    monkeypatch.setattr(Express, "_driver", lambda self: Refusing(real(self)) if next(asked, False) else real(self))
    results = finish(writing, submit(writing, [writing.draft() for _ in range(4)], 4))
    assert len({result.record for result in results}) == 4
    finish(writing, submit(writing, [writing.draft()], 1))
    assert stored(writing) == 6


def test_everything_mixed(writing: Writing) -> None:
    """Plain ones, heavy ones, violations, alone and in company, through both kinds of commit and many seals."""
    way = writing.writer._express
    assert way is not None
    count = 1
    for round_number in range(12):
        way._rest_until = float("inf") if round_number % 3 == 0 else 0.0
        way._untidy = 1000 if round_number % 4 == 0 else 0
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
