"""HTTP as the server library speaks it, with bounds on what a client may make it hold or wait for."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import unquote

import httptools
from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from guiju.gateway.cycle import Cycle

HEAD_BYTES = 64 * 1024
"""Longest request line with headers; the parser itself would gather without end."""
HEAD_S = 30.0
"""Longest time for them to arrive, on a new connection too."""
LINGER_S = 15.0
"""How long the rest of a refused body is still read and dropped, so that the client gets to see its answer."""
STALL_S = 120.0
"""How long a client may take nothing of what it asked for before its connection is cut."""

_TOO_LONG = b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
_TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class BoundedProtocol(HttpToolsProtocol):
    """One connection of a client."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._head_bytes = 0
        self._in_head = True
        self._arriving = False
        self._deadline: asyncio.TimerHandle | None = self.loop.call_later(HEAD_S, self._too_slow)
        self._stall: asyncio.TimerHandle | None = None
        self._idle: asyncio.TimerHandle | None = None
        self._idle_since: float | None = None

    def connection_lost(self, exc: Exception | None) -> None:
        self._no_deadline()
        for timer in (self._stall, self._idle):
            if timer is not None:
                timer.cancel()
        cycle: Any = self.cycle
        if cycle is not None:
            cycle.gone()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._in_head:
            self._head_bytes += len(data)
        super().data_received(data)
        if not self._in_head or self.transport.is_closing():
            return
        if self._head_bytes > HEAD_BYTES:
            self._end(_TOO_LONG)
        elif (
            self._deadline is None and self._arriving
        ):  # a head that came in one piece, as nearly all do, needs no timer
            self._deadline = self.loop.call_later(HEAD_S, self._too_slow)

    def on_message_begin(self) -> None:
        self._in_head = self._arriving = True
        self._head_bytes = 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """A head is whole: its request is served, after those that came before it on this connection."""
        self._in_head = False
        if self._deadline is not None:
            self._no_deadline()
        scope: Any = self.scope
        version = self.parser.get_http_version()
        url = httptools.parse_url(self.url)
        path = url.path.decode("ascii")
        scope["method"] = self.parser.get_method().decode("ascii")
        scope["http_version"] = version
        scope["path"] = unquote(path) if "%" in path else path
        scope["raw_path"], scope["query_string"] = url.path, url.query or b""
        before: Any = self.cycle
        cycle: Any = Cycle(
            scope,
            self.transport,
            self.flow,
            self.server_state.default_headers,
            self.on_response_complete,
            keep_alive=version != "1.0" and self.parser.should_keep_alive(),
            expects_continue=self.expect_100_continue,
        )
        self.cycle = cycle
        if before is None or before.response_complete:
            self._start_asgi_task(cycle, self.app)
        else:
            self.flow.pause_reading()
            self.pipeline.appendleft((cycle, self.app))

    def _start_asgi_task(self, cycle: Any, app: Any) -> None:
        task = self.loop.create_task(cycle.run(app))
        task.add_done_callback(self.tasks.discard)
        self.tasks.add(task)

    def on_body(self, body: bytes) -> None:
        cycle: Any = self.cycle
        if cycle.response_complete:
            return
        cycle.body = cycle.body + body if cycle.body else body
        if len(cycle.body) > HIGH_WATER_LIMIT:
            self.flow.pause_reading()
        cycle.message_event.set()

    def on_message_complete(self) -> None:
        self._arriving = False
        cycle: Any = self.cycle
        if not cycle.response_complete:
            cycle.more_body = False
            cycle.message_event.set()

    def on_response_complete(self) -> None:
        """An answer is whole: the next request of the pipeline is served, or the client's silence begins."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
            return
        self._idle_since = self.loop.time()
        if self._idle is None:
            self._idle = self.loop.call_later(self.timeout_keep_alive, self._check_idle)
        if self._arriving and not self._in_head:
            self._no_deadline()
            self._deadline = self.loop.call_later(LINGER_S, self.transport.close)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._watch(self._unsent())

    def _watch(self, unsent: int) -> None:
        if self._stall is not None:
            self._stall.cancel()
        self._stall = self.loop.call_later(STALL_S, self._stalled, unsent)

    def _stalled(self, unsent: int) -> None:
        """Whether the client took anything since: if not, it is as good as gone, and what it holds is wanted back."""
        left = self._unsent()
        if left and left >= unsent:
            self.transport.abort()
        elif left:
            self._watch(left)

    def _unsent(self) -> int:
        transport: Any = self.transport
        return int(transport.get_write_buffer_size())

    def _unset_keepalive_if_required(self) -> None:
        self._idle_since = None

    def _check_idle(self) -> None:
        """Whether the client has been silent too long. The timer outlasts its silence: most end long before it."""
        self._idle = None
        if self._idle_since is None:
            return
        left = self._idle_since + self.timeout_keep_alive - self.loop.time()
        if left > 0:
            self._idle = self.loop.call_later(left, self._check_idle)
        else:
            self.timeout_keep_alive_handler()

    def timeout_keep_alive_handler(self) -> None:
        """Silence since the last answer: if the client has not even read that, closing would wait for it for ever."""
        super().timeout_keep_alive_handler()
        if unsent := self._unsent():
            self._watch(unsent)

    def _too_slow(self) -> None:
        if not self.transport.is_closing():
            self._end(_TOO_SLOW if self._arriving else b"")

    def _end(self, answer: bytes) -> None:
        """Close, with a last word unless an earlier answer is still under way."""
        if answer and (self.cycle is None or self.cycle.response_complete):
            self.transport.write(answer)
        self.transport.close()

    def _no_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
