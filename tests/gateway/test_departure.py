"""Noticing that a client has gone."""

from __future__ import annotations

import asyncio

import pytest

from guiju.gateway.departure import Departure


class Client:
    """The receiving end of a connection."""

    def __init__(self) -> None:
        self.messages: asyncio.Queue[dict[str, object]] = asyncio.Queue()
        self.asked = 0

    async def receive(self) -> dict[str, object]:
        self.asked += 1
        return await self.messages.get()


async def test_a_short_exchange_never_asks() -> None:
    client = Client()
    with Departure(client.receive) as departure:
        await asyncio.sleep(0)
    await asyncio.sleep(0.15)
    assert client.asked == 0 and not departure.gone


async def test_a_client_that_stays_is_left_in_peace() -> None:
    client = Client()
    with Departure(client.receive) as departure:
        await asyncio.sleep(0.15)
        await client.messages.put({"type": "http.request"})  # a late piece is no departure
        await asyncio.sleep(0.05)
    await client.messages.put({"type": "http.disconnect"})
    await asyncio.sleep(0.02)
    assert client.asked == 2 and not departure.gone
    task = asyncio.current_task()
    assert task is not None and task.cancelling() == 0


async def test_a_client_that_goes_ends_the_exchange() -> None:
    client = Client()
    ended = asyncio.Event()

    async def exchange() -> Departure:
        with Departure(client.receive) as departure:
            try:
                await asyncio.sleep(30)
            except asyncio.CancelledError:
                ended.set()
            return departure

    task = asyncio.create_task(exchange())
    await client.messages.put({"type": "http.disconnect"})
    await asyncio.wait_for(ended.wait(), 5)
    assert (await task).gone


async def test_a_cancelled_exchange_is_no_departure() -> None:
    client = Client()
    departures: list[Departure] = []

    async def exchange() -> None:
        with Departure(client.receive) as departure:
            departures.append(departure)
            await asyncio.sleep(30)

    task = asyncio.create_task(exchange())
    await asyncio.sleep(0.15)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not departures[0].gone
