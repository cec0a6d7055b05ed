"""Starting the planes: gateway, console, or both in one process; several gateway processes on one port."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import socket
import sys

import uvicorn

from guiju.errors import PortInUse, SettingsInvalid
from guiju.gateway.app import Application, create_app
from guiju.gateway.runtime import Runtime
from guiju.settings import Settings

log = logging.getLogger("guiju.gateway")

_SWITCH_INTERVAL_S = 0.0005
"""How long one thread may keep the interpreter: short, so that the evidence writer is not kept from committing."""


def serve(settings: Settings, host: str, port: int, *, gateway: bool = True, console: bool = True, workers: int = 1) -> None:
    """Serve until a signal ends the process.

    Args:
        gateway, console: which planes.
        workers: processes sharing the port; only for a gateway without console.

    Raises:
        PortInUse, SettingsInvalid.
    """
    if workers > 1 and console:
        raise SettingsInvalid(where="--workers", problem="several workers are for `guiju gateway` only")
    listener = _listen(host, port)
    if workers == 1:
        _run(settings, listener, gateway, console)
        return
    _supervise(settings, listener, workers)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise PortInUse(host=host, port=port) from error
    listener.set_inheritable(True)
    return listener


def _run(settings: Settings, listener: socket.socket, gateway: bool, console: bool) -> None:
    sys.setswitchinterval(_SWITCH_INTERVAL_S)
    screens = _console() if console else None
    app = create_app(Runtime(settings), screens) if gateway else screens
    config = uvicorn.Config(
        app,
        http="httptools",
        loop="uvloop",
        ws="none",
        lifespan="on" if gateway else "off",
        access_log=False,
        log_level="warning",
        server_header=False,
        date_header=True,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=30,
        backlog=2048,
        h11_max_incomplete_event_size=64 * 1024,
        proxy_headers=False,
    )
    server = uvicorn.Server(config)
    server.run(sockets=[listener])
    if not server.started:
        raise SystemExit(3)


def _console() -> Application:
    from guiju.console.asgi import application

    return application()


def _supervise(settings: Settings, listener: socket.socket, workers: int) -> None:
    """Keep ``workers`` processes running on one socket until told to stop; one that dies is replaced."""
    context = multiprocessing.get_context("spawn")
    stopping = False

    def start() -> multiprocessing.process.BaseProcess:
        process = context.Process(target=_worker, args=(settings, listener), name="guiju-gateway")
        process.start()
        return process

    def stop(*_: object) -> None:
        nonlocal stopping
        stopping = True
        for process in processes:
            if process.pid is not None and process.is_alive():
                os.kill(process.pid, signal.SIGTERM)

    processes = [start() for _ in range(workers)]
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    while True:
        for index, process in enumerate(processes):
            process.join(0.2)
            if not process.is_alive() and not stopping:
                if process.exitcode == 3:  # it could not start: neither will the next one
                    stop()
                    raise SystemExit(3)
                log.error("a gateway process ended with %s; starting another", process.exitcode)
                processes[index] = start()
        if stopping and not any(process.is_alive() for process in processes):
            return


def _worker(settings: Settings, listener: socket.socket) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guiju.django_settings")
    import django

    django.setup()
    _run(settings, listener, gateway=True, console=False)
