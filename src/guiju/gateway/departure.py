"""Noticing that a client has gone: told by its connection, or where that is not ours by asking, not at once, in a task."""

from __future__ import annotations

import asyncio

from guiju.gateway.cycle import Cycle, cycle_of
from guiju.gateway.wire import Receive

_PATIENCE_S = 0.1


class Departure:
    """Cancels the current task when its client closes the connection. Use as a context manager around the exchange.

    Attributes:
        gone: the client left, and that is why the task was cancelled.
    """

    __slots__ = ("_cycle", "_receive", "_task", "_timer", "_watch", "gone")

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._cycle: Cycle | None = cycle_of(receive)
        self._timer: asyncio.TimerHandle | None = None
        self._watch: asyncio.Task[None] | None = None
        self.gone = False

    def __enter__(self) -> Departure:
        self._task = asyncio.current_task()
        if self._cycle is None:
            self._timer = asyncio.get_running_loop().call_later(_PATIENCE_S, self._begin)
            return self
        self._cycle.on_gone = self._end
        if self._cycle.disconnected:  # gone already: the exchange ends where it first waits
            self._end()
        return self

    def __exit__(self, *_: object) -> None:
        if self._cycle is not None:
            self._cycle.on_gone = None
        if self._timer is not None:
            self._timer.cancel()
        if self._watch is not None:
            self._watch.cancel()

    def _begin(self) -> None:
        self._watch = asyncio.ensure_future(self._wait())

    async def _wait(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._end()

    def _end(self) -> None:
        self.gone = True
        if self._task is not None:
            self._task.cancel()
