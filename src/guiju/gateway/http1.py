"""A small HTTP/1.1 client for the way to the model: httptools parses, this module pools, waits and bounds.

A general client library costs about 100 µs of a core per request here, this one 10 (docs/design/0003-upstream-client.md);
at the gateway's rates that difference is most of what a request costs.
It speaks just what an upstream needs: POST and GET, keep-alive, TLS, chunked and plain bodies. No redirects, no
cookies, no proxies, no retries, no compression.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections import deque
from typing import cast
from urllib.parse import urlsplit

import httptools

from guiju.errors import UpstreamBroken, UpstreamMalformed, UpstreamTimeout, UpstreamUnreachable

HIGH_WATER = 128 * 1024
"""Bytes of one answer held here before the connection is no longer read."""
_LOW_WATER = HIGH_WATER // 2
_HEADER_BYTES = 64 * 1024
_KEEP_ALIVE_S = 4.0  # below the five seconds after which common servers close: a reused connection is alive


class Connection(asyncio.Protocol):
    """One connection, one exchange at a time.

    Attributes:
        status: of the present answer. ``content_type``: its media type, lower case, without parameters.
        length: the announced length of its body, or None.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, read_timeout: float) -> None:
        """``read_timeout``: longest silence of the server, in seconds."""
        self._loop = loop
        self._read_timeout = read_timeout
        self._deadline = 0.0
        self._transport: asyncio.Transport
        self._timer: asyncio.TimerHandle | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._pieces: deque[bytes] = deque()
        self._held = 0
        self._paused = False
        self._error: Exception | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._reset()
        self.idle_since = 0.0

    def _reset(self) -> None:
        self._busy = False
        self._headers_done = False
        self._complete = False
        self._framed = False
        self._keep = False
        self._header_bytes = 0
        self.status = 0
        self.content_type = ""
        self.encoding = b""
        self.length: int | None = None

    # --- asyncio.Protocol --------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is no subclass

    def data_received(self, data: bytes) -> None:
        if not self._busy or self._complete:  # nobody asked: whatever this is, it must not answer the next request
            self.close()
            return
        self._active = self._loop.time()
        if not self._headers_done:  # counted before the parser, which gathers a header without bound
            self._header_bytes += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self._fail(UpstreamMalformed(problem="not HTTP/1.1"))
            self._transport.close()
        if not self._headers_done and self._header_bytes > _HEADER_BYTES:
            self._fail(UpstreamMalformed(problem="headers too large"))
            self._transport.abort()
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._headers_done and not self._framed and exc is None:
            self._complete = True  # a body without a length ends with the connection
        elif not self._complete:
            self._fail(UpstreamBroken())
        self._keep = False
        self._no_timer()
        self._wake()

    # --- httptools ---------------------------------------------------------------------------------------------------

    def on_header(self, name: bytes, value: bytes) -> None:
        name = name.lower()
        if name == b"content-type":
            self.content_type = value.split(b";", 1)[0].strip().lower().decode("latin-1")
        elif name == b"content-length":
            self._framed, self.length = True, int(value) if value.isdigit() else None
        elif name == b"transfer-encoding":
            self._framed = True
        elif name == b"content-encoding":
            self.encoding = value.strip().lower()

    def on_headers_complete(self) -> None:
        self.status = self._parser.get_status_code()
        self._headers_done = self.status >= 200

    def on_body(self, body: bytes) -> None:
        self._pieces.append(body)
        self._held += len(body)
        if self._held > HIGH_WATER and not self._paused:
            self._paused = True
            self._transport.pause_reading()

    def on_message_complete(self) -> None:
        if not self._headers_done:  # an interim answer such as 103: the real one follows
            self._header_bytes = 0
            return
        self._complete = True
        self._keep = self._parser.should_keep_alive()

    # --- one exchange ------------------------------------------------------------------------------------------------

    async def send(self, request: bytes, within: float) -> None:
        """Send a request and wait for the head of its answer, all of which must be there ``within`` seconds.

        Raises:
            UpstreamBroken, UpstreamTimeout, UpstreamMalformed.
        """
        self._reset()
        self._busy = True
        self._active = now = self._loop.time()
        self._deadline = now + within
        if self._timer is None:
            self._timer = self._loop.call_later(min(self._read_timeout, within), self._check_time)
        self._transport.write(request)
        while not self._headers_done:
            await self._wait()
        if self.encoding not in (b"", b"identity"):
            raise UpstreamMalformed(problem="the answer is compressed although that was not asked for")

    async def read(self) -> bytes:
        """The next bytes of the body; empty at its end.

        Raises:
            UpstreamBroken, UpstreamTimeout, UpstreamMalformed.
        """
        while not self._pieces:
            if self._complete:
                return b""
            await self._wait()
        data = self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)
        self._pieces.clear()
        self._held = 0
        if self._paused:
            self._paused = False
            self._active = self._loop.time()  # silence while nobody listened is not the upstream's
            self._transport.resume_reading()
        return data

    def finish(self) -> bool:
        """The exchange is over. True if the connection may serve another one; otherwise it is closed."""
        if self._complete and self._keep and not self._pieces and not self._transport.is_closing():
            self._busy = False
            self.idle_since = self._loop.time()
            return True
        self.close()
        return False

    def close(self) -> None:
        """Close at once, dropping what is unsent."""
        self._no_timer()
        self._keep = False
        self._pieces.clear()
        self._transport.abort()

    @property
    def closing(self) -> bool:
        """Whether the connection is gone or going."""
        return self._transport.is_closing()

    async def _wait(self) -> None:
        if self._error is not None:
            raise self._error
        self._waiter = self._loop.create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None
        if self._error is not None and not self._pieces:
            raise self._error

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _fail(self, error: Exception) -> None:
        if self._error is None:
            self._error = error
        self._wake()

    def _check_time(self) -> None:
        """Whether the server took too long. The timer outlasts its exchange: most end long before it, and the next one
        finds it running."""
        self._timer = None
        if not self._busy:
            return
        now = self._loop.time()
        silence = self._active + self._read_timeout - now
        left = min(max(silence, 1.0) if self._paused else silence, self._deadline - now)
        if left > 0:
            self._timer = self._loop.call_later(left, self._check_time)
            return
        self._fail(UpstreamTimeout())
        self._transport.abort()

    def _no_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class Pool:
    """Connections to one server, reused newest first."""

    def __init__(
        self, url: str, *, connect_timeout: float, read_timeout: float, limit: int, ca_file: str | None
    ) -> None:
        parts = urlsplit(url)
        self._host = parts.hostname or ""
        self._port = parts.port or (443 if parts.scheme == "https" else 80)
        self._tls = ssl.create_default_context(cafile=ca_file) if parts.scheme == "https" else None
        self._connect_timeout, self._read_timeout = connect_timeout, read_timeout
        self._free: list[Connection] = []
        self._room = asyncio.Semaphore(limit)
        self.authority = parts.netloc
        self.base = parts.path.rstrip("/")

    async def acquire(self, within: float) -> Connection:
        """A connection to use for one exchange, after a wait of at most ``within`` seconds where all are in use; give it
        back with :meth:`release`.

        Raises:
            UpstreamUnreachable, UpstreamTimeout.
        """
        if self._room.locked():
            try:
                async with asyncio.timeout(within):
                    await self._room.acquire()
            except TimeoutError:
                raise UpstreamTimeout() from None
        else:
            await self._room.acquire()
        try:
            return self._reusable() or await self._open()
        except BaseException:
            self._room.release()
            raise

    def release(self, connection: Connection) -> None:
        """Give a connection back, whatever state its exchange ended in."""
        self._room.release()
        if connection.finish():
            self._free.append(connection)

    def close(self) -> None:
        """Close what is idle."""
        while self._free:
            self._free.pop().close()

    def _reusable(self) -> Connection | None:
        now = asyncio.get_running_loop().time()
        while self._free:
            connection = self._free.pop()
            if not connection.closing and now - connection.idle_since < _KEEP_ALIVE_S:
                return connection
            connection.close()
        return None

    async def _open(self) -> Connection:
        loop = asyncio.get_running_loop()
        started = time.monotonic()
        try:
            async with asyncio.timeout(self._connect_timeout):
                _, connection = await loop.create_connection(
                    lambda: Connection(loop, self._read_timeout),
                    self._host,
                    self._port,
                    ssl=self._tls,
                    server_hostname=self._host if self._tls else None,
                )
        except TimeoutError as error:
            if time.monotonic() - started < self._connect_timeout * 0.9:  # the system's own, not ours
                raise UpstreamUnreachable() from error
            raise UpstreamTimeout() from error
        except (OSError, ssl.SSLError) as error:
            raise UpstreamUnreachable() from error
        return connection
