"""The evidence writer: one thread per process that makes exchanges durable, many in one commit.

A draft handed to :meth:`EvidenceWriter.submit` is linked into this process's chain, inserted together with whatever
else is waiting, and its future resolves after the commit. While the database is away the batch in hand is kept and
tried again; nothing that was accepted is dropped, nothing is acknowledged before it is on disk.

On SQLite most drafts take the short way (:mod:`guiju.store.express`): a journal makes them durable, and the thread stores
their rows behind. What is handed to the thread is stored in the order it was handed over, which is that of the chain.
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

from guiju.errors import EvidenceTimeout, EvidenceUnavailable, EvidenceUnwritable, JournalUnstored
from guiju.evidence.seal import SealKey
from guiju.evidence.vault import Sealed, Vault
from guiju.settings import EvidenceSettings
from guiju.store.chain_end import ChainEnd
from guiju.store.drafts import Afterwards, Clock, Draft, Durable, Plain, Waiting, now_us
from guiju.store.express import Behind, Express
from guiju.store.journal.file import Journal, folder_of
from guiju.store.journal.frames import Header
from guiju.store.rows import RECORD, RISK, TEXT, Inserter, Row

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

_Item = Waiting | Behind | threading.Event | None
"""A draft; rows to be stored; a sign that everything before it is stored; or the end."""


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
        self._came = self._went = self._passed = 0  # characters: the loop's, the thread's, the short way's
        self._given = self._done = 0  # drafts handed to the thread, and those it is through with
        self._journalled = self._caught_up = 0  # records of the short way: durable, and stored
        self._express: Express | None = None
        self._journal: Journal | None = None
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
        if self._journal is not None:

            def idle() -> bool:
                return self._given == self._done and self.healthy

            most = self._settings.seal_every_records
            self._express = Express(loop, self._end, self._journal, self._plain, self._give, idle, self._durable, most)

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

    def seal_prompt(self, text: str, exchange: str) -> Sealed:
        """Encrypt the prompt of an exchange before its record is made (thread-safe)."""
        return self._vault.seal_text(text, exchange, "prompt")

    def _give(self, item: Waiting | Behind) -> None:
        if isinstance(item, Waiting):
            self._given += 1
        self._queue.put(item)

    def _durable(self, batch: list[Waiting]) -> None:
        """Count drafts of the short way."""
        self._passed += sum([waiting.draft.weight for waiting in batch])
        self._journalled += len(batch)

    @property
    def written(self) -> int:
        """Records made durable since the start."""
        return self._end.stored_count + self.behind

    @property
    def behind(self) -> int:
        """Of these, records that are in the journal and not in the database yet."""
        return self._journalled - self._caught_up

    @property
    def commits(self) -> int:
        """Writes of the journal and transactions since the start."""
        return self._end.commits + (self._journal.writes if self._journal is not None else 0)

    def settle(self, timeout: float = 30.0) -> None:
        """Wait until the database holds every record that is durable now. Never called on the event loop's own thread.

        Raises:
            EvidenceTimeout: it did not come to that in ``timeout`` seconds.
        """
        reached, way = threading.Event(), self._express

        def ask() -> None:
            if way is not None:
                way.store()
            self._queue.put(reached)

        if way is None:
            ask()
        else:
            way.loop.call_soon_threadsafe(ask)
        if not reached.wait(timeout):
            raise EvidenceTimeout()

    def accepts(self) -> bool:
        """Whether a new exchange may begin."""
        if self._stopping.is_set() or self._came - self._went - self._passed > _MOST_WAITING:
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
            if self._journal is not None:
                self._journal.close()
            connection.close()

    def _open(self) -> None:
        self._end = ChainEnd(self._vault, self._clock())
        self._next_seal = time.monotonic() + self._settings.seal_every_s
        self._inserter = Inserter()
        folder = folder_of(str(connection.settings_dict["NAME"])) if connection.vendor == "sqlite" else None
        if folder is not None and self._settings.journal:
            try:
                self._journal = Journal(folder, Header(self._end.name, self._end.number, RECORD, TEXT, RISK))
            except OSError as error:
                log.warning("records go straight into the database: no journal can be made (%s)", error)

    def _step(self) -> bool:
        """Do what comes next; False when asked to stop."""
        try:
            item = self._next(max(0.0, min(self._next_seal - time.monotonic(), 5.0)))
        except queue.Empty:
            pass
        else:
            if isinstance(item, Waiting):
                batch = self._gather(item)
                self._commit(batch)
                self._went += sum([waiting.draft.weight for waiting in batch])
                self._done += len(batch)
            elif isinstance(item, Behind):
                self._catch_up(item.rows)
            elif item is not None:
                item.set()
            else:
                return False
        if self._seal_due():
            self._try_to_seal()
        return True

    def _gather(self, first: Waiting) -> list[Waiting]:
        """A draft with whatever drafts are there already."""
        if self._company:  # others are about to arrive: one commit then serves them all
            time.sleep(_GATHER_S)
        batch = [first]
        while len(batch) < self._settings.batch:
            try:
                item = self._next(0.0)
            except queue.Empty:
                break
            if not isinstance(item, Waiting):
                self._backlog.appendleft(item)
                break
            batch.append(item)
        return batch

    def _catch_up(self, rows: list[Row]) -> None:
        """Store rows that the journal made durable, and give its room back."""
        try:
            self._retry(lambda: self._inserter.commit(rows), rows)
        except Exception as error:
            if isinstance(error, DatabaseFault) and not isinstance(error, (DataError, IntegrityError)):
                raise  # the process is stopping, and the database is still away: the next opener stores them
            self._one_by_one(rows, error)
            return
        self._end.stored(rows)
        self._caught_up += len(rows)
        if self._journal is not None:
            self._journal.stored = rows[-1].id

    def _one_by_one(self, rows: list[Row], error: Exception) -> None:
        """Something among rows that were acknowledged cannot be stored: it stays in the journal, which is kept for that."""
        if len(rows) > 1:
            for row in rows:
                self._catch_up([row])
            return
        refused = JournalUnstored(record=rows[0].id, problem=type(error).__name__)
        log.error("%s %s %s", refused.code, refused.message("en"), refused.remedy("en"))
        self._caught_up += 1
        if self._journal is not None:
            self._journal.keep()

    def _next(self, timeout: float) -> _Item:
        if self._backlog:
            return self._backlog.popleft()
        return self._queue.get(timeout=timeout) if timeout > 0 else self._queue.get_nowait()

    def _commit(self, batch: list[Waiting]) -> None:
        self._company = len(batch) >= _COMPANY
        head = self._end.head
        try:
            rows = [self._end.link(waiting.draft) for waiting in batch]
            self._retry(lambda: self._insert(batch, rows), rows, batch)
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

    def _retry(self, work: Callable[[], None], rows: Sequence[Row] = (), batch: Sequence[Waiting] = ()) -> None:
        """Do ``work`` until the database takes it. A commit whose answer got lost is recognised, not repeated.

        The first failure is between us and the database: a connection that went stale is simply replaced.
        """
        pause, tries, refused = 0.05, 0, False
        while True:
            try:
                if tries and rows and self._end.landed(rows[-1]):
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
