"""``kill -9`` under load: whoever got a whole answer finds its record, and the next start needs nobody's help."""

from __future__ import annotations

import os
import random
import signal
import time
from pathlib import Path

import pytest

from tests.faults.load import Load, ask
from tests.faults.plant import Gateway, Plant, free_port, serving, until


def killed_again_and_again(plant: Plant, rounds: int) -> list[str]:
    """Kill a loaded gateway ``rounds`` times; the exchanges that were acknowledged."""
    chance = random.Random(20260114)
    port = free_port()
    acknowledged: list[str] = []
    for _ in range(rounds):
        gateway = Gateway(plant, port=port)
        try:
            with Load([gateway.base], plant.key) as load:
                until(lambda load=load: len(load.told.acknowledged) > 30, "answers arrive")
                time.sleep(chance.uniform(0.0, 0.3))
                gateway.kill()
        finally:
            gateway.kill()
        assert load.told.cut, "nobody was there to notice"
        acknowledged += load.told.acknowledged
    return acknowledged


def test_killed_on_an_embedded_database(plant: Plant, thorough: int) -> None:
    acknowledged = killed_again_and_again(plant, 3 * thorough)
    assert set(acknowledged) <= set(plant.outcomes())
    report = plant.verify()
    assert report["chains"] == 3 * thorough
    with serving(plant) as gateway:
        assert ask(gateway.base, plant.key).status == 200
    assert plant.verify()["records"] >= len(acknowledged) + 1


def test_killed_on_postgres(on_postgres: Plant, thorough: int) -> None:
    acknowledged = killed_again_and_again(on_postgres, 2 * thorough)
    assert set(acknowledged) <= set(on_postgres.outcomes())
    on_postgres.verify()


def test_killed_with_gateway_and_console_in_one_process(plant: Plant) -> None:
    gateway = Gateway(plant, "up")
    with Load([gateway.base], plant.key) as load:
        until(lambda: len(load.told.acknowledged) > 30, "answers arrive")
        gateway.kill()
    assert set(load.told.acknowledged) <= set(plant.outcomes())
    with serving(plant, "up") as again:
        assert "gj-" not in again.printed.split(again.base)[-1]
        assert ask(again.base, plant.key).status == 200
    plant.verify()


@pytest.mark.parametrize("victim", ["worker", "supervisor"])
def test_killed_among_several_workers(on_postgres: Plant, victim: str) -> None:
    gateway = Gateway(on_postgres, "gateway", "--workers", "2")
    workers: set[int] = set()
    try:
        until(lambda: len(children(gateway.process.pid)) >= 2, "two workers run")
        with Load([gateway.base], on_postgres.key) as load:
            until(lambda: len(load.told.acknowledged) > 30, "answers arrive")
            workers = children(gateway.process.pid)
            if victim == "worker":
                os.kill(min(workers), signal.SIGKILL)
                until(
                    lambda: len(children(gateway.process.pid) - {min(workers)}) >= 2, "another worker takes its place"
                )
                told = len(load.told.acknowledged)
                until(lambda: len(load.told.acknowledged) > told + 30, "answers arrive again")
            else:
                gateway.kill()
        if victim == "supervisor":
            until(lambda: not any(running(pid) for pid in workers), "the workers follow")
            again = Gateway(on_postgres, port=gateway.port)
            assert again.stop() == 0
        else:
            assert gateway.stop() == 0
        assert set(load.told.acknowledged) <= set(on_postgres.outcomes())
        on_postgres.verify()
    finally:
        gateway.kill()
        for pid in filter(running, workers):
            os.kill(pid, signal.SIGKILL)


def children(pid: int) -> set[int]:
    """The serving processes below ``pid``; Python's resource tracker is none."""
    found = set()
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes():
                found.add(int(child))
    return found


def running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False
