"""What one gateway process knows of the use of minors and companions, and what it has yet to store.

Everything a decision needs is in memory; the refresher thread exchanges it with the other gateways through the database.
Ledgers only grow, so storing or learning something twice does no harm.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from guiju.minors import Ledger, MinorsPolicy, Purchase, Span, Usage
from guiju.minors.calendar import DAY, HOUR, day_start
from guiju.store import care, care_notes
from guiju.store.care_notes import Noted, StatedAge
from guiju.store.moments import micros

_OVERLAP = timedelta(seconds=10)
"""Rows are asked for again this long after they were stored: a transaction may end after a later one."""
_MOST_NOTES = 100_000


class Batch(NamedTuple):
    """What is to be stored."""

    used: dict[str, Ledger]
    noted: list[Noted]
    stated: dict[str, StatedAge]

    @property
    def empty(self) -> bool:
        """Whether there is nothing."""
        return not (self.used or self.noted or self.stated)


class CareBook:
    """Used from the event loop only, except for :meth:`exchange`."""

    def __init__(self) -> None:
        self._ledgers: dict[str, Ledger] = {}
        self._batch = Batch({}, [], {})
        self._unsaved: Batch | None = None
        self._pulled: datetime | None = None
        self._pruned = 0

    def usage(self, account: str, now: int, policy: MinorsPolicy) -> Usage:
        """What was counted for an account, here and, up to the last refresh, elsewhere."""
        return self._ledgers.get(account, _NOTHING).usage(now, policy.counting)

    def bought(self, account: str, purchase: str) -> bool:
        """Whether this purchase was counted before."""
        return purchase in self._ledgers.get(account, _NOTHING).purchases

    def use(self, account: str, span: Span, policy: MinorsPolicy) -> None:
        """Count a span of use."""
        self._add(account, Ledger((span,)), policy)

    def buy(self, account: str, purchase: str, at: int, fen: int, policy: MinorsPolicy) -> None:
        """Count a purchase, once."""
        self._add(account, Ledger((), {purchase: Purchase(at, fen)}), policy)

    def remind(self, account: str, kind: str, at: int, policy: MinorsPolicy) -> None:
        """A reminder was given."""
        self._add(account, Ledger((), {}, {kind: at}), policy)

    def note(self, event: Noted) -> None:
        """Keep an event until it is stored. In a flood beyond all measure the records alone tell of the rest."""
        if len(self._batch.noted) < _MOST_NOTES:
            self._batch.noted.append(event)

    def state(self, age: StatedAge) -> None:
        """Keep what a caller stated."""
        self._batch.stated[age.account] = age

    def _add(self, account: str, part: Ledger, policy: MinorsPolicy) -> None:
        counting = policy.counting
        self._ledgers[account] = self._ledgers.get(account, _NOTHING).plus(part, counting)
        self._batch.used[account] = self._batch.used.get(account, _NOTHING).plus(part, counting)

    # --- with the database -------------------------------------------------------------------------------------------

    def load(self, policy: MinorsPolicy) -> None:
        """Learn everything that was stored, before the first exchange is served."""
        now = datetime.now(UTC)
        self._learn(care.usage_since(None, now), policy, micros(now))
        self._pulled = now

    def exchange(self, loop: asyncio.AbstractEventLoop, policy: MinorsPolicy, *, wanted: bool) -> None:
        """Store what is new and learn what others stored; called by the refresher thread.

        Args:
            wanted: whether anybody here is cared for; where nobody is, nothing is asked of the database.

        Raises:
            DatabaseError: what could not be stored is kept for the next time.
        """
        if self._unsaved is None:
            self._unsaved = asyncio.run_coroutine_threadsafe(self._take(), loop).result(10.0)
        now = datetime.now(UTC)
        if not self._unsaved.empty:
            self._store(self._unsaved, policy, now)
        self._unsaved = None
        if wanted:
            since = None if self._pulled is None else self._pulled - _OVERLAP
            found = care.usage_since(since, now)
            self._pulled = now
            loop.call_soon_threadsafe(self._learn, found, policy, micros(now))

    def _store(self, batch: Batch, policy: MinorsPolicy, now: datetime) -> None:
        care_notes.state(batch.stated.values())
        care_notes.note(batch.noted, policy)
        for account in sorted(batch.used):
            care.store_usage(account, batch.used[account], policy, now)

    async def _take(self) -> Batch:
        taken, self._batch = self._batch, Batch({}, [], {})
        return taken

    def _learn(self, found: Mapping[str, Ledger], policy: MinorsPolicy, now: int) -> None:
        for account, ledger in found.items():
            self._ledgers[account] = self._ledgers.get(account, _NOTHING).plus(ledger, policy.counting)
        if abs(now - self._pruned) > HOUR:
            self._pruned, since = now, day_start(now) - DAY
            kept = {account: ledger.since(since) for account, ledger in self._ledgers.items()}
            self._ledgers = {account: ledger for account, ledger in kept.items() if ledger != _NOTHING}


_NOTHING = Ledger()
