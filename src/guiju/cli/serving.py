"""``guiju up``, ``gateway``, ``console`` and ``init``: setting up, and serving until told to stop."""

from __future__ import annotations

import errno
import signal
import socket
from typing import TYPE_CHECKING, Annotated

import typer

from guiju.cli import terminal
from guiju.cli.exits import Exit
from guiju.cli.language import say
from guiju.errors import PortInUse, SettingsInvalid

if TYPE_CHECKING:
    from guiju.settings import Settings

Host = Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 for every network of this machine.")]
Port = Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")]
Workers = Annotated[
    int, typer.Option(min=1, max=64, help="Gateway processes; more than one needs PostgreSQL to gain much.")
]

HERE = "127.0.0.1"
ANYWHERE = ("0.0.0.0", "::", "")


def up(host: Host = HERE, port: Port = 8080) -> None:
    """Set up whatever is missing, then run gateway and console in one process.

    The first time it makes the data directory, the keys, the database, an administrator and an example integration, and
    shows password and key this once. Later it starts at once and loses nothing. Ctrl-C stops it; exchanges under way end.

    Examples:

        guiju up

        GUIJU_UPSTREAM_URL=http://127.0.0.1:8000/v1 guiju up --port 9000

    Exit status: 0 stopped as asked; 3 the port is taken, or settings, database or keys are not in order.
    """
    from guiju.cli import boot, welcome

    free(host, port)
    settings = boot.start()
    from guiju.store.setup import initialise

    first = initialise(settings)
    base = welcome.address(host, port)
    if first is not None:
        welcome.show([*welcome.first_run(first, settings, base), ""])
    _serve(settings, host, port, gateway=True, console=True, workers=1)


def gateway(host: Host = HERE, port: Port = 8080, workers: Workers = 1) -> None:
    """Run the gateway alone: /v1, /health, /ready and /metrics.

    As many as needed may run beside each other on one PostgreSQL; `guiju init` must have been run once.

    Example:

        guiju gateway --host 0.0.0.0 --port 8080 --workers 4
    """
    from guiju.cli import boot

    free(host, port)
    _serve(boot.open_database(), host, port, gateway=True, console=False, workers=workers)


def console(host: Host = HERE, port: Port = 8081) -> None:
    """Run the console alone. `guiju init` must have been run once.

    Behind HTTPS set console.https and console.allowed_hosts.

    Example:

        guiju console --port 8081
    """
    from guiju.cli import boot

    free(host, port)
    _serve(boot.open_database(), host, port, gateway=False, console=True, workers=1)


def init(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Make or upgrade the database and fill in what is missing, without starting anything.

    The first time it also makes an administrator and an example integration and shows password and key this once.
    Running it again is safe: it applies new migrations, adds newly configured services, and shows no secrets.

    Example:

        GUIJU_DATABASE_URL=postgresql://guiju@db/guiju guiju init
    """
    from guiju.cli import boot, welcome

    settings = boot.start()
    from guiju.store.setup import initialise

    first = initialise(settings)
    if as_json:
        terminal.emit({"first_run": first is not None, **({} if first is None else vars(first))})
    elif first is None:
        terminal.line(say("一切就绪,没有新的密钥。", "All in order; no new secrets."))
    else:
        welcome.show(welcome.first_run(first, settings, welcome.address(HERE, 8080)))


def free(host: str, port: int) -> None:
    """Make sure the address can be listened on.

    Raises:
        PortInUse: somebody does already. SettingsInvalid: the address is not one of this machine, or not allowed.
    """
    try:
        family, _, _, _, place = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, socket.SOCK_STREAM) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(place)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortInUse(host=host, port=port) from None
        raise SettingsInvalid(where=f"--host {host} --port {port}", problem=error.strerror) from None


def _as_asked(*_: object) -> None:
    raise SystemExit(Exit.OK)


def _serve(settings: Settings, host: str, port: int, *, gateway: bool, console: bool, workers: int) -> None:
    from guiju.cli import welcome
    from guiju.gateway.server import serve

    for number in (signal.SIGTERM, signal.SIGINT):  # the server raises the signal again when it has come to its end
        signal.signal(number, _as_asked)
    welcome.show(welcome.places(settings, welcome.address(host, port), gateway=gateway, console=console))
    if console and host in ANYWHERE and not settings.console.https:
        terminal.note(
            say(
                "控制台正对所有网络以 HTTP 提供服务:请放在 HTTPS 之后,并设置 console.https 与 console.allowed_hosts。",
                "The console is served to every network over HTTP: put HTTPS in front, set console.https and console.allowed_hosts.",
            ),
            "yellow",
        )
    serve(settings, host, port, gateway=gateway, console=console, workers=workers)
