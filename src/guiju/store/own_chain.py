"""The chain of a process that serves people, not calls: a few records a day, each sealed as it is written.

Gateways have a writer thread, which makes thousands of records a second durable. The console makes one now and then, in a
transaction with what else the act writes; its process opens a chain when it needs the first.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable

from guiju.evidence.vault import Vault
from guiju.store import keys
from guiju.store.audit import one_at_a_time
from guiju.store.chain_end import ChainEnd
from guiju.store.consequences import Consequences
from guiju.store.drafts import Draft, Durable, now_us
from guiju.store.models import Chain
from guiju.store.rows import Inserter


class OwnChain:
    """Write from any thread; one after the other."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._end: ChainEnd | None = None
        self._owner = (0, "")

    def write(self, draft: Draft, alongside: Callable[[Durable], None]) -> Durable:
        """Make a record durable and sealed, together with what ``alongside`` writes.

        A chain is left for a new one when a write failed (nobody knows then how far it got), after a fork, and when the
        data key in use is another.

        Raises:
            Whatever the database or ``alongside`` raised; nothing was written then.
        """
        with self._lock:
            end = self._current(keys.vault())
            self._end = None
            with one_at_a_time():
                row = end.link(draft)
                Inserter().insert([row])
                Consequences(on_sanction=lambda: None)([(row.id, draft)])
                end.stored([row])
                end.seal(keys.seal_key(), now_us())
                durable = Durable(row.id, row.hash)
                alongside(durable)
            self._end = end
            return durable

    def _current(self, vault: Vault) -> ChainEnd:
        owner = (os.getpid(), vault.active)
        if self._end is not None and self._owner == owner and Chain.objects.filter(pk=self._end.number).exists():
            return self._end
        self._owner = owner
        return ChainEnd(vault, now_us())


CHAIN = OwnChain()
"""This process's."""
