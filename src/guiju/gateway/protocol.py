"""HTTP as the server library speaks it, with bounds on what a client may make it hold or wait for."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from guiju.gateway.wire import Receive

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

    def connection_lost(self, exc: Exception | None) -> None:
        self._no_deadline()
        if self._stall is not None:
            self._stall.cancel()
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
        self._in_head = False
        if self._deadline is not None:
            self._no_deadline()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._arriving = False
        super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self._arriving and not self._in_head and not self.pipeline:
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


def arrived(receive: Receive) -> bool:
    """Whether the whole body of the request behind an ASGI ``receive`` is here already; False where that is not known."""
    cycle = getattr(receive, "__self__", None)  # the server library's own object for one request
    return getattr(cycle, "more_body", True) is False
