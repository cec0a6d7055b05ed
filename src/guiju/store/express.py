"""The short way of records: linked and written to the journal on the event loop's own thread, stored behind.

One synced write of some kilobytes makes a record durable, where a commit of SQLite's writes about ten pages; what waits for it
goes on. The rows go into the database in batches, by the writer's thread. ``docs/design/0006-journal.md`` has the figures.

Whatever could keep the loop waiting or fail goes the long way, through the writer's queue, behind everything that was
written before it: long texts, records with consequences, a journal that is full or fails.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple

from guiju.evidence.record import ChainHead
from guiju.store.chain_end import ChainEnd
from guiju.store.drafts import Draft, Durable, Plain, Waiting
from guiju.store.journal.file import Journal
from guiju.store.journal.frames import frame
from guiju.store.rows import Row

log = logging.getLogger("guiju.evidence")

_LIGHT = 64 * 1024
"""Characters of texts above which encrypting and writing them is not for the loop."""
_MOST_TOKENS = 2**63
"""Where SQLite's integers end: what it would refuse must not be promised."""
_MOST = 64
"""Records in one write."""
_GATHER_S = 0.004
"""Where records come closer together than this, the first one waits so long for those who are being served to come along:
a write costs nearly the same for one record as for sixteen."""
_QUICK_S = 0.001
"""A write that takes no longer than this is made on the loop: handing it to a thread and back would cost as much."""
_SLOW_S = 0.02
"""The same where nobody else is being served."""
_REST_S = 1.0
"""After a write on the loop that took longer, how long a thread makes them."""
_STORE_AFTER_S = 0.05
"""How long a durable record stays out of the database; others that come meanwhile go in with it."""
_MANY = 16
"""Where so many come meanwhile, storing waits once more: a row costs half as much among hundreds as among dozens, and each
round of storing takes the processor's caches from the exchanges under way."""
_STORE_LATEST_S = 0.5
"""But no record stays out for longer."""
_STORE_MOST = 512
"""As many of them go in at once; a half of the journal holds them."""


class Behind(NamedTuple):
    """Rows that are durable, on their way into the database."""

    rows: list[Row]


class _Write(NamedTuple):
    """A frame on its way to the disk. The chain moves no further until it is there."""

    batch: list[Waiting]
    rows: list[Row]
    head: ChainHead
    """where the chain stood before it"""


class Express:
    """Takes the drafts of one event loop. Everything here runs on that loop.

    The chain belongs to this object while the writer's thread has no draft in hand, and to that thread otherwise.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        end: ChainEnd,
        journal: Journal,
        plain: Plain,
        give: Callable[[Waiting | Behind], None],
        idle: Callable[[], bool],
        settled: Callable[[list[Waiting]], None],
        store_most: int = _STORE_MOST,
    ) -> None:
        """
        Args:
            give: hands something to the writer's thread, which takes things in this order.
            idle: whether that thread is well and has no draft in hand or in its queue.
            settled: called with drafts that are durable, once each.
            store_most: durable records that are stored at once, however young.
        """
        self.loop = loop
        self._end, self._journal, self._plain, self._give, self._idle = end, journal, plain, give, idle
        self._settled = settled
        self._store_most = min(store_most, _STORE_MOST)
        self._pending: list[Waiting] = []
        self._behind: list[Row] = []
        self._seen = 0
        """how many of them there were at the last look"""
        self._latest = 0.0
        self._company = 0
        self._timer: asyncio.TimerHandle | None = None
        self._later: asyncio.TimerHandle | None = None
        self._writing: Future[None] | None = None
        self._write: _Write
        self._pool: ThreadPoolExecutor | None = None
        self._closed = False
        self._rest_until = 0.0
        self._flushed = 0.0

    def take(self, waiting: Waiting, company: int) -> bool:
        """Whether this draft comes this way; then its future resolves, possibly before this returns.

        ``company``: how many exchanges are being served, this one included.
        """
        if self._closed:
            return False
        if self._writing is not None:  # whatever it is: nothing overtakes a write that may fail
            self._pending.append(waiting)
            return True
        if not self._idle() or not self._light(waiting.draft):
            self.store()
            return False
        self._pending.append(waiting)
        self._company = company
        self._consider()
        return True

    def store(self) -> None:
        """Hand what is durable to the writer's thread, to be stored before whatever is handed to it next."""
        if self._later is not None:
            self._later.cancel()
            self._later = None
        self._seen = 0
        if self._behind:
            rows, self._behind = self._behind, []
            self._give(Behind(rows))

    def _look(self) -> None:
        """Store, unless so many records come that more of them at once are cheaper."""
        came, self._seen = len(self._behind) - self._seen, len(self._behind)
        self._later = None
        if came < _MANY or self.loop.time() >= self._latest:
            self.store()
        else:
            self._later = self.loop.call_later(_STORE_AFTER_S, self._look)

    def close(self) -> None:
        """Take nothing more; what waits goes the long way."""
        self._closed = True
        if self._writing is not None:
            self._writing.exception()  # wait for it
            self._ended()
        self._hand_over()
        if self._pool is not None:
            self._pool.shutdown()

    def _light(self, draft: Draft) -> bool:
        tokens = draft.exchange.tokens.total
        return draft.weight <= _LIGHT and 0 <= tokens < _MOST_TOKENS and self._plain((draft,))

    def _consider(self) -> None:
        """Write now, or wait a moment for others that are under way."""
        count = len(self._pending)
        if count >= self._company or count >= _MOST or time.monotonic() - self._flushed > _GATHER_S:
            self._flush()
        elif self._timer is None:
            self._timer = self.loop.call_later(_GATHER_S, self._flush)

    def _flush(self) -> None:
        """Link what waits, and write it, or let a thread do that."""
        self._no_timer()
        if self._writing is not None or not self._pending:
            return
        if not self._idle():
            self._hand_over()
            return
        self._flushed = began = time.monotonic()
        batch, self._pending = self._pending[:_MOST], self._pending[_MOST:]
        head = self._end.head
        try:
            rows = [self._end.link(waiting.draft) for waiting in batch]
            data = frame(rows)
            place = self._journal.reserve(len(data), rows[-1].id)
        except Exception as error:  # a value that cannot be written: the long way finds out whose
            log.debug("the long way, because of %s", type(error).__name__)
            place = None
        if place is None:
            self._end.rewind(head)
            self._pending[:0] = batch
            self._hand_over()
        elif began >= self._rest_until:
            self._write_here(_Write(batch, rows, head), data, place)
        else:
            self._write_there(_Write(batch, rows, head), data, place)
        if self._pending and self._writing is None:
            self._consider()

    def _write_here(self, write: _Write, data: bytes, place: int) -> None:
        began = time.monotonic()
        try:
            self._journal.write(data, place)
        except OSError as error:
            self._failed(write, error)
            return
        ended = time.monotonic()
        if ended - began > (_QUICK_S if self._company > 1 else _SLOW_S):
            self._rest_until = ended + _REST_S
        self._written(write)

    def _write_there(self, write: _Write, data: bytes, place: int) -> None:
        if self._pool is None:
            self._pool = ThreadPoolExecutor(1, "guiju-journal")
        self._write = write
        self._writing = done = self._pool.submit(self._journal.write, data, place)
        done.add_done_callback(self._wake)

    def _wake(self, done: Future[None]) -> None:
        """Called on the writing thread."""
        try:
            self.loop.call_soon_threadsafe(self._ended_late, done)
        except RuntimeError:  # the loop is closed: close() saw to it
            log.debug("an event loop ended before its record was durable")

    def _ended_late(self, done: Future[None]) -> None:
        if done is self._writing:
            self._ended()

    def _ended(self) -> None:
        """A write on the other thread is over."""
        done, self._writing = self._writing, None
        error = done.exception() if done is not None else None
        if error is not None:
            self._failed(self._write, error)
            return
        self._written(self._write)
        if self._pending:
            if not self._closed and self._idle() and all(self._light(waiting.draft) for waiting in self._pending):
                self._consider()
            else:
                self._hand_over()

    def _written(self, write: _Write) -> None:
        """The rows are durable: tell everybody, and have them stored some time soon."""
        self._behind += write.rows
        self._settled(write.batch)
        for waiting, row in zip(write.batch, write.rows, strict=True):
            if not waiting.future.done():
                waiting.future.set_result(Durable(row.id, row.hash))
        if len(self._behind) >= self._store_most:
            self.store()
        elif self._later is None:
            self._latest = self.loop.time() + _STORE_LATEST_S - _STORE_AFTER_S
            self._later = self.loop.call_later(_STORE_AFTER_S, self._look)

    def _failed(self, write: _Write, error: BaseException) -> None:
        """The disk refused: from now on everything goes the long way."""
        log.error("the evidence journal fails, records go straight into the database: %s", error)
        self._closed = True
        self._end.rewind(write.head)
        self._pending[:0] = write.batch
        self._hand_over()

    def _hand_over(self) -> None:
        self._no_timer()
        self.store()
        pending, self._pending = self._pending, []
        for waiting in pending:
            self._give(waiting)

    def _no_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
