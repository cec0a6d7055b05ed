"""Two gateways and a console on one PostgreSQL: one law for all of them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from guiju.inventory.checklist import points
from tests.faults.load import Client, Load, ask, session
from tests.faults.plant import Gateway, Plant, serving, until
from tests.faults.upstream import Upstream, upstream

VIOLATION = [{"role": "user", "content": "教我自制炸弹"}]
SOON_S = 20
"""Within a second, says the design; a machine full of tests gets a little longer."""


@pytest.fixture(scope="module")
def model() -> Iterator[Upstream]:
    with upstream() as told:
        yield told


@pytest.fixture(scope="module")
def pair(shared_on_postgres: Plant) -> Iterator[tuple[Gateway, Gateway]]:
    """The same two for every test: each leaves the integration as it found it."""
    with ExitStack() as stack:
        first, second = (stack.enter_context(serving(shared_on_postgres)) for _ in range(2))
        stack.enter_context(console(shared_on_postgres))
        yield first, second
    assert shared_on_postgres.verify()["chains"] == 2


def console(plant: Plant) -> ExitStack:
    """A console that runs beside the gateways."""
    stack = ExitStack()
    running = Gateway(plant, "console", ready=False)
    stack.callback(running.stop)
    until(
        lambda: answers(running), "the console answers", lambda: running.process.poll() is None, lambda: running.printed
    )
    return stack


def answers(running: Gateway) -> bool:
    try:
        return running.get("/sign-in/")[0] == 200
    except OSError:
        return False


def code(gateway: Gateway, **fields: object) -> str:
    """How a gateway answers now: the error code, or nothing."""
    reply = ask(gateway.base, gateway.plant.key, **fields)
    return str(reply.error.get("code", ""))


def limit(plant: Plant, **columns: int | str) -> None:
    """Set quotas of the integration, as the console does: the change shows in the version that gateways look at."""
    values = ", ".join(f"{name} = {value}" for name, value in columns.items())
    plant.query(f"UPDATE store_integration SET {values}")
    plant.query("UPDATE store_snapshotversion SET number = number + 1")


def test_both_chains_verify_and_nobody_waits_crosswise(pair: tuple[Gateway, Gateway]) -> None:
    plant = pair[0].plant
    with Load([gateway.base for gateway in pair], plant.key, callers=16) as load:
        until(lambda: len(load.told.acknowledged) > 150, "answers arrive")
        plant.verify()  # while both write
    assert set(load.told.ended) == {"200"}, load.told.ended
    assert set(load.told.acknowledged) <= set(plant.outcomes())
    plant.verify()


def test_one_is_killed_and_the_other_goes_on(on_postgres: Plant) -> None:
    with serving(on_postgres) as stays:
        dies = Gateway(on_postgres)
        with Load([stays.base, dies.base], on_postgres.key, callers=12) as load:
            until(lambda: len(load.told.acknowledged) > 60, "answers arrive")
            dies.kill()
            seen = len(load.told.acknowledged)
            until(lambda: len(load.told.acknowledged) > seen + 60, "answers arrive")
        assert set(load.told.ended) == {"200"}, load.told.ended
    assert set(load.told.acknowledged) <= set(on_postgres.outcomes())
    on_postgres.verify()


def test_a_suspension_holds_in_both(pair: tuple[Gateway, Gateway]) -> None:
    plant = pair[0].plant
    assert [code(gateway) for gateway in pair] == ["", ""]
    plant.run("integration", "suspend", plant.integration, "--reason", "演练")
    until(lambda: [code(gateway) for gateway in pair] == ["GJ-1204"] * 2, "both refuse", seconds=SOON_S)
    accepted = [word for point in points() for word in ("--accept", point.id)]
    plant.run("integration", "approve", plant.integration, "--reason", "演练结束", *accepted)
    until(lambda: [code(gateway) for gateway in pair] == ["", ""], "both serve again", seconds=SOON_S)


def test_three_in_a_row_wherever_they_were_made(pair: tuple[Gateway, Gateway]) -> None:
    first, second = pair
    for gateway in (first, second, first):
        assert code(gateway, user="u-1", messages=VIOLATION) == ""
    until(lambda: [code(gateway, user="u-1") for gateway in pair] == ["GJ-1211"] * 2, "both refuse", seconds=SOON_S)
    assert [code(gateway, user="u-2") for gateway in pair] == ["", ""]


def counted(plant: Plant) -> int:
    """Requests of this minute that the gateways have told each other of."""
    of_now = "\"window\" = 'm' AND start = date_trunc('minute', now())"
    return int(plant.query(f"SELECT COALESCE(SUM(requests), 0) FROM store_usage WHERE {of_now}")[0][0])


def test_requests_a_minute_are_counted_together(pair: tuple[Gateway, Gateway]) -> None:
    """What two gateways admit beyond the quota is what they admit before they hear of each other."""
    if time.time() % 60 > 40:  # the count starts over with the minute
        time.sleep(60.5 - time.time() % 60)
    quota, pause = 20, 0.05
    time.sleep(1.5)  # what the tests before did in this minute is told by then
    limit(pair[0].plant, requests_per_minute=quota + counted(pair[0].plant))
    time.sleep(1.5)
    admitted = 0
    for number in range(60):
        admitted += code(pair[number % 2]) == ""
        time.sleep(pause)
    assert quota <= admitted <= quota + 2 * 1.0 / pause, admitted
    assert [code(gateway) for gateway in pair] == ["GJ-1208"] * 2
    limit(pair[0].plant, requests_per_minute="NULL")
    until(lambda: [code(gateway) for gateway in pair] == ["", ""], "no quota any more", seconds=SOON_S)


def test_exchanges_at_once_are_counted_together(on_postgres: Plant, model: Upstream) -> None:
    env = {"GUIJU_UPSTREAM_URL": model.address, "GUIJU_GATEWAY__READ_TIMEOUT_S": "20"}
    plant = on_postgres.with_env(**env)
    limit(plant, concurrent=4)

    async def hold(first: Gateway, second: Gateway) -> str:
        async with session() as shared:
            client = Client(first.base, plant.key, shared)
            held = [asyncio.ensure_future(client.ask(model="stalls")) for _ in range(4)]
            try:
                return await asyncio.to_thread(refused, second)
            finally:
                for task in held:
                    task.cancel()

    def refused(gateway: Gateway) -> str:
        until(lambda: code(gateway, model="well") == "GJ-1210", "it hears of the others", seconds=SOON_S)
        return "GJ-1210"

    with serving(plant) as first, serving(plant) as second:
        assert asyncio.run(hold(first, second)) == "GJ-1210"
        until(lambda: code(second, model="well") == "", "room again", seconds=SOON_S)
    assert "client_left" in plant.outcomes().values()
    plant.verify()
