"""Taking request bodies in: each within its size and its time, and all of them together within a share of memory."""

from __future__ import annotations

import asyncio

from guiju.errors import BodyIncomplete, BodyTooIntricate, BodyTooLarge, BodyTooSlow, GatewayBusy
from guiju.gateway.cycle import cycle_of
from guiju.gateway.wire import Receive, Scope, header
from guiju.settings import GatewaySettings

_SMALL = 256 * 1024
_MOST_VALUES = 1_000_000
"""Values in one body. Decoded, the smallest of them takes twenty times the room it takes as text."""


class Intake:
    """The bodies one process holds. Used from one event loop only.

    Attributes:
        held: bytes of the bodies that are being read or whose exchange is under way.
    """

    def __init__(self, limits: GatewaySettings) -> None:
        self._limits = limits
        self.held = 0

    async def read(self, scope: Scope, receive: Receive) -> bytes:
        """The whole request body. The caller gives its room back with :meth:`release`.

        Raises:
            BodyTooLarge: announced or arriving with more bytes than allowed; the rest is not read.
            BodyTooIntricate, BodyTooSlow. BodyIncomplete: the client went away. GatewayBusy: too much is held already.
        """
        limit = self._limits.max_body_bytes
        announced = header(scope, b"content-length")
        if announced.isdigit() and int(announced[:20]) > limit:
            raise BodyTooLarge(limit=limit)
        cycle = cycle_of(receive)
        body = cycle.whole_body() if cycle is not None else None
        if body is not None:  # as nearly always: nothing to wait for
            self._take(len(body), 0, limit)
        else:
            body = await self._gather(receive, limit)
        if len(body) > _SMALL and body.count(b",") + body.count(b"[") + body.count(b"{") > _MOST_VALUES:
            self.release(len(body))
            raise BodyTooIntricate(limit=_MOST_VALUES)
        return body

    def release(self, size: int) -> None:
        """A body of ``size`` bytes is no longer needed."""
        self.held -= size

    async def _gather(self, receive: Receive, limit: int) -> bytes:
        try:
            async with asyncio.timeout(self._limits.body_timeout_s):
                return await self._pieces(receive, limit)
        except TimeoutError:
            raise BodyTooSlow(seconds=self._limits.body_timeout_s) from None

    async def _pieces(self, receive: Receive, limit: int) -> bytes:
        pieces: list[bytes] = []
        size = 0
        try:
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise BodyIncomplete()
                piece: bytes = message.get("body", b"")
                self._take(len(piece), size, limit)
                size += len(piece)
                if not message.get("more_body"):
                    return b"".join([*pieces, piece]) if pieces else piece
                pieces.append(piece)
        except BaseException:
            self.release(size)
            raise

    def _take(self, amount: int, size: int, limit: int) -> None:
        if size + amount > limit:
            raise BodyTooLarge(limit=limit)
        if self.held + amount > self._limits.max_held_bytes:
            raise GatewayBusy()
        self.held += amount
