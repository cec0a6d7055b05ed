"""A closed-loop load of chat requests over raw connections, cheap enough to share a core with the stub upstream.

Each of ``concurrency`` kept-alive connections sends its next request when its last answer has ended. Every request asks
something new, and every answer is looked at: it must come from the model, and end properly.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

import msgspec

from bench.words import ANSWER_STARTS, prompt

ENOUGH = 10
"""Answers below which a measurement goes on."""

_USERS = 64
_encode = msgspec.json.Encoder().encode
_FIRST = (ANSWER_STARTS.encode(), ANSWER_STARTS.encode("ascii", "backslashreplace"))
_PARTIAL = tuple(piece[: len(piece) // 2] for piece in _FIRST)  # a guard may let the first character out alone


@dataclass(frozen=True)
class Target:
    """Where to send requests, and what must be in every answer beside the model's words."""

    name: str
    port: int
    key: str = ""
    expects: bytes = b""


@dataclass(frozen=True)
class Shape:
    """One kind of load. ``stream`` asks for events; ``model`` may name the paced one."""

    name: str
    concurrency: int
    stream: bool = False
    model: str = "stub-model"


@dataclass
class Answers:
    """What came back while the clock ran. Times in seconds; ``wrong`` counts answers that were not as they must be."""

    total: list[float] = field(default_factory=list)
    first: list[float] = field(default_factory=list)
    wrong: int = 0
    all: int = 0
    example: str = ""

    def quantile(self, share: float, of: str = "total") -> float:
        """A quantile in milliseconds; NaN without answers."""
        values = sorted(getattr(self, of))
        return values[min(len(values) - 1, int(share * len(values)))] * 1000 if values else float("nan")

    def median(self, of: str = "total") -> float:
        """The median in milliseconds; NaN without answers."""
        values = getattr(self, of)
        return statistics.median(values) * 1000 if values else float("nan")


async def run(
    target: Target, shape: Shape, seconds: float, warm: float, *, started: Callable[[], None], ended: Callable[[], None]
) -> Answers:
    """Load ``target`` for ``warm`` seconds unseen, then for ``seconds`` that count, between the two calls.

    A target too slow to give ``ENOUGH`` answers in that time gets up to five times as long.
    """
    load = _Load(target, shape)
    await load.connect()
    await asyncio.sleep(warm)
    load.answers = answers = Answers()
    started()
    await asyncio.sleep(seconds)
    latest = time.perf_counter() + 4 * seconds
    while len(answers.total) < ENOUGH and time.perf_counter() < latest:
        await asyncio.sleep(seconds / 10)
    ended()
    load.answers = Answers()
    load.stop()
    await asyncio.wait_for(load.idle.wait(), 60)
    answers.all = load.finished
    return answers


class _Load:
    def __init__(self, target: Target, shape: Shape) -> None:
        self.target, self.shape = target, shape
        self.answers = Answers()
        self.finished = 0
        self.stopping = False
        self.idle = asyncio.Event()
        self._open = 0
        self._head = (
            f"POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:{target.port}\r\n"
            f"Authorization: Bearer {target.key}\r\nContent-Type: application/json\r\nContent-Length: "
        ).encode()

    async def connect(self) -> None:
        for number in range(self.shape.concurrency):
            await self.open(number)

    async def open(self, number: int) -> None:
        await asyncio.get_running_loop().create_connection(
            lambda: _Connection(self, number), "127.0.0.1", self.target.port
        )
        self._open += 1

    def stop(self) -> None:
        self.stopping = True

    def closed(self) -> None:
        self._open -= 1
        if self._open == 0:
            self.idle.set()

    def request(self, number: int) -> bytes:
        body: dict[str, object] = {
            "model": self.shape.model,
            "messages": [{"role": "user", "content": prompt()}],
            "user": f"user-{number % _USERS}",
        }
        if self.shape.stream:
            body["stream"] = True
        payload = _encode(body)
        return self._head + b"%d\r\n\r\n" % len(payload) + payload


class _Connection(asyncio.Protocol):
    """One client: asks, reads to the end of the answer, asks again."""

    def __init__(self, load: _Load, number: int) -> None:
        self._load, self._number = load, number

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by inheritance
        self._ask()

    def connection_lost(self, exc: Exception | None) -> None:
        self._load.closed()
        if not self._load.stopping:  # a server that closes is asked again on a new connection
            self._load.answers.wrong += 1
            self._load.answers.example = "connection closed"
            asyncio.get_running_loop().create_task(self._load.open(self._number))

    def _ask(self) -> None:
        self._buffer = b""
        self._end = -1
        self._first = 0.0
        request = self._load.request(self._number)
        self._asked = time.perf_counter()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        buffer = self._buffer
        if not self._first and any(piece in buffer for piece in _PARTIAL):
            self._first = time.perf_counter()
        if self._end < 0:
            self._measure(buffer)
        if self._end > 0 and len(buffer) < self._end:
            return
        if self._end == 0 and not buffer.endswith(b"0\r\n\r\n"):
            return
        if self._end >= 0:
            self._finish(buffer)

    def _measure(self, buffer: bytes) -> None:
        """Find out where the answer ends: at a length, or (0) where its last chunk does."""
        end = buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        head = buffer[:end].lower()
        at = head.find(b"content-length:")
        self._end = end + 4 + int(head[at + 15 :].split(b"\r", 1)[0]) if at >= 0 else 0

    def _finish(self, buffer: bytes) -> None:
        now = time.perf_counter()
        load, answers = self._load, self._load.answers
        load.finished += 1
        right = buffer.startswith(b"HTTP/1.1 200") and self._first and load.target.expects in buffer
        if right and (not load.shape.stream or b"data: [DONE]" in buffer):
            answers.total.append(now - self._asked)
            answers.first.append(self._first - self._asked)
        else:
            answers.wrong += 1
            answers.example = buffer[:600].decode("utf-8", "replace")
        if load.stopping:
            self._transport.close()
        else:
            self._ask()
