"""Bounded load on a gateway: concurrent callers, streaming and not, and what each of them was told."""

from __future__ import annotations

import asyncio
import io
import json
import threading
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp

MESSAGES = [{"role": "user", "content": "请用一句话介绍杭州。"}]


@dataclass
class Told:
    """What callers were told. Shared between threads: only ever appended to.

    Attributes:
        acknowledged: numbers of the exchanges whose answer arrived in full.
        ended: all that ended with an answer of the gateway, by status or error code.
        cut: connections that broke.
    """

    acknowledged: list[str] = field(default_factory=list)
    ended: Counter[str] = field(default_factory=Counter)
    cut: int = 0


@dataclass(frozen=True)
class Reply:
    """One answer as a client sees it."""

    status: int
    body: bytes
    headers: Mapping[str, str]

    @property
    def number(self) -> str:
        return self.headers.get("X-Guiju-Record", "")

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def streamed(self) -> bool:
        return self.headers.get("Content-Type", "").startswith("text/event-stream")

    @property
    def events(self) -> list[Any]:
        """The events of a stream, ``[DONE]`` as a string."""
        data = [line[6:] for line in self.body.decode().split("\n") if line.startswith("data: ")]
        return [piece if piece == "[DONE]" else json.loads(piece) for piece in data]

    @property
    def error(self) -> dict[str, Any]:
        """The error object, of a whole answer or the last event of a stream before ``[DONE]``; empty without one."""
        if not self.streamed:
            return self.json.get("error") or {} if self.status != 200 else {}
        events = self.events
        assert events and events[-1] == "[DONE]", "a stream that did not end properly"
        return (events[-2].get("error") or {}) if len(events) > 1 else {}


class Client:
    """A caller with the key of one integration."""

    def __init__(self, base: str, key: str, session: aiohttp.ClientSession) -> None:
        self._base, self._session = base, session
        self._headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}

    async def ask(self, body: Any = None, path: str = "/v1/chat/completions", **fields: Any) -> Reply:
        """Send a chat (or ``body`` as it is) and read the whole answer."""
        if body is None:
            body = {"model": "guiju-demo", "messages": MESSAGES, **fields}
        data = body if isinstance(body, (bytes, bytearray)) else json.dumps(body).encode()
        payload = io.BytesIO(data) if len(data) > 2**19 else data
        async with self._session.post(self._base + path, data=payload, headers=self._headers) as answer:
            return Reply(answer.status, await answer.read(), answer.headers)


@asynccontextmanager
async def session(seconds: float = 60) -> AsyncIterator[aiohttp.ClientSession]:
    """A session without limits on connections, all of them gone afterwards."""
    shared = aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0), timeout=aiohttp.ClientTimeout(total=seconds), read_bufsize=2**20
    )
    try:
        yield shared
    finally:
        await shared.close()
        await asyncio.sleep(0.02)  # a connection that was refused inside its body closes in a later turn of the loop


def ask(base: str, key: str, body: Any = None, path: str = "/v1/chat/completions", **fields: Any) -> Reply:
    """One request, for tests that need no event loop of their own."""

    async def one() -> Reply:
        async with session() as shared:
            return await Client(base, key, shared).ask(body, path, **fields)

    return asyncio.run(one())


class Load:
    """Callers in a thread of their own, from ``with`` to its end. Every second one streams.

    A caller whose connection breaks or who is refused waits a little and goes on.
    """

    def __init__(self, bases: list[str], key: str, callers: int = 12, **fields: Any) -> None:
        self.told = Told()
        self._bases, self._key, self._callers, self._fields = bases, key, callers, fields
        self._stop = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()))

    def __enter__(self) -> Load:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(120)
        assert not self._thread.is_alive(), "the callers hang"

    async def _run(self) -> None:
        async with session() as shared:
            await asyncio.gather(*[self._call(shared, number) for number in range(self._callers)])

    async def _call(self, shared: aiohttp.ClientSession, number: int) -> None:
        client = Client(self._bases[number % len(self._bases)], self._key, shared)
        streaming = number // len(self._bases) % 2 == 1
        while not self._stop.is_set():
            try:
                reply = await client.ask(stream=streaming, user=f"user-{number % 7}", **self._fields)
            except (aiohttp.ClientError, OSError):
                self.told.cut += 1
                await asyncio.sleep(0.02)
                continue
            self._note(reply)
            if reply.status != 200:
                await asyncio.sleep(0.02)

    def _note(self, reply: Reply) -> None:
        if reply.streamed and not reply.body.endswith(b"data: [DONE]\n\n"):
            self.told.cut += 1
            return
        error = reply.error
        self.told.ended[error.get("code") or str(reply.status)] += 1
        if reply.status == 200 and not error:
            assert reply.number, "an answer without the number of its record"
            self.told.acknowledged.append(reply.number)
