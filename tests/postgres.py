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


@contextmanager
def cluster() -> Iterator[str]:
    """A running cluster; gives the address of a database in it. Not synced to disk: it has nothing to keep."""
    programs, port = binaries(), _free_port()
    with tempfile.TemporaryDirectory(prefix="guiju-postgres-") as folder:
        home = Path(folder) / "data"
        _give_to_server(Path(folder))
        _run(
            programs / "initdb",
            "--pgdata",
            home,
            "--username=guiju",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
        )
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
        _run(
            programs / "pg_ctl",
            "--pgdata",
            home,
            "--log",
            Path(folder) / "log",
            "--wait",
            "--options",
            options,
            "start",
        )
        try:
            yield f"postgresql://guiju@127.0.0.1:{port}/postgres"
        finally:
            _run(programs / "pg_ctl", "--pgdata", home, "--mode=immediate", "stop")


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
