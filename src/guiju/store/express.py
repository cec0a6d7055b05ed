"""The short way of records into SQLite: inserted on the event loop's own thread, committed there or by the writer's.

Two busy threads of one interpreter cost each other more than the work they share out: each statement gives up the
interpreter lock and has to win it back. So plain records are linked and inserted between two turns of the loop, and only
the commit, which waits for the disk, goes to the writer's thread; where nobody else is being served it is made at once,
and the loop does not turn at all. ``docs/design/0004-short-way.md`` has the figures.

Whatever could keep the loop waiting or fail goes the long way, through the writer's queue: a lock somebody else holds,
a full disk, long texts, records with consequences.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from typing import NamedTuple

from django.db import connection

from guiju.evidence.record import ChainHead
from guiju.store.chain_end import ChainEnd
from guiju.store.drafts import Durable, Plain, Waiting
from guiju.store.rows import Inserter, Row

log = logging.getLogger("guiju.evidence")

_LIGHT = 64 * 1024
"""Characters of texts above which encrypting and writing them is not for the loop."""
_MOST = 64
"""Records in one commit."""
_GATHER_S = 0.004
"""Where records come closer together than this, the first one waits so long for those who are being served to come along:
a commit costs nearly the same for one record as for sixteen."""
_QUICK_S = 0.001
"""A commit that takes no longer than this is made on the loop: handing it to a thread and back would cost as much."""
_SLOW_S = 0.02
"""The same where nobody else is being served."""
_REST_S = 1.0
"""After a commit on the loop that took longer, how long the thread makes them."""
_TIDY_AFTER = 512
"""Records after which the write-ahead log is copied into the database, by the writer's thread; SQLite would do it on the
loop, in the middle of some commit."""
_OURS = "PRAGMA wal_autocheckpoint = 0; PRAGMA foreign_keys = OFF"
"""A text and its record go in together, so that checking one against the other, a sixth of an insertion, finds nothing."""


class Commit(NamedTuple):
    """Rows inserted and not yet committed. The writer's thread does that; the chain is its own until then."""

    express: Express
    driver: sqlite3.Connection
    batch: list[Waiting]
    rows: list[Row]
    head: ChainHead
    """where the chain stood before them"""
    tidy: bool
    """whether the write-ahead log is to be copied into the database afterwards"""


class Express:
    """Takes the drafts of one event loop. Everything here runs on that loop, except where said otherwise.

    The chain belongs to this object while the writer's thread is idle, and to that thread otherwise.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        end: ChainEnd,
        plain: Plain,
        give: Callable[[Waiting | Commit], None],
        idle: Callable[[], bool],
        turn: threading.Lock,
        seal_after: int,
    ) -> None:
        """
        Args:
            give: hands something to the writer's thread. ``idle``: whether that has nothing in hand or in its queue.
            turn: held from the first insertion to the end of the commit; that thread holds it to seal.
            seal_after: records after which that thread is to have the chain, and seal.
        """
        self._loop, self._end, self._plain, self._give, self._idle = loop, end, plain, give, idle
        self._turn, self._seal_after = turn, seal_after
        self._inserter = Inserter()
        self._file: str = str(connection.settings_dict["NAME"])
        self._prepare: str = connection.settings_dict["OPTIONS"]["init_command"]
        self._connection: sqlite3.Connection | None = None
        self._pending: list[Waiting] = []
        self._company = 0
        self._timer: asyncio.TimerHandle | None = None
        self._committing = False
        self._closed = False
        self._rest_until = 0.0
        self._untidy = 0
        self._flushed = 0.0

    def take(self, waiting: Waiting, company: int) -> bool:
        """Whether this draft goes the short way; then its future resolves, possibly before this returns.

        ``company``: how many exchanges are being served, this one included.
        """
        draft = waiting.draft
        if self._closed or draft.weight > _LIGHT or not (self._committing or self._idle()) or not self._plain((draft,)):
            return False
        self._pending.append(waiting)
        self._company = company
        if not self._committing:
            self._consider()
        return True

    def close(self) -> None:
        """Take nothing more; what waits goes the long way."""
        self._closed = True
        if not self._committing:
            self._hand_over()
            self._disconnect()

    def _consider(self) -> None:
        """Commit now, or wait a moment for others that are under way."""
        count = len(self._pending)
        if count >= self._company or count >= _MOST or time.monotonic() - self._flushed > _GATHER_S:
            self._flush()
        elif self._timer is None:
            self._timer = self._loop.call_later(_GATHER_S, self._flush)

    def _flush(self) -> None:
        """Insert what waits, and commit it, or let the writer's thread do that."""
        self._no_timer()
        if self._committing or not self._pending:
            return
        if not self._idle() or not self._turn.acquire(blocking=False):
            self._hand_over()
            return
        self._flushed = began = time.monotonic()
        batch, self._pending = self._pending[:_MOST], self._pending[_MOST:]
        upkeep = self._untidy >= _TIDY_AFTER or self._end.unsealed + len(batch) >= self._seal_after
        here = not upkeep and began >= self._rest_until
        head = self._end.head
        try:
            rows = [self._end.link(waiting.draft) for waiting in batch]
            driver = self._driver()
            self._inserter.write(driver.execute("BEGIN IMMEDIATE"), rows)
            if here:
                began = time.monotonic()
                driver.commit()
        except Exception as error:  # the long way knows what to do about each
            log.debug("the long way, because of %s", type(error).__name__)
            self.undo(head)
            self._turn.release()
            self._pending[:0] = batch
            self._hand_over()
            return
        self._untidy += len(rows)
        if here:
            self._end.stored(rows)
            self._turn.release()
            _resolve(batch, rows)
            ended = time.monotonic()
            if ended - began > (_QUICK_S if self._company > 1 else _SLOW_S):
                self._rest_until = ended + _REST_S
        else:
            self._committing = True
            self._give(Commit(self, driver, batch, rows, head, self._untidy >= _TIDY_AFTER))

    def _hand_over(self) -> None:
        self._no_timer()
        pending, self._pending = self._pending, []
        for waiting in pending:
            self._give(waiting)

    def _no_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _driver(self) -> sqlite3.Connection:
        """This object's own connection. It never waits for a lock."""
        if self._connection is None:
            self._connection = driver = sqlite3.connect(
                self._file, timeout=0.0, isolation_level=None, check_same_thread=False, uri=True
            )
            driver.executescript(f"{self._prepare}; {_OURS}")
        return self._connection

    # --- after a commit by the writer's thread -----------------------------------------------------------------------

    def committed(self, batch: list[Waiting], rows: list[Row]) -> None:
        """The thread made the commit: tell everybody, and go on with those who came meanwhile."""
        _resolve(batch, rows)
        self.released()

    def resolved(self, batch: list[Waiting], rows: list[Row]) -> None:
        """The thread made the commit, and keeps the chain a little longer."""
        _resolve(batch, rows)

    def released(self) -> None:
        """The commit is over, one way or the other."""
        self._committing = False
        if self._closed:
            self.close()
        elif self._pending:
            if self._idle():
                self._consider()
            else:
                self._hand_over()

    def tidy(self, driver: sqlite3.Connection) -> None:
        """Copy the write-ahead log into the database, so that it is begun anew. Called by whoever owns the chain."""
        try:
            driver.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        except sqlite3.Error as error:
            log.warning("the write-ahead log stays as it is for now: %s", error)
        self._untidy = 0

    def undo(self, head: ChainHead) -> None:
        """Forget what was linked since ``head`` and inserted. Called by whoever owns the chain."""
        self._end.rewind(head)
        self._disconnect()

    def _disconnect(self) -> None:
        driver, self._connection = self._connection, None
        if driver is not None:
            try:
                driver.close()  # what is not committed is rolled back
            except sqlite3.Error:
                log.warning("a database connection could not be closed")


def _resolve(batch: list[Waiting], rows: list[Row]) -> None:
    for waiting, row in zip(batch, rows, strict=True):
        if not waiting.future.done():
            waiting.future.set_result(Durable(row.id, row.hash))
