"""Long work on one file, and whoever waits for it: told how far it is, and able to end it.

Whatever takes long calls :func:`step` between two pieces of its work and knows nothing else. Whoever starts it says with
:func:`waited_for` what should happen at each step; raising :class:`WorkEnded` there ends the work where it is. Threads
begun with ``asyncio.to_thread`` belong to whoever began them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Waiter = Callable[[float | None], None]
"""Called with the share that is done, 0 to 1, or None where nobody can tell."""

_waiter: ContextVar[Waiter | None] = ContextVar("guiju_waiter", default=None)


class WorkEnded(BaseException):
    """Nobody waits for the work any more. Like a cancelled task it is no error: nobody who gets over errors goes on."""


@contextmanager
def waited_for(waiter: Waiter) -> Iterator[None]:
    """Have ``waiter`` called at every step of the work in the block, after those who wait outside the block."""
    outer = _waiter.get()

    def both(share: float | None) -> None:
        if outer is not None:
            outer(share)
        waiter(share)

    token = _waiter.set(both)
    try:
        yield
    finally:
        _waiter.reset(token)


def ended_by(ending: threading.Event) -> Waiter:
    """A waiter that ends the work at its next step once ``ending`` is set."""

    def waiter(share: float | None) -> None:
        if ending.is_set():
            raise WorkEnded()

    return waiter


def step(share: float | None = None) -> None:
    """Some more is done.

    Raises:
        WorkEnded: nobody waits for the rest.
    """
    waiter = _waiter.get()
    if waiter is not None:
        waiter(share)
