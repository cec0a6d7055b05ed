"""Where the gateway works on files: threads of its own, which stop soon after nobody waits for their work any more.

A film may take minutes to code. Its caller may leave meanwhile, and the process may be asked to end: then the work ends at
its next step (`guiju.media.waiting`), and only afterwards is the folder it worked in removed.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

from guiju.errors import FileWorkStopped
from guiju.media.waiting import WorkEnded, ended_by, waited_for

T = TypeVar("T")


class Workshop:
    """The threads of one process that work on files; used from its event loop.

    Args:
        threads: how many files are worked on at once. Others wait, and the checks of texts wait for none of them.
    """

    def __init__(self, threads: int) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="guiju-files")
        self._ending = threading.Event()

    async def do(self, work: Callable[[], T]) -> T:
        """Do ``work`` in a thread. When the awaiting task is cancelled this ends after the thread has stopped working.

        Raises:
            FileWorkStopped: the process is about to end. Others: what ``work`` raises.
        """
        left = threading.Event()

        def waited() -> T:
            with waited_for(ended_by(self._ending)), waited_for(ended_by(left)):
                return work()

        if self._ending.is_set():
            raise FileWorkStopped()
        thread = self._pool.submit(copy_context().run, waited)
        done = asyncio.wrap_future(thread)
        try:
            return await asyncio.shield(done)
        except asyncio.CancelledError:
            left.set()
            thread.cancel()  # it may not have begun
            await _over(done)
            raise
        except WorkEnded:
            raise FileWorkStopped() from None

    def close(self) -> None:
        """End all work at its next step, and begin none."""
        self._ending.set()
        self._pool.shutdown(wait=False, cancel_futures=True)


async def _over(done: asyncio.Future[T]) -> None:
    """Wait until a thread is done, however often the wait itself is cancelled."""
    while not done.done():
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.wait([done])
    if not done.cancelled():
        done.exception()  # what became of it matters to nobody
