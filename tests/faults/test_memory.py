"""Memory stays flat: it follows what is under way, not what has been. ``bench/memory.py`` does the same at full length."""

from __future__ import annotations

import asyncio

import pytest

from tests.faults.load import Client, session
from tests.faults.plant import Gateway, Plant, serving, until

MIB = 1024 * 1024


async def requests(gateway: Gateway, count: int, *, stream: bool, at_once: int = 50) -> None:
    """Ask ``count`` times, from accounts that hardly ever come back."""
    left = iter(range(count))

    async def caller(client: Client) -> None:
        for number in left:
            reply = await client.ask(stream=stream, user=f"account-{number}")
            assert reply.status == 200 and not reply.error

    async with session(300) as shared:
        client = Client(gateway.base, gateway.plant.key, shared)
        await asyncio.gather(*[caller(client) for _ in range(at_once)])


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_it_does_not_grow_with_requests(plant: Plant, stream: bool, thorough: int) -> None:
    with serving(plant) as gateway:
        asyncio.run(requests(gateway, 500, stream=stream))  # caches fill, allocators take what they need
        before = gateway.rss()
        asyncio.run(requests(gateway, 1500 * thorough, stream=stream))
        grown = gateway.rss() - before
    assert grown < 16 * MIB, f"{grown / MIB:.1f} MiB"


def test_it_is_given_back_after_many_streams_at_once(plant: Plant) -> None:
    with serving(plant) as gateway:
        asyncio.run(requests(gateway, 400, stream=True, at_once=200))
        before = gateway.rss()
        for _ in range(2):
            asyncio.run(requests(gateway, 400, stream=True, at_once=200))
        grown = gateway.rss() - before
        assert b"guiju_in_flight 0\n" in gateway.get("/metrics")[1]
    assert grown < 16 * MIB, f"{grown / MIB:.1f} MiB"


def test_clients_that_leave_in_the_middle_leave_nothing(plant: Plant) -> None:
    """Hundreds of streams broken off by their clients: recorded as such, and nothing of them stays."""

    async def leave(count: int) -> None:
        async with session() as shared:
            headers = {"Authorization": f"Bearer {plant.key}"}
            body = {"model": "guiju-demo", "stream": True, "messages": [{"role": "user", "content": "介绍杭州。" * 40}]}
            for _ in range(count):
                answer = await shared.post(gateway.base + "/v1/chat/completions", json=body, headers=headers)
                await answer.content.readany()
                answer.close()

    with serving(plant) as gateway:
        asyncio.run(leave(60))
        before = gateway.rss()
        asyncio.run(leave(200))
        until(lambda: b"guiju_in_flight 0\n" in gateway.get("/metrics")[1], "nothing is under way")
        grown = gateway.rss() - before
    assert grown < 16 * MIB, f"{grown / MIB:.1f} MiB"
    assert len(plant.outcomes()) == 260
    plant.verify()
