"""One request's answer over the wire: as few writes as may be, framed as HTTP wants it, and nothing a header could smuggle in."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest
from uvicorn.protocols.http.flow_control import FlowControl

from guiju.gateway.cycle import Cycle, cycle_of

PLAIN = [(b"Content-Length", b"2")]


class Wire:
    """What goes out."""

    flow: FlowControl

    def __init__(self) -> None:
        self.writes: list[bytes] = []
        self.closed = self.paused = False

    def write(self, data: bytes) -> None:
        self.writes.append(data)

    def close(self) -> None:
        self.closed = True

    def pause_reading(self) -> None:
        self.paused = True

    def resume_reading(self) -> None:
        self.paused = False

    def is_closing(self) -> bool:
        return self.closed


def made(method: str = "POST", *, keep_alive: bool = True) -> tuple[Cycle, Wire, list[bool]]:
    wire, done = Wire(), list[bool]()
    transport = cast(asyncio.Transport, wire)
    wire.flow = FlowControl(transport)
    cycle = Cycle(
        {"method": method}, transport, wire.flow, [(b"date", b"today")], lambda: done.append(True),
        keep_alive=keep_alive, expects_continue=False,
    )  # fmt: skip
    return cycle, wire, done


async def answer(cycle: Cycle, status: int, headers: list[tuple[bytes, bytes]], *bodies: bytes) -> None:
    await cycle.send({"type": "http.response.start", "status": status, "headers": headers})
    for index, body in enumerate(bodies):
        await cycle.send({"type": "http.response.body", "body": body, "more_body": index + 1 < len(bodies)})


async def test_an_answer_is_one_write() -> None:
    cycle, wire, done = made()
    await answer(cycle, 200, PLAIN, b"ok")
    assert wire.writes == [b"HTTP/1.1 200 OK\r\ndate: today\r\ncontent-length: 2\r\n\r\nok"]
    assert done and cycle.response_complete and not wire.closed


@pytest.mark.parametrize(
    ("method", "status", "headers", "bodies", "sent"),
    [
        ("POST", 200, [], (b"ab", b"", b"c"), b"transfer-encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n"),
        ("POST", 200, [], (b"",), b"transfer-encoding: chunked\r\n\r\n0\r\n\r\n"),
        ("HEAD", 200, PLAIN, (b"ok",), b"content-length: 2\r\n\r\n"),
        ("HEAD", 200, [], (b"ok",), b"date: today\r\n\r\n"),
        ("GET", 204, [], (b"",), b"date: today\r\n\r\n"),
        ("GET", 200, [(b"content-length", b"100000")], (b"x" * 100_000,), b"\r\n\r\n" + b"x" * 100_000),
    ],
)
async def test_it_is_framed(
    method: str, status: int, headers: list[tuple[bytes, bytes]], bodies: tuple[bytes, ...], sent: bytes
) -> None:
    cycle, wire, done = made(method)
    await answer(cycle, status, headers, *bodies)
    assert b"".join(wire.writes).endswith(sent) and done


@pytest.mark.parametrize("headers", [[], [(b"connection", b"Keep-Alive, Close")]])
async def test_the_last_answer_says_so_once_and_closes(headers: list[tuple[bytes, bytes]]) -> None:
    cycle, wire, _ = made(keep_alive=bool(headers))
    await answer(cycle, 200, [*PLAIN, *headers], b"ok")
    assert wire.closed and wire.writes[0].lower().count(b"connection: ") == 1


@pytest.mark.parametrize(
    ("headers", "bodies"),
    [
        (PLAIN, (b"long",)),
        (PLAIN, (b"s",)),
        ([(b"x", b"a\r\nset-cookie: b")], (b"",)),
        ([(b"x: a\r\ny", b"b")], (b"",)),
        (PLAIN, (b"ok", b"")),
    ],
)
async def test_what_breaks_http_is_refused(headers: list[tuple[bytes, bytes]], bodies: tuple[bytes, ...]) -> None:
    cycle, _, _ = made()
    with pytest.raises(RuntimeError):
        await answer(cycle, 200, headers, *bodies, *([b""] if len(bodies) == 2 else []))
        await cycle.send({"type": "http.response.body"})


async def test_an_application_that_fails_is_apologised_for() -> None:
    async def app(*_: Any) -> None:
        raise ValueError

    cycle, wire, _ = made()
    await cycle.run(app)
    assert wire.writes[0].startswith(b"HTTP/1.1 500") and wire.closed


async def test_a_departure_is_told_once_and_only_before_the_end() -> None:
    told: list[int] = []
    for ended in (False, True):
        cycle, wire, _ = made()
        cycle.on_gone = lambda: told.append(1)
        if ended:
            await answer(cycle, 200, PLAIN, b"ok")
        cycle.gone()
        assert (await cycle.receive())["type"] == "http.disconnect"
        await answer(cycle, 200, PLAIN, b"ok") if not ended else None
        assert len(wire.writes) == ended
    assert told == [1]


async def test_a_body_that_is_here_is_taken_without_waiting() -> None:
    cycle, _, _ = made()
    assert cycle.whole_body() is None and cycle_of(cycle.receive) is cycle and cycle_of(print) is None  # type: ignore[arg-type]
    cycle.body, cycle.more_body = b"all", False
    assert cycle.whole_body() == b"all"


@pytest.mark.parametrize("whole", [True, False])
async def test_behind_a_large_body_reading_goes_on_so_that_a_departure_is_seen(whole: bool) -> None:
    cycle, wire, _ = made()
    cycle.body, cycle.more_body = b"much", False
    wire.flow.pause_reading()
    cycle.message_event.set()
    taken = cycle.whole_body() if whole else (await cycle.receive())["body"]
    assert taken == b"much" and not wire.paused
