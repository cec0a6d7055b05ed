"""Exchanges on their way into evidence, and what their senders get back."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

from guiju.evidence.record import Exchange
from guiju.evidence.vault import Sealed

Clock = Callable[[], int]
"""Microseconds since the epoch, UTC."""


class Draft(NamedTuple):
    """An exchange on its way into evidence.

    ``prompt`` and ``answer`` are the texts as JSON arrays of parts; empty where none is kept. ``violation`` marks a
    prompt that counts against its account, ``review`` asks for a human. ``sealed`` is the prompt, encrypted beforehand.
    """

    exchange: Exchange
    prompt: str = ""
    answer: str = ""
    violation: bool = False
    review: bool = False
    sealed: Sealed | None = None

    @property
    def weight(self) -> int:
        """Roughly the characters it keeps in memory."""
        return len(self.prompt) + len(self.answer) + 1000


class Durable(NamedTuple):
    """What a resolved future carries: the record's number and its hash."""

    record: int
    hash: bytes


class Waiting(NamedTuple):
    """A draft and whoever waits for it."""

    draft: Draft
    future: asyncio.Future[Durable]
    loop: asyncio.AbstractEventLoop


Afterwards = Callable[[Sequence[tuple[int, Draft]]], None]
"""Called inside the transaction with the record numbers and drafts of a batch: accounts, sanctions, cases."""

Plain = Callable[[Sequence[Draft]], bool]
"""Whether nothing follows from these drafts but their records."""


def now_us() -> int:
    """The wall clock in microseconds."""
    return time.time_ns() // 1000
