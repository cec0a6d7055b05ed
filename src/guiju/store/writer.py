"""The evidence writer: one thread per process that makes exchanges durable, many in one commit.

A draft handed to :meth:`EvidenceWriter.submit` is linked into this process's chain, inserted together with whatever
else is waiting, and its future resolves after the commit. While the database is away the batch in hand is kept and
tried again; nothing that was accepted is dropped, nothing is acknowledged before it is on disk.
"""

from __future__ import annotations

import asyncio
import logging
import os
import queue
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import msgspec
from django.db import DataError, IntegrityError, connection, transaction
from django.db.utils import Error as DatabaseFault

from guiju.errors import EvidenceUnavailable, EvidenceUnwritable
from guiju.evidence.chain import Chain, Link, frontier
from guiju.evidence.merkle import root
from guiju.evidence.record import ChainHead, Commitments, Exchange, Genesis, decode, encode, new_id
from guiju.evidence.seal import Seal, SealKey, make_seal
from guiju.evidence.vault import Vault
from guiju.settings import EvidenceSettings
from guiju.store import models
from guiju.store.models.evidence import SEQ_BITS
from guiju.store.moments import moment
from guiju.store.rows import Inserter, Row, row_of

log = logging.getLogger("guiju.evidence")

_COMPANY = 3
_GATHER_S = 0.001
"""After a commit of at least so many records, the next waits this long for its fellows (as PostgreSQL's commit_delay)."""

_MOST_WAITING = 256 * 1024 * 1024
"""Characters of drafts that may wait for the database; beyond that exchanges are refused, whatever the settings say."""
_SEAL_AGAIN_S = 5.0
_LAST_TRIES = 8
"""Attempts to write what is in hand once the process was asked to stop: a few seconds."""

Clock = Callable[[], int]
"""Microseconds since the epoch, UTC."""


class Draft(NamedTuple):
    """An exchange on its way into evidence.

    ``prompt`` and ``answer`` are the texts as JSON arrays of parts; empty where none is kept. ``violation`` marks a
    prompt that counts against its account, ``review`` asks for a human.
    """

    exchange: Exchange
    prompt: str = ""
    answer: str = ""
    violation: bool = False
    review: bool = False


class Durable(NamedTuple):
    """What a resolved future carries: the record's number and its hash."""

    record: int
    hash: bytes


Afterwards = Callable[[Sequence[tuple[int, Draft]]], None]
"""Called inside the transaction with the record numbers and drafts of a batch: accounts, sanctions, cases."""


Plain = Callable[[Sequence[Draft]], bool]
"""Whether nothing follows from these drafts but their records."""


class _Waiting(NamedTuple):
    draft: Draft
    future: asyncio.Future[Durable]
    loop: asyncio.AbstractEventLoop


def now_us() -> int:
    """The wall clock in microseconds."""
    return time.time_ns() // 1000


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
        self._queue: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._backlog: deque[_Waiting | None] = deque()  # taken out of the queue, to be written before it
        self._came = self._went = 0  # characters, each counted by one thread only
        self._thread = threading.Thread(target=self._run, name="guiju-evidence", daemon=True)
        self._stopping = threading.Event()
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        self._unsealed: list[bytes] = []
        self._sealed_to = -1
        self._last_seal: Seal | None = None
        self._next_seal = 0.0
        self._company = False
        self.healthy = True
        self.written = 0
        self.commits = 0

    # --- called from the event loop ----------------------------------------------------------------------------------

    def start(self, timeout: float = 60.0) -> None:
        """Open the chain and begin to write. Raises what the database raised when that is impossible."""
        self._thread.start()
        opened = self._ready.wait(timeout)
        if self._failure is not None:
            raise self._failure
        if not opened:
            raise EvidenceUnavailable()

    def submit(self, draft: Draft, loop: asyncio.AbstractEventLoop) -> asyncio.Future[Durable]:
        """Queue a draft; the future resolves when its record is durable.

        Raises:
            EvidenceUnavailable: records cannot be written now and the settings say to refuse.
        """
        if not self.accepts():
            raise EvidenceUnavailable()
        self._came += _weight(draft)
        future: asyncio.Future[Durable] = loop.create_future()
        self._queue.put(_Waiting(draft, future, loop))
        return future

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
            while self._turn():
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
        at = self._clock()
        with transaction.atomic():
            name = new_id(at)
            chain, genesis = Chain.open(name, _frontier(), at, f"{socket.gethostname()}:{os.getpid()}")
            row = models.Chain.objects.create(
                name=name,
                opened_at=moment(at),
                host=socket.gethostname()[:200],
                pid=os.getpid(),
                genesis=genesis.body,
                genesis_hash=genesis.hash,
            )
        self._chain, self._number = chain, row.id
        self._unsealed.append(genesis.hash)
        self._next_seal = time.monotonic() + self._settings.seal_every_s
        self._inserter = Inserter()

    def _turn(self) -> bool:
        batch, more = self._collect()
        if batch:
            self._commit(batch)
            self._went += sum([_weight(waiting.draft) for waiting in batch])
        if self._seal_due():
            self._try_to_seal()
        return more

    def _collect(self) -> tuple[list[_Waiting], bool]:
        """Wait for the first draft, then take whatever else is there. The flag is False when asked to stop."""
        try:
            item = self._next(max(0.0, min(self._next_seal - time.monotonic(), 5.0)))
        except queue.Empty:
            return [], True
        if self._company and item is not None:  # others are about to arrive: one commit then serves them all
            time.sleep(_GATHER_S)
        batch: list[_Waiting] = []
        while item is not None:
            batch.append(item)
            if len(batch) >= self._settings.batch:
                return batch, True
            try:
                item = self._next(0.0)
            except queue.Empty:
                return batch, True
        return batch, False

    def _next(self, timeout: float) -> _Waiting | None:
        if self._backlog:
            return self._backlog.popleft()
        return self._queue.get(timeout=timeout) if timeout > 0 else self._queue.get_nowait()

    def _commit(self, batch: list[_Waiting]) -> None:
        self._company = len(batch) >= _COMPANY
        head = self._chain.head
        try:
            rows = [self._link(waiting.draft) for waiting in batch]
            self._retry(lambda: self._insert(batch, rows), batch)
        except Exception as error:  # a value that cannot be stored, or a mistake of ours: never the end of evidence
            if isinstance(error, DatabaseFault) and not isinstance(error, (DataError, IntegrityError)):
                raise  # the process is stopping, and the database is still away
            self._part(batch, Chain(head), error)
            return
        self._unsealed.extend(row.hash for row in rows)
        self.written += len(rows)
        self.commits += 1
        self._resolve(batch, rows)

    def _part(self, batch: list[_Waiting], chain: Chain, error: Exception) -> None:
        """Something in the batch cannot be stored: the others are written one by one, its exchange is not acknowledged."""
        self._chain = chain
        if len(batch) == 1:
            ours = not isinstance(error, DatabaseFault)
            log.error("a record cannot be stored: %s", type(error).__name__, exc_info=error if ours else None)
            self._fail(batch, EvidenceUnwritable())
            return
        for waiting in batch:
            self._commit([waiting])

    def _link(self, draft: Draft) -> Row:
        exchange, key = draft.exchange, self._vault.active
        prompt = answer = b""
        if draft.prompt or draft.answer:
            asked = self._vault.seal_text(draft.prompt, exchange.id, "prompt")
            answered = self._vault.seal_text(draft.answer, exchange.id, "answer")
            prompt, answer = asked.nonce + asked.ciphertext, answered.nonce + answered.ciphertext
            commitments = Commitments(answer=answered.commitment, prompt=asked.commitment)
            exchange = msgspec.structs.replace(exchange, commitments=commitments)
        link: Link = self._chain.append(encode(exchange))
        return row_of(self._number << SEQ_BITS | link.seq, link.hash, link.body, exchange, key, prompt, answer)

    def _insert(self, batch: list[_Waiting], rows: list[Row]) -> None:
        if self._plain([waiting.draft for waiting in batch]):
            self._inserter.commit(rows)
            return
        with transaction.atomic():
            self._inserter.insert(rows)
            self._afterwards([(row.id, waiting.draft) for row, waiting in zip(rows, batch, strict=True)])

    def _retry(self, work: Callable[[], None], batch: Sequence[_Waiting] = ()) -> None:
        """Do ``work`` until the database takes it. A commit whose answer got lost is recognised, not repeated.

        The first failure is between us and the database: a connection that went stale is simply replaced.
        """
        pause, tries, refused = 0.05, 0, False
        while True:
            try:
                if tries and batch and self._landed():
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

    def _landed(self) -> bool:
        """Whether the batch in hand is already stored: its last record carries the chain's present hash."""
        head = self._chain.head
        row = (
            models.Record.objects.filter(id=self._number << SEQ_BITS | head.seq).values_list("hash", flat=True).first()
        )
        return row is not None and bytes(row).hex() == head.hash

    def _lost(self, error: Exception, batch: Sequence[_Waiting]) -> None:
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
            if item is not None:
                self._fail([item], EvidenceUnavailable())

    # --- answers to the event loop -----------------------------------------------------------------------------------

    @staticmethod
    def _fail(batch: Sequence[_Waiting], error: Exception) -> None:
        for waiting in batch:
            _threadsafe(waiting.loop, _set_exception, waiting.future, error)

    @staticmethod
    def _resolve(batch: list[_Waiting], rows: list[Row]) -> None:
        loops: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[Durable], Durable]]] = {}
        for waiting, row in zip(batch, rows, strict=True):
            loops.setdefault(waiting.loop, []).append((waiting.future, Durable(row.id, row.hash)))
        for loop, pairs in loops.items():
            _threadsafe(loop, _set_results, pairs)

    # --- seals -------------------------------------------------------------------------------------------------------

    def _seal_due(self) -> bool:
        if len(self._unsealed) >= self._settings.seal_every_records:
            return True
        if time.monotonic() < self._next_seal:
            return False
        self._next_seal = time.monotonic() + self._settings.seal_every_s
        return bool(self._unsealed)

    def _seal(self) -> None:
        if not self._unsealed:
            return
        first, last = self._sealed_to + 1, self._sealed_to + len(self._unsealed)
        at = self._clock()
        seal = make_seal(self._seal_key, self._chain.id, first, last, root(self._unsealed), self._last_seal, at)
        models.Seal.objects.update_or_create(
            chain_id=self._number,
            number=seal.number,
            defaults={
                "seq_from": first,
                "seq_to": last,
                "at": moment(at),
                "body": seal.body,
                "signature": seal.signature,
                "key_id": self._seal_key.id,
            },
        )
        self._last_seal, self._sealed_to = seal, last
        self._unsealed.clear()

    def _try_to_seal(self) -> None:
        """Seal; where that fails, records go on and a later seal covers these too."""
        try:
            self._seal()
        except Exception as error:
            log.error("a seal could not be stored: %s", " ".join(str(error).split())[:200])
            connection.close()
            self._next_seal = time.monotonic() + _SEAL_AGAIN_S

    def _close(self) -> None:
        self._retry(self._seal)
        closed = moment(self._clock())
        self._retry(lambda: _none(models.Chain.objects.filter(id=self._number).update(closed_at=closed)))


def _frontier() -> tuple[ChainHead, ...]:
    """The heads of all chains that no genesis names yet."""
    heads: list[ChainHead] = []
    covered: dict[str, int] = {}
    for chain in models.Chain.objects.iterator():
        genesis = decode(bytes(chain.genesis))
        if isinstance(genesis, Genesis):
            for head in genesis.heads:
                covered[head.chain] = max(covered.get(head.chain, -1), head.seq)
        low = chain.id << SEQ_BITS
        last = (
            models.Record.objects.filter(id__gt=low, id__lt=low + (1 << SEQ_BITS))
            .order_by("-id")
            .values_list("id", "hash")
            .first()
        )
        seq, digest = (last[0] - low, bytes(last[1])) if last else (0, bytes(chain.genesis_hash))
        heads.append(ChainHead(chain=chain.name, hash=digest.hex(), seq=seq))
    return frontier(heads, covered)


def _weight(draft: Draft) -> int:
    """Roughly the characters a draft keeps in memory."""
    return len(draft.prompt) + len(draft.answer) + 1000


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


def _none(_: object) -> None:
    return None
