"""The way to the model: pooled keep-alive connections, limits on every wait and every size, no retries.

A request that may have reached the model is never sent twice. Redirects are not followed: the address in the settings
is the only one the gateway talks to.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp

from guiju.errors import (
    UpstreamBroken,
    UpstreamError,
    UpstreamTimeout,
    UpstreamTooLarge,
    UpstreamUnreachable,
)
from guiju.settings import GatewaySettings, UpstreamSettings

_KEEP_ALIVE_S = 4.0  # below the five seconds after which common servers close, so a reused connection is alive
_ERROR_BYTES = 16 * 1024


class Answer:
    """An upstream answer whose body has not been read yet."""

    def __init__(self, response: aiohttp.ClientResponse, limit: int) -> None:
        self._response = response
        self._limit = limit
        self.status = response.status
        self.streamed = response.content_type == "text/event-stream"

    async def body(self) -> bytes:
        """The whole body.

        Raises:
            UpstreamTooLarge, UpstreamBroken, UpstreamTimeout.
        """
        response = self._response
        if response.content_length is not None and response.content_length <= self._limit:
            with _faults():
                return await response.read()
        pieces: list[bytes] = []
        size = 0
        async for piece in self.pieces():
            size += len(piece)
            if size > self._limit:
                raise UpstreamTooLarge(limit=self._limit)
            pieces.append(piece)
        return b"".join(pieces)

    async def pieces(self) -> AsyncIterator[bytes]:
        """The body as it arrives. The connection is read no faster than pieces are taken."""
        content = self._response.content
        while True:
            with _faults():
                piece = await content.readany()
            if not piece:
                return
            yield piece

    async def error_body(self) -> bytes:
        """The first bytes of an error answer."""
        with _faults():
            return await self._response.content.read(_ERROR_BYTES)


class Upstream:
    """One model service."""

    def __init__(self, settings: UpstreamSettings, limits: GatewaySettings, session: aiohttp.ClientSession) -> None:
        self._base = settings.url
        self._session = session
        self._limit = limits.max_answer_bytes
        secret = settings.secret()
        self._headers = {"Content-Type": "application/json", "Accept-Encoding": "identity"}
        if secret:
            self._headers["Authorization"] = f"Bearer {secret}"
        self._ssl: ssl.SSLContext | bool = ssl.create_default_context(cafile=settings.ca_file) if settings.ca_file else True

    @asynccontextmanager
    async def post(self, path: str, body: bytes) -> AsyncIterator[Answer]:
        """Send ``body`` to ``path`` (below the base address) and yield the answer; leaving early closes the connection.

        Raises:
            UpstreamUnreachable, UpstreamTimeout, UpstreamBroken.
        """
        with _faults(connecting=True):
            response = await self._session.post(
                self._base + path, data=body, headers=self._headers, allow_redirects=False, ssl=self._ssl
            )
        try:
            yield Answer(response, self._limit)
        finally:
            if response.content.at_eof():
                response.release()
            else:
                response.close()

    async def get(self, path: str) -> tuple[int, bytes]:
        """GET ``path``: status and body."""
        with _faults(connecting=True):
            async with self._session.get(
                self._base + path, headers=self._headers, allow_redirects=False, ssl=self._ssl
            ) as response:
                return response.status, await Answer(response, self._limit).body()


def open_session(limits: GatewaySettings) -> aiohttp.ClientSession:
    """The connection pool shared by all upstreams of a process. Proxies of the environment and cookies are ignored."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=limits.max_upstream_connections, keepalive_timeout=_KEEP_ALIVE_S),
        timeout=aiohttp.ClientTimeout(
            total=limits.total_timeout_s,
            sock_connect=limits.connect_timeout_s,
            sock_read=limits.read_timeout_s,
        ),
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
        auto_decompress=False,
        raise_for_status=False,
        read_bufsize=64 * 1024,
        skip_auto_headers=("User-Agent",),
    )


class _faults:
    """Turns faults of the client library into the gateway's own errors."""

    __slots__ = ("_connecting",)

    def __init__(self, *, connecting: bool = False) -> None:
        self._connecting = connecting

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        if error is None or isinstance(error, (UpstreamError, asyncio.CancelledError)):
            return
        if isinstance(error, (aiohttp.ServerTimeoutError, TimeoutError)):
            raise UpstreamTimeout() from error
        if isinstance(error, (aiohttp.ClientConnectorError, aiohttp.ClientConnectorCertificateError)):
            raise UpstreamUnreachable() from error
        if isinstance(error, (aiohttp.ClientError, ConnectionError, ssl.SSLError, OSError)):
            if self._connecting and isinstance(error, ConnectionRefusedError):
                raise UpstreamUnreachable() from error
            raise UpstreamBroken() from error
