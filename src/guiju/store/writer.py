"""The evidence writer: one thread per process that makes exchanges durable, many in one commit.

A draft handed to :meth:`EvidenceWriter.submit` is linked into this process's chain, inserted together with whatever
else is waiting, and its future resolves after the commit. While the database is away the batch in hand is kept and
tried again; nothing that was accepted is dropped, nothing is acknowledged before it is on disk.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from django.db import DataError, IntegrityError, connection, transaction
from django.db.utils import Error as DatabaseFault

from guiju.errors import EvidenceUnavailable, EvidenceUnwritable
from guiju.evidence.seal import SealKey
from guiju.evidence.vault import Vault
from guiju.settings import EvidenceSettings
from guiju.store.chain_end import ChainEnd
from guiju.store.drafts import Afterwards, Clock, Draft, Durable, Plain, Waiting, now_us
from guiju.store.express import Commit, Express
from guiju.store.rows import Inserter, Row

__all__ = ["Draft", "Durable", "EvidenceWriter", "now_us"]

log = logging.getLogger("guiju.evidence")

_COMPANY = 3
_GATHER_S = 0.001
"""After a commit of at least so many records, the next waits this long for its fellows (as PostgreSQL's commit_delay)."""

_MOST_WAITING = 256 * 1024 * 1024
"""Characters of drafts that may wait for the database; beyond that exchanges are refused, whatever the settings say."""
_SEAL_AGAIN_S = 5.0
_LAST_TRIES = 8
"""Attempts to write what is in hand once the process was asked to stop: a few seconds."""

_Item = Waiting | Commit | None


class EvidenceWriter:
    """Owns one chain. Start it once per process, after migrations; stop it to seal and close the chain."""

    def __init__(
        self,
        vault: Vault,
        seal_key: SealKey,
        settings: EvidenceSettings,
        afterwards: Afterwards,
        plain: Plain = lambda _: False,
        clock: Clock = now_us,
    ) -> None:
        """``plain`` tells drafts for which ``afterwards`` would find nothing to do: they take the shorter way."""
        self._vault = vault
        self._seal_key = seal_key
        self._settings = settings
        self._afterwards = afterwards
        self._plain = plain
        self._clock = clock
        self._queue: queue.SimpleQueue[_Item] = queue.SimpleQueue()
        self._backlog: deque[_Item] = deque()  # taken out of the queue, to be written before it
        self._came = self._went = 0  # characters; who counts them is who owns the chain
        self._given = self._done = 0  # things handed to the thread, each counted by one thread only
        self._express: Express | None = None
        self._turn = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="guiju-evidence", daemon=True)
        self._stopping = threading.Event()
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        self._end: ChainEnd
        self._next_seal = 0.0
        self._company = False
        self.healthy = True

    # --- called from the event loop ----------------------------------------------------------------------------------

    def start(self, timeout: float = 60.0) -> None:
        """Open the chain and begin to write. Raises what the database raised when that is impossible."""
        self._thread.start()
        opened = self._ready.wait(timeout)
        if self._failure is not None:
            raise self._failure
        if not opened:
            raise EvidenceUnavailable()

    def attend(self, loop: asyncio.AbstractEventLoop) -> None:
        """From now on take drafts from ``loop`` only, by the short way where the database has one."""
        if connection.vendor == "sqlite":

            def idle() -> bool:
                return self._given == self._done

            most = self._settings.seal_every_records
            self._express = Express(loop, self._end, self._plain, self._give, idle, self._turn, most)

    def dismiss(self) -> None:
        """Called on the loop before :meth:`stop`: no short way any more."""
        if self._express is not None:
            self._express.close()

    def submit(self, draft: Draft, loop: asyncio.AbstractEventLoop, company: int = 2) -> asyncio.Future[Durable]:
        """Queue a draft; the future resolves when its record is durable, which it may already be on return.

        Args:
            company: how many exchanges are being served, this one included; one alone is worth a commit at once.

        Raises:
            EvidenceUnavailable: records cannot be written now and the settings say to refuse.
        """
        if not self.accepts():
            raise EvidenceUnavailable()
        self._came += draft.weight
        future: asyncio.Future[Durable] = loop.create_future()
        waiting = Waiting(draft, future, loop)
        if self._express is None or not self._express.take(waiting, company):
            self._give(waiting)
        return future

    def _give(self, item: Waiting | Commit) -> None:
        self._given += 1
        self._queue.put(item)

    @property
    def written(self) -> int:
        """Records made durable since the start."""
        return self._end.written

    @property
    def commits(self) -> int:
        """In how many transactions."""
        return self._end.commits

    def accepts(self) -> bool:
        """Whether a new exchange may begin."""
        if self._stopping.is_set() or self._came - self._went > _MOST_WAITING:
            return False
        return self.healthy or self._settings.on_loss == "wait"

    def stop(self, timeout: float = 30.0) -> None:
        """Write what is queued, seal, close the chain, end the thread."""
        self._stopping.set()
        self._queue.put(None)
        self._thread.join(timeout)

    # --- the thread --------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            self._open()
        except BaseException as error:  # handed to start(), which raises it
            self._failure = error
            return
        finally:
            self._ready.set()
        try:
            while self._step():
                pass
            self._close()
        except DatabaseFault as error:
            log.error("what was in hand could not be written before the end: %s", " ".join(str(error).split())[:200])
        except Exception:
            log.exception("the evidence writer stopped")
        finally:
            self.healthy = False
            self._stopping.set()
            self._refuse()
            connection.close()

    def _open(self) -> None:
        self._end = ChainEnd(self._vault, self._clock())
        self._next_seal = time.monotonic() + self._settings.seal_every_s
        self._inserter = Inserter()

    def _step(self) -> bool:
        batch, more = self._collect()
        if batch:
            self._commit(batch)
            self._went += sum([waiting.draft.weight for waiting in batch])
            self._done += len(batch)
        if self._seal_due() and self._turn.acquire(blocking=False):  # else the loop has begun a commit: after that
            self._try_to_seal()
            self._turn.release()
        return more

    def _collect(self) -> tuple[list[Waiting], bool]:
        """Wait for the first draft, then take whatever else is there. The flag is False when asked to stop."""
        try:
            item = self._next(max(0.0, min(self._next_seal - time.monotonic(), 5.0)))
        except queue.Empty:
            return [], True
        if self._company and isinstance(item, Waiting):  # others are about to arrive: one commit then serves them all
            time.sleep(_GATHER_S)
        batch: list[Waiting] = []
        while isinstance(item, Waiting):
            batch.append(item)
            if len(batch) >= self._settings.batch:
                return batch, True
            try:
                item = self._next(0.0)
            except queue.Empty:
                return batch, True
        if item is not None:  # it was inserted before any of the batch was linked
            self._finish(item)
        return batch, item is not None

    def _finish(self, begun: Commit) -> None:
        """Commit what the loop inserted; where that fails, write it the long way."""
        loop, express = begun.batch[0].loop, begun.express
        try:
            begun.driver.commit()
        except Exception as error:
            log.debug("the long way, because of %s", type(error).__name__)
            express.undo(begun.head)
            self._turn.release()
            _threadsafe(loop, express.released)
            self._commit(begun.batch)
            self._count(begun)
        else:
            self._end.stored(begun.rows)
            if begun.tidy or self._seal_due():
                _threadsafe(loop, express.resolved, begun.batch, begun.rows)
                self._keep_up(begun)
                self._back(begun)
                _threadsafe(loop, express.released)
            else:
                self._back(begun)
                _threadsafe(loop, express.committed, begun.batch, begun.rows)

    def _keep_up(self, begun: Commit) -> None:
        """What is due now and then, while the chain is this thread's."""
        if begun.tidy:
            begun.express.tidy(begun.driver)
        if self._seal_due():
            self._try_to_seal()

    def _back(self, begun: Commit) -> None:
        """The chain is the loop's again."""
        self._turn.release()
        self._count(begun)

    def _count(self, begun: Commit) -> None:
        self._went += sum([waiting.draft.weight for waiting in begun.batch])
        self._done += 1

    def _next(self, timeout: float) -> _Item:
        if self._backlog:
            return self._backlog.popleft()
        return self._queue.get(timeout=timeout) if timeout > 0 else self._queue.get_nowait()

    def _commit(self, batch: list[Waiting]) -> None:
        self._company = len(batch) >= _COMPANY
        head = self._end.head
        try:
            rows = [self._end.link(waiting.draft) for waiting in batch]
            self._retry(lambda: self._insert(batch, rows), batch)
        except Exception as error:  # a value that cannot be stored, or a mistake of ours: never the end of evidence
            if isinstance(error, DatabaseFault) and not isinstance(error, (DataError, IntegrityError)):
                raise  # the process is stopping, and the database is still away
            self._end.rewind(head)
            self._part(batch, error)
            return
        self._end.stored(rows)
        self._resolve(batch, rows)

    def _part(self, batch: list[Waiting], error: Exception) -> None:
        """Something in the batch cannot be stored: the others are written one by one, its exchange is not acknowledged."""
        if len(batch) == 1:
            ours = not isinstance(error, DatabaseFault)
            log.error("a record cannot be stored: %s", type(error).__name__, exc_info=error if ours else None)
            self._fail(batch, EvidenceUnwritable())
            return
        for waiting in batch:
            self._commit([waiting])

    def _insert(self, batch: list[Waiting], rows: list[Row]) -> None:
        if self._plain([waiting.draft for waiting in batch]):
            self._inserter.commit(rows)
            return
        with transaction.atomic():
            self._inserter.insert(rows)
            self._afterwards([(row.id, waiting.draft) for row, waiting in zip(rows, batch, strict=True)])

    def _retry(self, work: Callable[[], None], batch: Sequence[Waiting] = ()) -> None:
        """Do ``work`` until the database takes it. A commit whose answer got lost is recognised, not repeated.

        The first failure is between us and the database: a connection that went stale is simply replaced.
        """
        pause, tries, refused = 0.05, 0, False
        while True:
            try:
                if tries and batch and self._end.landed():
                    break
                work()
            except (DataError, IntegrityError):
                if refused or not tries:
                    raise
                refused = True  # unless that lost commit was still under way: look once more
            except DatabaseFault as error:
                tries += 1
                connection.close()
                if tries > 1:
                    self._lost(error, batch)
                if self._stopping.is_set() and tries >= _LAST_TRIES:
                    self._fail(batch, EvidenceUnavailable())
                    raise
                time.sleep(pause)
                pause = min(pause * 2, 1.0)
            else:
                break
        if not self.healthy:
            log.warning("records are written again")
            self.healthy = True

    def _lost(self, error: Exception, batch: Sequence[Waiting]) -> None:
        if self.healthy:
            log.error("records cannot be written: %s", " ".join(str(error).split())[:200])
        self.healthy = False
        if self._settings.on_loss == "refuse":
            self._fail(batch, EvidenceUnavailable())
            self._refuse()

    def _refuse(self) -> None:
        """Tell everybody who waits in the queue; what they waited for is still written once that is possible."""
        while True:
            try:
                item = self._queue.get_nowait()
            except queue.Empty:
                return
            self._backlog.append(item)
            if isinstance(item, Waiting):
                self._fail([item], EvidenceUnavailable())
            elif item is not None:
                item.express.undo(item.head)
                self._turn.release()
                self._fail(item.batch, EvidenceUnavailable())

    # --- answers to the event loop -----------------------------------------------------------------------------------

    @staticmethod
    def _fail(batch: Sequence[Waiting], error: Exception) -> None:
        for waiting in batch:
            _threadsafe(waiting.loop, _set_exception, waiting.future, error)

    @staticmethod
    def _resolve(batch: list[Waiting], rows: list[Row]) -> None:
        loops: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[Durable], Durable]]] = {}
        for waiting, row in zip(batch, rows, strict=True):
            loops.setdefault(waiting.loop, []).append((waiting.future, Durable(row.id, row.hash)))
        for loop, pairs in loops.items():
            _threadsafe(loop, _set_results, pairs)

    # --- seals -------------------------------------------------------------------------------------------------------

    def _seal_due(self) -> bool:
        if self._end.unsealed >= self._settings.seal_every_records:
            return True
        if time.monotonic() < self._next_seal:
            return False
        self._next_seal = time.monotonic() + self._settings.seal_every_s
        return self._end.unsealed > 0

    def _try_to_seal(self) -> None:
        """Seal; where that fails, records go on and a later seal covers these too."""
        try:
            self._end.seal(self._seal_key, self._clock())
        except Exception as error:
            log.error("a seal could not be stored: %s", " ".join(str(error).split())[:200])
            connection.close()
            self._next_seal = time.monotonic() + _SEAL_AGAIN_S

    def _close(self) -> None:
        self._retry(lambda: self._end.seal(self._seal_key, self._clock()))
        closed = self._clock()
        self._retry(lambda: self._end.close(closed))


def _threadsafe(loop: asyncio.AbstractEventLoop, call: Callable[..., None], *args: Any) -> None:
    try:
        loop.call_soon_threadsafe(call, *args)
    except RuntimeError:  # the loop is closed: nobody waits any more
        log.debug("an event loop ended before its record was durable")


def _set_results(pairs: list[tuple[asyncio.Future[Durable], Durable]]) -> None:
    for future, result in pairs:
        if not future.done():
            future.set_result(result)


def _set_exception(future: asyncio.Future[Durable], error: Exception) -> None:
    if not future.done():
        future.set_exception(error)
