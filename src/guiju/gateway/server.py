"""Starting the planes: gateway, console, or both in one process."""

from __future__ import annotations

import socket
import sys
import threading
from typing import Any, cast

import uvicorn
from apscheduler.schedulers.base import BaseScheduler

from guiju.errors import PortInUse, SettingsInvalid
from guiju.gateway.app import Application, create_app
from guiju.gateway.behind import behind
from guiju.gateway.protocol import BoundedProtocol
from guiju.gateway.runtime import Runtime
from guiju.gateway.workers import supervise
from guiju.media.waiting import ended_by, waited_for
from guiju.settings import Settings

_SWITCH_INTERVAL_S = 0.001
"""How long one thread may keep the interpreter: short, so that the evidence writer is not kept from committing."""


def serve(
    settings: Settings, host: str, port: int, *, gateway: bool = True, console: bool = True, workers: int = 1
) -> None:
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
        run(settings, listener, gateway=gateway, console=console)
        return
    supervise(settings, listener, workers)


class _Server(uvicorn.Server):
    """Lets go of long work on files as soon as a signal ends the process; answers under way still have their time."""

    def __init__(self, config: uvicorn.Config, ending: threading.Event) -> None:
        super().__init__(config)
        self._ending = ending

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._ending.set()
        await super().shutdown(sockets)


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


def run(settings: Settings, listener: socket.socket, *, gateway: bool, console: bool) -> None:
    """Serve on ``listener`` in this process."""
    sys.setswitchinterval(_SWITCH_INTERVAL_S)
    screens = _console() if console else None
    planes: Any = create_app(Runtime(settings), screens) if gateway else screens
    app: Any = behind(planes, settings.trusted_proxies)
    config = uvicorn.Config(
        app,
        http=BoundedProtocol,
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
        proxy_headers=False,
    )
    ending = threading.Event()
    server = _Server(config, ending)
    schedule = _upkeep() if console else None
    try:
        with waited_for(ended_by(ending)):  # what the server begins in this context, threads included, ends with it
            server.run(sockets=[listener])
    finally:
        if schedule is not None:
            schedule.shutdown(wait=False)
    if not server.started:
        raise SystemExit(3)


def _upkeep() -> BaseScheduler:
    from guiju import upkeep

    return upkeep.start()


def _console() -> Application:
    from guiju.console.asgi import application

    return cast(Application, application())
