"""Clients that take their time: how long the gateway waits for each part of what they owe it."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import uvicorn

from guiju.gateway import protocol
from tests.faults.plant import free_port, until

PATIENCE_S = 0.3
MIB = 1024 * 1024


class Served:
    """A server in a thread of its own that answers with 32 MiB, and what became of its requests."""

    def __init__(self) -> None:
        self.port = free_port()
        self.ended: list[str] = []
        config = uvicorn.Config(
            self.app,
            port=self.port,
            http=protocol.BoundedProtocol,
            lifespan="off",
            interface="asgi3",
            log_level="error",
            timeout_keep_alive=1,
        )
        self.server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self.server.run)
        self._thread.start()
        until(lambda: self.server.started, "the server listens")

    async def app(self, scope: Any, receive: Callable[[], Any], send: Callable[[Any], Any]) -> None:
        if scope["path"] == "/refuse":  # without reading the body
            await send({"type": "http.response.start", "status": 413, "headers": [(b"content-length", b"0")]})
            await send({"type": "http.response.body"})
            return
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(32):
            await send({"type": "http.response.body", "body": b"x" * MIB, "more_body": True})
            if scope["path"] == "/until-gone":
                await asyncio.sleep(0)
        self.ended.append(scope["path"])
        await send({"type": "http.response.body", "body": b""})

    def connect(self, first: bytes = b"") -> socket.socket:
        client = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        client.sendall(first)
        return client

    def stop(self) -> None:
        self.server.should_exit = True
        self._thread.join(30)


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    for name in ("HEAD_S", "LINGER_S", "STALL_S"):
        monkeypatch.setattr(protocol, name, PATIENCE_S)
    running = Served()
    yield running
    running.stop()


def gone(served: Served) -> bool:
    return not served.server.server_state.connections


def read_to_end(client: socket.socket) -> bytes:
    """What still comes until the server closes, or cuts."""
    found = b""
    try:
        while piece := client.recv(2**20):
            found += piece
    except ConnectionError:
        pass
    return found


def test_a_connection_that_says_nothing(served: Served) -> None:
    with served.connect() as client:
        assert read_to_end(client) == b""


@pytest.mark.parametrize("after", ["first", "later"])
def test_a_head_that_does_not_come_to_its_end(served: Served, after: str) -> None:
    with served.connect() as client:
        if after == "later":
            client.sendall(b"POST /refuse HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
            assert client.recv(2**16).startswith(b"HTTP/1.1 413")
        client.sendall(b"GET / HTTP/1.1\r\nX-Slow: ")
        assert read_to_end(client).startswith(b"HTTP/1.1 408 ")


def test_a_refused_body_that_goes_on_and_on(served: Served) -> None:
    with served.connect(b"POST /refuse HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\n") as client:
        assert client.recv(2**16).startswith(b"HTTP/1.1 413")
        with pytest.raises(ConnectionError):
            for _ in range(200):
                client.sendall(b"x")
                time.sleep(0.02)


def test_a_client_that_takes_nothing(served: Served) -> None:
    with served.connect(b"GET /until-gone HTTP/1.1\r\nHost: a\r\n\r\n") as client:
        client.recv(1000)
        until(lambda: gone(served), "it is given up")


def test_a_client_that_takes_it_slowly(served: Served) -> None:
    """Slow, but taking: it gets everything."""
    size = 0
    with served.connect(b"GET /slowly HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n") as client:
        while piece := client.recv(MIB):
            size += len(piece)
            time.sleep(0.01)
    assert size > 32 * MIB and served.ended == ["/slowly"]
