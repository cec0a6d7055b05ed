"""PostgreSQL goes away and comes back under load; connections are cut at the worst moment."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg
import pytest

from tests.faults.load import Load, ask
from tests.faults.plant import Gateway, Plant, serving, until
from tests.postgres import Cluster


def told_of_at_least(load: Load, more: int, code: str = "") -> None:
    """Wait until so many more answers arrived; those acknowledged, or those that ended with ``code``."""

    def count() -> int:
        return load.told.ended[code] if code else len(load.told.acknowledged)

    goal = count() + more
    until(lambda: count() >= goal, f"{more} × {code or 'an answer'}", tell=lambda: str(load.told.ended))


def everything_recorded_once(plant: Plant, load: Load) -> None:
    outcomes = plant.outcomes()  # which also sees what is there twice
    missing = set(load.told.acknowledged) - set(outcomes)
    assert not missing, f"{len(missing)} of {len(load.told.acknowledged)} acknowledged answers have no record"
    plant.verify()


@pytest.mark.parametrize("mode", ["immediate", "fast"])
def test_refuses_while_it_is_away(on_postgres: Plant, cluster: Cluster, mode: str) -> None:
    with serving(on_postgres.with_env(GUIJU_EVIDENCE__ON_LOSS="refuse")) as gateway:
        with Load([gateway.base], on_postgres.key) as load:
            told_of_at_least(load, 50)
            cluster.stop(mode)
            told_of_at_least(load, 50, "GJ-3010")
            assert not gateway.ready() and gateway.get("/health")[0] == 200
            during = len(load.told.acknowledged)
            told_of_at_least(load, 50, "GJ-3010")
            assert len(load.told.acknowledged) == during, "an answer went out while nothing could be recorded"
            cluster.start()
            told_of_at_least(load, 100)
            assert gateway.ready()
        assert set(load.told.ended) == {"200", "GJ-3010"}, load.told.ended
    everything_recorded_once(on_postgres, load)


def test_waits_while_it_is_away(on_postgres: Plant, cluster: Cluster) -> None:
    with serving(on_postgres.with_env(GUIJU_EVIDENCE__ON_LOSS="wait")) as gateway:
        with Load([gateway.base], on_postgres.key) as load:
            told_of_at_least(load, 50)
            cluster.stop()
            until(lambda: not gateway.ready(), "the loss is noticed")
            during = len(load.told.acknowledged)
            time.sleep(1)
            assert len(load.told.acknowledged) == during
            cluster.start()
            told_of_at_least(load, 100)
        assert set(load.told.ended) == {"200"}, "waiting is not refusing"
        assert load.told.cut == 0
    everything_recorded_once(on_postgres, load)


def test_gives_up_waiting_in_the_end(on_postgres: Plant, cluster: Cluster) -> None:
    """What nobody waited for any more is recorded all the same, once that is possible."""
    with serving(on_postgres.with_env(GUIJU_EVIDENCE__ON_LOSS="wait", GUIJU_EVIDENCE__WAIT_S="0.5")) as gateway:
        assert ask(gateway.base, on_postgres.key).status == 200
        cluster.stop()
        whole, stream = (ask(gateway.base, on_postgres.key, stream=stream) for stream in (False, True))
        assert (whole.status, whole.error["code"]) == (503, "GJ-3012")
        assert stream.error["code"] == "GJ-3012" and stream.events[-1] == "[DONE]"
        cluster.start()
        until(gateway.ready, "records are written again")
    assert {whole.number, stream.number} <= set(on_postgres.outcomes())
    on_postgres.verify()


@contextmanager
def connections_cut(plant: Plant, every_s: float) -> Iterator[list[int]]:
    """Meanwhile every connection to the plant's database is cut again and again; how many were."""
    cut: list[int] = [0]
    stop = threading.Event()

    def work() -> None:
        with psycopg.connect(plant.env["GUIJU_DATABASE_URL"], autocommit=True) as connection:
            statement = (
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            while not stop.wait(every_s):
                row = connection.execute(statement).fetchone()
                cut[0] += row[0] if row else 0

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield cut
    finally:
        stop.set()
        thread.join(30)


@pytest.mark.parametrize("on_loss", ["refuse", "wait"])
def test_cut_at_any_moment(on_postgres: Plant, on_loss: str, thorough: int) -> None:
    """Cut at COMMIT too: then nobody knows whether it happened, and it must neither be lost nor done twice."""
    with serving(on_postgres.with_env(GUIJU_EVIDENCE__ON_LOSS=on_loss)) as gateway:
        with Load([gateway.base], on_postgres.key) as load:
            told_of_at_least(load, 20)
            with connections_cut(on_postgres, 0.013) as cut:
                until(lambda: cut[0] >= 30 * thorough, "connections are cut")
            told_of_at_least(load, 50)
        until(gateway.ready, "it is well again")
        if on_loss == "wait":
            assert set(load.told.ended) == {"200"}, load.told.ended
    everything_recorded_once(on_postgres, load)


def test_restarted_while_idle_costs_nobody_an_answer(on_postgres: Plant, cluster: Cluster) -> None:
    with serving(on_postgres) as gateway:
        assert ask(gateway.base, on_postgres.key).status == 200
        cluster.stop("fast")
        cluster.start()
        assert ask(gateway.base, on_postgres.key).status == 200
    on_postgres.verify()


def test_absent_at_the_start(on_postgres: Plant, cluster: Cluster) -> None:
    cluster.stop()
    gateway = Gateway(on_postgres, ready=False)
    try:
        assert gateway.process.wait(60) == 3
    finally:
        gateway.kill()
    assert "GJ-1002" in gateway.printed and "Traceback" not in gateway.printed


def test_silent_without_being_gone(on_postgres: Plant) -> None:
    """A server process that hangs: exchanges end after ``wait_s``, none unrecorded, and all is well when it goes on."""
    with serving(on_postgres.with_env(GUIJU_EVIDENCE__WAIT_S="0.5")) as gateway:
        assert ask(gateway.base, on_postgres.key).status == 200
        pids = [
            row[0] for row in on_postgres.query("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
        ]
        frozen = [pid for pid in pids if _freeze(pid)]
        try:
            reply = ask(gateway.base, on_postgres.key)
            assert (reply.status, reply.error["code"]) == (503, "GJ-3012")
            assert gateway.get("/health")[0] == 200
        finally:
            for pid in frozen:
                with suppress(ProcessLookupError):  # its client gave it up in the meantime
                    os.kill(pid, signal.SIGCONT)
        until(lambda: ask(gateway.base, on_postgres.key).status == 200, "it goes on")
        until(lambda: reply.number in on_postgres.outcomes(), "what was begun is recorded")
    on_postgres.verify()


def _freeze(pid: int) -> bool:
    try:
        os.kill(pid, signal.SIGSTOP)
    except ProcessLookupError:  # the connection that asked
        return False
    return True


def test_told_to_stop_while_it_is_away(on_postgres: Plant, cluster: Cluster) -> None:
    """It ends in good order and in reasonable time; who was still waiting was told that nothing is recorded."""
    env = {"GUIJU_EVIDENCE__ON_LOSS": "wait", "GUIJU_EVIDENCE__WAIT_S": "2"}
    gateway = Gateway(on_postgres.with_env(**env))
    try:
        with Load([gateway.base], on_postgres.key, callers=4) as load:
            told_of_at_least(load, 10)
            cluster.stop()
            until(lambda: not gateway.ready(), "the loss is noticed")
            assert gateway.stop() == 0
    finally:
        gateway.kill()
    assert "Traceback" not in gateway.printed, gateway.printed
    cluster.start()
    everything_recorded_once(on_postgres, load)
