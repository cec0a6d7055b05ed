"""Installations that faults are done to: data directories, databases, and gateways as processes of their own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from guiju.store.journal.recovery import recover, unstored

GUIJU = (sys.executable, "-m", "guiju.cli")
START_S = 60


@dataclass(frozen=True)
class Plant:
    """One data directory, its database, and the key of an approved integration.

    ``env`` are ``GUIJU_*`` variables for every process of it.
    """

    home: Path
    key: str = ""
    integration: str = ""
    env: Mapping[str, str] = field(default_factory=dict)

    def environment(self, **more: str) -> dict[str, str]:
        """What its processes run with: nothing of Guiju's from outside."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("GUIJU_", "DJANGO_"))}
        return {**clean, "GUIJU_HOME": str(self.home), "LC_ALL": "C.UTF-8", **self.env, **more}

    def run(self, *arguments: str | Path, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run ``guiju ARGUMENTS``."""
        done = subprocess.run(
            [*GUIJU, *map(str, arguments)],
            cwd=self.home.parent, env=self.environment(), capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        if check and done.returncode:
            raise AssertionError(
                f"guiju {' '.join(map(str, arguments))}: {done.returncode}\n{done.stdout}{done.stderr}"
            )
        return done

    def init(self) -> Plant:
        """Set it up; the plant with its key."""
        first = json.loads(self.run("init", "--json").stdout)
        return Plant(self.home, first["integration_key"], first["integration_id"], self.env)

    def with_env(self, **more: str) -> Plant:
        """The same with more variables."""
        return Plant(self.home, self.key, self.integration, {**self.env, **more})

    def copy(self, home: Path, **more: str) -> Plant:
        """A copy of it at another place."""
        shutil.copytree(self.home, home)
        return Plant(home, self.key, self.integration, {**self.env, **more})

    def verify(self) -> dict[str, Any]:
        """What ``guiju evidence verify --json`` says; it has to be well."""
        report: dict[str, Any] = json.loads(self.run("evidence", "verify", "--json", check=False).stdout)
        assert report["ok"] is True and report["problems"] == [], report
        return report

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows straight out of the database, once everything is there that is durable."""
        address = self.env.get("GUIJU_DATABASE_URL", "")
        if address:
            import psycopg

            with psycopg.connect(address, autocommit=True) as connection:
                cursor = connection.execute(sql.encode())
                return cursor.fetchall() if cursor.description else []
        file = str(self.home / "guiju.db")
        with closing(sqlite3.connect(file, timeout=20, isolation_level=None)) as database:
            recover(database, file)  # as every process does that opens it
            until(lambda: not unstored(database, file), "what is durable is in the database")
            return database.execute(sql).fetchall()

    def outcomes(self) -> dict[str, str]:
        """How every recorded exchange ended, by content number. A number stands once."""
        rows = self.query("SELECT content_number, outcome FROM store_record")
        found = dict(rows)
        assert len(found) == len(rows), "an exchange is recorded twice"
        return found


class Gateway:
    """A serving process: ``guiju gateway`` unless other arguments are given. ``output``: where its log goes."""

    def __init__(
        self, plant: Plant, *arguments: str, port: int = 0, ready: bool = True, output: Path | None = None
    ) -> None:
        self.plant = plant
        self.port = port or free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self._output = (output or plant.home.parent) / f"served-{self.port}.txt"
        with self._output.open("ab") as file:
            self.process = subprocess.Popen(
                [*GUIJU, *(arguments or ("gateway",)), "--port", str(self.port)],
                cwd=plant.home.parent, env=plant.environment(), stdout=file, stderr=subprocess.STDOUT,
            )  # fmt: skip
        if ready:
            try:
                self.wait()
            except BaseException:
                self.kill()
                raise

    @property
    def printed(self) -> str:
        return self._output.read_text("utf-8", "replace")

    def get(self, path: str) -> tuple[int, bytes]:
        """GET a path without a key."""
        try:
            with urllib.request.urlopen(self.base + path, timeout=30) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()

    def ready(self) -> bool:
        try:
            return self.get("/ready")[0] == 200
        except (OSError, urllib.error.URLError):
            return False

    def wait(self) -> None:
        """Until it serves."""
        until(self.ready, "the gateway is ready", lambda: self.process.poll() is None, lambda: self.printed)

    def rss(self) -> int:
        """Resident memory in bytes."""
        return _memory(self.process.pid, "VmRSS")

    def peak(self) -> int:
        """The most resident memory it ever had, in bytes."""
        return _memory(self.process.pid, "VmHWM")

    def kill(self) -> None:
        """As the kernel would: no warning, no farewell."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait(30)

    def stop(self) -> int:
        """As a service manager would; the exit status."""
        if self.process.poll() is None:
            self.process.terminate()
        return self.process.wait(60)


@contextmanager
def serving(plant: Plant, *arguments: str, output: Path | None = None) -> Iterator[Gateway]:
    """A gateway that is gone afterwards, and that told of no fault of its own."""
    gateway = Gateway(plant, *arguments, output=output)
    try:
        yield gateway
        assert gateway.process.poll() is None, f"it ended by itself:\n{gateway.printed}"
    finally:
        try:
            gateway.stop()
        except subprocess.TimeoutExpired:
            gateway.kill()
            raise AssertionError(f"it did not stop:\n{gateway.printed}") from None
    assert "Traceback" not in gateway.printed, gateway.printed


def until(
    condition: Any, what: str, alive: Any = lambda: True, tell: Any = lambda: "", seconds: float = START_S
) -> None:
    """Wait for something to become true."""
    end = time.monotonic() + seconds
    while not condition():
        assert alive(), f"ended before: {what}\n{tell()}"
        assert time.monotonic() < end, f"not within {seconds} s: {what}\n{tell()}"
        time.sleep(0.05)


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def _memory(pid: int, line: str) -> int:
    for entry in Path(f"/proc/{pid}/status").read_text().splitlines():
        if entry.startswith(line + ":"):
            return int(entry.split()[1]) * 1024
    raise AssertionError(f"no {line} of {pid}")
