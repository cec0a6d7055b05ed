"""One request of a connection and its answer, between the server library's parser and an ASGI application.

The library's own cycle writes the head of an answer by itself, checks every header by itself, and tells an application that
its client has gone only when asked. Here the head leaves with the beginning of the body, as ASGI wants it, in one write, and
who has to know of a departure is called.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Sequence
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.flow_control import FlowControl

from guiju.gateway.wire import Header, Receive, Scope, Send

log = logging.getLogger("uvicorn.error")

_STATUS = {status.value: b"HTTP/1.1 %d %b\r\n" % (status, status.phrase.encode("ascii")) for status in HTTPStatus}
_BAD_NAME = re.compile(rb'[\x00-\x1f\x7f()<>@,;:\[\]={} \t\\"]')
_BAD_VALUE = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
_JOINED = 65_536
"""Bytes of a body up to which it is copied to leave together with its head."""


class Cycle:
    """Used on one event loop. The protocol feeds it and asks for its state, the application gets ``receive`` and ``send``.

    Attributes:
        body: what of the request's body has arrived and was not taken. ``more_body``: whether there is more to come.
        disconnected: the client has gone. ``on_gone``: called when it goes before the answer is complete.
        keep_alive: whether the connection may serve another request.
        response_started, response_complete: how far the answer is.
        message_event: set whenever ``receive`` may have something to say.
    """

    __slots__ = (
        "_done",
        "_expected",
        "_expects_continue",
        "_fixed",
        "_flow",
        "_head",
        "_method",
        "_scope",
        "_transport",
        "body",
        "disconnected",
        "keep_alive",
        "message_event",
        "more_body",
        "on_gone",
        "response_complete",
        "response_started",
    )

    def __init__(
        self,
        scope: Scope,
        transport: asyncio.Transport,
        flow: FlowControl,
        fixed: Sequence[Header],
        done: Callable[[], None],
        *,
        keep_alive: bool,
        expects_continue: bool,
    ) -> None:
        """``fixed``: headers of every answer. ``done``: called when the answer is complete. ``expects_continue``: the client
        sends its body only when told to."""
        self._scope, self._transport, self._flow = scope, transport, flow
        self._fixed, self._done = fixed, done
        self._expects_continue = expects_continue
        self._method: str = scope["method"]
        self._head = b""
        self._expected = 0
        """bytes of the answer's body that are still to come; -1: it goes in chunks"""
        self.body = b""
        self.more_body = True
        self.disconnected = False
        self.on_gone: Callable[[], None] | None = None
        self.keep_alive = keep_alive
        self.response_started = self.response_complete = False
        self.message_event = asyncio.Event()

    async def run(self, app: Callable[[Scope, Receive, Send], Awaitable[None]]) -> None:
        """Have the application answer, whatever becomes of it."""
        try:
            await app(self._scope, self.receive, self.send)
        except BaseException:
            log.exception("an application failed")
        else:
            if self.response_complete or self.disconnected:
                return
            log.error("an application gave no whole answer")
        if self.response_started:
            self._transport.close()
        else:
            await self._apologise()

    def gone(self) -> None:
        """The client has gone."""
        if not self.response_complete:
            self.disconnected = True
            if self.on_gone is not None:
                self.on_gone()
        self.message_event.set()

    def whole_body(self) -> bytes | None:
        """The request's body where all of it is here; it is then taken. None where the application has to wait for it."""
        if self.more_body or self.disconnected or self._expects_continue:
            return None
        return self._taken()

    # --- what the application sees -----------------------------------------------------------------------------------

    async def receive(self) -> dict[str, Any]:
        """The next piece of the request's body, or that the client has gone or has its answer."""
        if self._expects_continue and not self._transport.is_closing():
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            self._expects_continue = False
        if not self.disconnected and not self.response_complete:
            self._flow.resume_reading()
            await self.message_event.wait()
            self.message_event.clear()
        if self.disconnected or self.response_complete:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": self._taken(), "more_body": self.more_body}

    def _taken(self) -> bytes:
        """What has arrived of the body. Behind its end reading goes on, else nobody would notice the client leave."""
        body, self.body = self.body, b""
        if not self.more_body and not self._transport.is_closing():
            self._flow.resume_reading()
        return body

    async def send(self, message: Any) -> None:
        """Take the next message of the answer.

        Raises:
            RuntimeError: it is not the one that must come, or breaks HTTP.
        """
        if self._flow.write_paused and not self.disconnected:
            await self._flow.drain()
        if self.disconnected:
            return
        expected = "http.response.body" if self.response_started else "http.response.start"
        if message["type"] != expected or self.response_complete:
            raise RuntimeError(f"{message['type']} where {expected} must come, or after the end")
        if self.response_started:
            self._go_on(message.get("body", b""), last=not message.get("more_body", False))
        else:
            self._begin(message["status"], message.get("headers", ()))

    # --- the answer --------------------------------------------------------------------------------------------------

    def _begin(self, status: int, headers: Sequence[Header]) -> None:
        """Make the head ready; it leaves with the first of the body."""
        self.response_started = True
        self._expects_continue = False
        lines = [_STATUS.get(status) or b"HTTP/1.1 %d \r\n" % status]
        every = [*self._fixed, *headers]
        if _BAD_NAME.search(b"".join([name for name, _ in every])):
            raise RuntimeError("Invalid HTTP header name.")
        if _BAD_VALUE.search(b"".join([value for _, value in every])):
            raise RuntimeError("Invalid HTTP header value.")
        length: int | None = None
        closes = False
        for name, value in every:
            name = name.lower()
            if name == b"content-length" and length is None:
                length = int(value)
            elif name == b"transfer-encoding" and value.lower() == b"chunked":
                length = -1
            elif name == b"connection" and b"close" in [token.strip() for token in value.lower().split(b",")]:
                closes = True
            lines.append(b"%b: %b\r\n" % (name, value))
        if closes:
            self.keep_alive = False
        elif not self.keep_alive:
            lines.append(b"connection: close\r\n")
        if length is None and self._method != "HEAD" and status not in (204, 304):
            length = -1
            lines.append(b"transfer-encoding: chunked\r\n")
        self._expected = 0 if self._method == "HEAD" else length or 0
        lines.append(b"\r\n")
        self._head = b"".join(lines)

    def _go_on(self, body: bytes, *, last: bool) -> None:
        if self._method == "HEAD":
            body = b""
        elif self._expected < 0:
            body = b"%x\r\n%b\r\n" % (len(body), body) if body else b""
            body += b"0\r\n\r\n" if last else b""
        elif len(body) > self._expected:
            raise RuntimeError("Response content longer than Content-Length")
        else:
            self._expected -= len(body)
        self._write(body)
        if last:
            if self._expected > 0:
                raise RuntimeError("Response content shorter than Content-Length")
            self.response_complete = True
            self.message_event.set()
            if not self.keep_alive:
                self._transport.close()
            self._done()

    def _write(self, body: bytes) -> None:
        head, self._head = self._head, b""
        if head and len(body) <= _JOINED:
            self._transport.write(head + body)
            return
        if head:
            self._transport.write(head)
        if body:
            self._transport.write(body)

    async def _apologise(self) -> None:
        headers = [
            (b"content-type", b"text/plain; charset=utf-8"),
            (b"content-length", b"21"),
            (b"connection", b"close"),
        ]
        await self.send({"type": "http.response.start", "status": 500, "headers": headers})
        await self.send({"type": "http.response.body", "body": b"Internal Server Error"})


def cycle_of(receive: Receive) -> Cycle | None:
    """The cycle behind an ASGI ``receive``; None where something else gave it."""
    owner = getattr(receive, "__self__", None)
    return owner if isinstance(owner, Cycle) else None
