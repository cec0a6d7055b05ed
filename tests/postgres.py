"""``python -m tests.postgres -- COMMAND``: run a command beside a throw-away PostgreSQL cluster.

The cluster lives in a temporary directory, listens on a free port of 127.0.0.1 only, and is gone afterwards. Its address
is in ``GUIJU_TEST_DATABASE_URL`` for the command. With that variable already set, the command simply runs. PostgreSQL
refuses to run as root; started as root, the cluster runs as the user ``postgres``.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

VARIABLE = "GUIJU_TEST_DATABASE_URL"


class PostgresMissing(Exception):
    """No PostgreSQL server is installed here."""


def binaries() -> Path:
    """The directory of ``initdb`` and ``pg_ctl``, of the newest version installed.

    Raises:
        PostgresMissing: there is none.
    """
    versions = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if versions:
        return max(versions, key=lambda path: float(path.parent.name))
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    raise PostgresMissing("no initdb found: apt-get install postgresql")


class Cluster:
    """A cluster that can be stopped and started again. Unless ``durable``, it outlives its processes, not the machine."""

    def __init__(self, folder: Path, *, durable: bool = False) -> None:
        """Make one in an empty folder; it does not run yet."""
        self._durable = durable
        self._programs, self._folder, self.port = binaries(), folder, _free_port()
        _give_to_server(folder)
        options = ("--username=guiju", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")
        _run(self._programs / "initdb", "--pgdata", folder / "data", *options)

    def address(self, database: str = "postgres") -> str:
        """Where Guiju reaches a database of it."""
        return f"postgresql://guiju@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self._folder}"
        options += "" if self._durable else " -c fsync=off"
        self._control("--log", self._folder / "log", "--wait", "--options", options, "start")

    def stop(self, mode: str = "immediate") -> None:
        """Stop it: ``immediate`` cuts every connection where it stands, ``fast`` ends transactions in order."""
        self._control(f"--mode={mode}", "stop")

    def _control(self, *arguments: str | Path) -> None:
        _run(self._programs / "pg_ctl", "--pgdata", self._folder / "data", *arguments)


@contextmanager
def cluster(*, durable: bool = False) -> Iterator[str]:
    """A running cluster; gives the address of a database in it. ``durable`` makes it sync to disk, as real ones do."""
    with tempfile.TemporaryDirectory(prefix="guiju-postgres-") as folder:
        server = Cluster(Path(folder), durable=durable)
        server.start()
        try:
            yield server.address()
        finally:
            server.stop()


def _run(*command: str | Path) -> None:
    words = [str(word) for word in command]
    if os.geteuid() == 0:
        words = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--", *words]
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL, cwd="/")


def _give_to_server(folder: Path) -> None:
    if os.geteuid() == 0:
        owner = pwd.getpwnam("postgres")
        os.chown(folder, owner.pw_uid, owner.pw_gid)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main(arguments: Sequence[str]) -> int:
    """Run the command after ``--``; its exit status, or 2 without one."""
    command = list(arguments[1:] if arguments[:1] == ["--"] else arguments)
    if not command:
        print(__doc__, file=sys.stderr)
        return 2
    if os.environ.get(VARIABLE):
        return subprocess.call(command)
    try:
        with cluster() as address:
            return subprocess.call(command, env={**os.environ, VARIABLE: address})
    except PostgresMissing as error:
        print(error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
