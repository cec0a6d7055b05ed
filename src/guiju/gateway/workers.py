"""Several gateway processes on one socket: one that dies is replaced, and none outlives the process that started them.

Imports nothing of Django's at the top: a worker begins here, before Django is set up.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import socket
import threading
import time
from multiprocessing.process import BaseProcess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from guiju.settings import Settings

log = logging.getLogger("guiju.gateway")

CANNOT_START = 3
"""Exit status of a process that could not start: neither will the next one."""

_SHORT_LIFE_S = 10.0
_PAUSE_S = 2.0


def supervise(settings: Settings, listener: socket.socket, workers: int) -> None:
    """Keep ``workers`` processes running until told to stop by SIGTERM or SIGINT.

    One that ended soon after its start is replaced after a pause, so that a lasting fault does not spin.

    Raises:
        SystemExit: with status 3, when a worker cannot start.
    """
    context = multiprocessing.get_context("spawn")
    stopping = threading.Event()

    def start() -> tuple[BaseProcess, float]:
        process = context.Process(target=_work, args=(settings, listener), name="guiju-gateway")
        process.start()
        return process, time.monotonic()

    running = [start() for _ in range(workers)]

    def stop(*_: object) -> None:
        stopping.set()
        for process, _since in running:
            if process.pid is not None and process.is_alive():
                os.kill(process.pid, signal.SIGTERM)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    while not stopping.is_set() or any(process.is_alive() for process, _since in running):
        for index, (process, since) in enumerate(running):
            process.join(0.2)
            if process.is_alive() or stopping.is_set():
                continue
            if process.exitcode == CANNOT_START:
                stop()
                raise SystemExit(CANNOT_START)
            if time.monotonic() - since < _SHORT_LIFE_S and stopping.wait(_PAUSE_S):
                continue
            log.error("a gateway process ended with %s; starting another", process.exitcode)
            running[index] = start()
            if stopping.is_set():  # asked while it was being started
                stop()


def _work(settings: Settings, listener: socket.socket) -> None:
    """The life of a worker."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guiju.django_settings")
    import django

    django.setup()
    from guiju.gateway.server import run

    threading.Thread(target=_follow, name="guiju-follow", daemon=True).start()
    run(settings, listener, gateway=True, console=False)


def _follow() -> None:
    """Stop in good order when the supervisor is gone, however it ended: an orphan would keep the port."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)
