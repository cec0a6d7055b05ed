"""The gateway as it runs in production, for tests: a server thread on a free port, the test database, real sockets."""

from __future__ import annotations

import asyncio
import http.client
import itertools
import json
import math
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import openai
import uvicorn
from django.db import connection, transaction

from guiju.gateway.app import create_app
from guiju.gateway.protocol import BoundedProtocol
from guiju.gateway.runtime import Runtime
from guiju.settings import (
    EvidenceSettings,
    GatewaySettings,
    MinorsSettings,
    SecondOpinionSettings,
    ServiceSettings,
    Settings,
    UpstreamSettings,
)
from guiju.store import snapshot_version
from guiju.store.actor import Actor
from guiju.store.models import Integration, Record
from guiju.store.services import integrations

SYSTEM = Actor.system("test")
_numbers = itertools.count(1)


class Gateway:
    """One gateway process' worth of application; several may run beside each other on one database.

    ``upstream`` is the address of the model service; empty for the demonstration model. ``minors``: the pools of its minors.
    """

    def __init__(
        self,
        upstream: str,
        *,
        gateway: dict[str, Any] | None = None,
        evidence: dict[str, Any] | None = None,
        second: dict[str, Any] | None = None,
        minors: dict[str, Any] | None = None,
    ):
        model = UpstreamSettings(url=upstream, key="sk-up", models=("m1", "m2")) if upstream else None
        pools = MinorsSettings(**minors) if minors is not None else None
        self.settings = Settings(
            service=(ServiceSettings(slug="chat", name="聊天", upstream=model, minors=pools),) if model else (),
            gateway=GatewaySettings(**{"refresh_s": 0.05, **(gateway or {})}),
            evidence=EvidenceSettings(**(evidence or {})),
            second_opinion=SecondOpinionSettings(**(second or {})),
        )
        self.runtime = Runtime(self.settings)
        self.locked = False
        config = uvicorn.Config(
            create_app(self.runtime), host="127.0.0.1", port=0, loop="uvloop", http=BoundedProtocol, ws="none",
            lifespan="on", access_log=False, log_level="error", timeout_graceful_shutdown=1,
        )  # fmt: skip
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._run, name="gateway", daemon=True)
        self._thread.start()
        wait_for(lambda: self._server.started or not self._thread.is_alive())
        assert self._server.started, "the gateway did not start"
        self.port: int = self._server.servers[0].sockets[0].getsockname()[1]
        self.base = f"http://127.0.0.1:{self.port}"

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=self._server.config.get_loop_factory()) as runner:
            runner.run(self._server.serve())

    def refreshed(self) -> None:
        """Until this gateway decides by what the database holds now."""
        number = snapshot_version.current()
        wait_for(lambda: self.runtime.snapshot.number >= number)

    def settled(self) -> None:
        """Until the database holds every record that is durable; there is nothing to wait for where it takes none."""
        if self.runtime.writer.healthy and not self.locked:
            self.runtime.writer.settle()

    @contextmanager
    def no_record(self) -> Iterator[None]:
        """While inside, no record becomes durable, here or in the database; everything else about the gateway goes on."""
        writer, opened = self.runtime.writer, threading.Event()
        way, journal = writer._express, writer._journal
        if journal is not None and way is not None:
            write, rested = journal.write, way._rest_until
            journal.write = lambda data, place: opened.wait(60) and write(data, place)  # type: ignore[method-assign]
            way._rest_until = math.inf  # so that it is no turn of the loop that waits
        self.locked = True
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                if connection.vendor == "postgresql":
                    cursor.execute("LOCK TABLE store_record IN SHARE MODE")
                else:
                    cursor.execute("UPDATE store_service SET name = name")
                yield
        finally:
            self.locked = False
            opened.set()
            if journal is not None and way is not None:
                journal.write, way._rest_until = write, rested  # type: ignore[method-assign]

    def close(self) -> None:
        """Stop in good order."""
        self._server.should_exit = True
        self._thread.join(20)
        assert not self._thread.is_alive()


@dataclass(frozen=True)
class Reply:
    """An answer read to its end."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def error(self) -> dict[str, Any]:
        """The error object of the answer."""
        found: dict[str, Any] = self.json["error"]
        return found

    @property
    def events(self) -> list[Any]:
        """The events of a stream that ended properly, without its ``[DONE]``."""
        datas = [line[6:] for line in self.body.decode().split("\n") if line.startswith("data: ")]
        assert datas[-1] == "[DONE]" and datas.count("[DONE]") == 1 and self.body.endswith(b"data: [DONE]\n\n")
        return [json.loads(data) for data in datas[:-1]]


@dataclass
class Caller:
    """An integration with its key, and clients that call with it."""

    gateway: Gateway | Elsewhere
    row: Integration
    key: str
    _client: openai.OpenAI | None = field(default=None, repr=False)

    @property
    def openai(self) -> openai.OpenAI:
        """The official client; :func:`close_clients` closes it."""
        if self._client is None or self._client.is_closed():
            self._client = openai.OpenAI(
                base_url=f"{self.gateway.base}/v1", api_key=self.key, max_retries=0, timeout=20
            )
            _connected.append(self)
        return self._client

    def post(self, path: str, body: Any, **headers: str) -> Reply:
        """A plain POST; ``body`` is JSON, or bytes as they are. Underscores in header names stand for dashes."""
        return fetch(self.gateway, "POST", path, body, **{"Authorization": f"Bearer {self.key}", **headers})

    def chat(self, text: str = "你好", *, stream: bool = False, **more: Any) -> Reply:
        """A chat of one turn."""
        body = {"model": "m1", "messages": [{"role": "user", "content": text}], "stream": stream, **more}
        return self.post("/v1/chat/completions", body)

    def update(self, **fields: Any) -> None:
        """Change the integration through the store and wait until the gateway knows."""
        self.row = integrations.update(SYSTEM, self.row, **fields)
        self.gateway.refreshed()

    def records(self) -> list[Record]:
        """Its records, oldest first."""
        self.gateway.settled()
        return list(Record.objects.filter(integration_id=self.row.pk).order_by("id"))


_connected: list[Caller] = []


def close_clients() -> None:
    """Close what the official clients hold open, before chance does."""
    while _connected:
        caller = _connected.pop()
        if caller._client is not None:
            caller._client.close()
            caller._client = None


def new_caller(gateway: Gateway, *, status: str = "approved", **fields: Any) -> Caller:
    """A fresh integration that may call, known to the gateway."""
    row, key = integrations.create(
        SYSTEM, name=f"app-{next(_numbers)}", service="chat", owner="王", purpose="assistant", status=status, **fields
    )
    gateway.refreshed()
    return Caller(gateway, row, key)


def fetch(gateway: Gateway | Elsewhere, method: str, path: str, body: Any = None, **headers: str) -> Reply:
    """One request over a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=20)
    try:
        data = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else None
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, data, {"Content-Type": "application/json", **sent})
        response = connection.getresponse()
        reply = Reply(response.status, response.headers, response.read())
    finally:
        connection.close()
    if isinstance(gateway, Gateway):
        gateway.settled()  # so that a test may look at once for what the answer's record says
    return reply


def wait_for(true: Callable[[], object], seconds: float = 60.0) -> None:
    """Until ``true()`` is; fails after ``seconds``."""
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends, "waited in vain"
        time.sleep(0.01)


def database_url() -> str:
    """The address of the test database, for processes of their own."""
    values = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{values['NAME']}"
    password = f":{values['PASSWORD']}" if values["PASSWORD"] else ""
    return f"postgresql://{values['USER']}{password}@{values['HOST']}:{values['PORT']}/{values['NAME']}"


@dataclass
class Elsewhere:
    """A gateway in a process of its own."""

    port: int

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def settled(self) -> None:
        """Until the database holds every record that is durable."""
        wait_for(lambda: b"guiju_evidence_behind 0\n" in fetch(self, "GET", "/metrics").body)


@contextmanager
def database_process(upstream: str) -> Iterator[Elsewhere]:
    """A gateway on the same database and keys, in a process of its own."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        other = Elsewhere(trial.getsockname()[1])
    command = [sys.executable, "-m", "tests.gateway.process", str(other.port), upstream]
    process = subprocess.Popen(command, env={**os.environ, "GUIJU_DATABASE_URL": database_url()})

    def ready() -> bool:
        assert process.poll() is None, "the gateway did not start"
        try:
            return fetch(other, "GET", "/ready").status == 200
        except OSError:
            return False

    try:
        wait_for(ready, 30)
        yield other
    finally:
        process.terminate()
        process.wait(20)
