"""The way to the model: pooled keep-alive connections, limits on every wait and every size, no retries.

A request that may have reached the model is never sent twice. Redirects are not followed: the address in the settings
is the only one the gateway talks to.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

from guiju.errors import UpstreamTooLarge
from guiju.gateway.http1 import Connection, Pool
from guiju.settings import GatewaySettings, UpstreamSettings

_ERROR_BYTES = 16 * 1024
_MOST_PATHS = 64
"""Paths whose request heads are kept; paths with a name of something in them are as many as there are things."""


class Answer:
    """An upstream answer whose body has not been read yet."""

    __slots__ = ("_connection", "_limit", "status", "streamed")

    def __init__(self, connection: Connection, limit: int) -> None:
        self._connection = connection
        self._limit = limit
        self.status = connection.status
        self.streamed = connection.content_type == "text/event-stream"

    async def body(self) -> bytes:
        """The whole body.

        Raises:
            UpstreamTooLarge, UpstreamBroken, UpstreamTimeout, UpstreamMalformed.
        """
        connection = self._connection
        if connection.length is not None and connection.length > self._limit:
            raise UpstreamTooLarge(limit=self._limit)
        pieces: list[bytes] = []
        size = 0
        while piece := await connection.read():
            size += len(piece)
            if size > self._limit:
                raise UpstreamTooLarge(limit=self._limit)
            pieces.append(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    async def pieces(self) -> AsyncIterator[bytes]:
        """The body as it arrives. The connection is read no faster than pieces are taken."""
        while piece := await self._connection.read():
            yield piece

    async def error_body(self) -> bytes:
        """The first bytes of an error answer."""
        body = b""
        while len(body) < _ERROR_BYTES and (piece := await self._connection.read()):
            body += piece
        return body[:_ERROR_BYTES]


class _Posted:
    """One request under way."""

    __slots__ = ("_connection", "_limit", "_pool", "_request", "_within")

    def __init__(self, pool: Pool, request: bytes, limit: int, within: float) -> None:
        self._pool, self._request, self._limit, self._within = pool, request, limit, within

    async def __aenter__(self) -> Answer:
        connection = self._connection = await self._pool.acquire(self._within)
        try:
            await connection.send(self._request, self._within)
        except BaseException:
            self._pool.release(connection)
            raise
        return Answer(connection, self._limit)

    async def __aexit__(self, *_: object) -> None:
        self._pool.release(self._connection)


class Upstream:
    """One model service."""

    def __init__(self, settings: UpstreamSettings, limits: GatewaySettings) -> None:
        self._limit, self._file_limit = limits.max_answer_bytes, limits.max_file_bytes
        self._within = limits.total_timeout_s
        self._pool = Pool(
            settings.url,
            connect_timeout=limits.connect_timeout_s,
            read_timeout=limits.read_timeout_s,
            limit=limits.max_upstream_connections,
            ca_file=str(settings.ca_file) if settings.ca_file else None,
        )
        lines = [f"Host: {self._pool.authority}", "Accept-Encoding: identity"]
        secret = settings.secret()
        if secret:
            lines.append(f"Authorization: Bearer {secret}")
        self._bare = ("\r\n".join(lines) + "\r\n").encode("latin-1")
        self._headers = b"Content-Type: application/json\r\n" + self._bare
        self._heads: dict[str, bytes] = {}

    @property
    def authority(self) -> str:
        """Host and port as the ``Host`` header names them."""
        return self._pool.authority

    def post(self, path: str, body: bytes, kind: str = "", headers: Mapping[str, str] | None = None) -> _Posted:
        """Send ``body``, JSON or of another media type ``kind``, to ``path`` (below the base address); use as
        ``async with`` for the answer. ``headers``: further ones, for this request alone.

        Leaving before the answer was read closes the connection.

        Raises:
            UpstreamUnreachable, UpstreamTimeout, UpstreamBroken, UpstreamMalformed: on entering.
        """
        head = self._heads.get(path)
        if kind:
            head = self._line("POST", path) + f"Content-Type: {kind}\r\n".encode("latin-1") + self._bare
        elif head is None:
            head = self._line("POST", path) + self._headers
            if len(self._heads) < _MOST_PATHS:
                self._heads[path] = head
        if headers:
            head += "".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode("latin-1")
        return _Posted(
            self._pool, b"%bContent-Length: %d\r\n\r\n%b" % (head, len(body), body), self._limit, self._within
        )

    async def get(self, path: str) -> tuple[int, bytes]:
        """GET ``path``: status and body. Raises what :meth:`post` raises."""
        async with self.fetch("GET", path) as answer:
            return answer.status, await answer.body()

    def fetch(self, method: str, path: str) -> _Posted:
        """Ask for ``path`` without a body; use as :meth:`post`. The answer may be as large as a file."""
        return _Posted(self._pool, self._line(method, path) + self._bare + b"\r\n", self._file_limit, self._within)

    def _line(self, method: str, path: str) -> bytes:
        return f"{method} {self._pool.base}{path} HTTP/1.1\r\n".encode("ascii")

    def close(self) -> None:
        """Close idle connections."""
        self._pool.close()
