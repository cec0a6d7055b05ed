"""Running commands: in this process against the test database, or as a person would, as processes of their own."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from guiju.cli import language, main


@dataclass(frozen=True)
class Ran:
    """How a command ended and what it printed."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Ran]


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Messages in English unless a test says otherwise; nothing of a command's language outlives its test."""
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    language.choose(None)
    yield
    language.choose(None)
    translation.deactivate()


@pytest.fixture
def guiju(capfdbinary: pytest.CaptureFixture[bytes]) -> Run:
    """Run ``guiju ARGUMENTS`` in this process."""

    def run(*arguments: str | Path) -> Ran:
        capfdbinary.readouterr()
        status = main([str(argument) for argument in arguments])
        printed = capfdbinary.readouterr()
        return Ran(status, printed.out.decode(), printed.err.decode())

    return run


def environment(home: Path, **more: str) -> dict[str, str]:
    """The environment of a new user: nothing of Guiju's set but the data directory."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("GUIJU_", "DJANGO_"))}
    return {**clean, "GUIJU_HOME": str(home), "LC_ALL": "C.UTF-8", **more}


def process(home: Path, *arguments: str | Path, **more: str) -> Ran:
    """Run ``guiju ARGUMENTS`` as a process of its own, in the folder of ``home``."""
    command = [sys.executable, "-m", "guiju.cli", *map(str, arguments)]
    done = subprocess.run(
        command, cwd=home.parent, env=environment(home, **more), capture_output=True, text=True, timeout=60, check=False
    )
    return Ran(done.returncode, done.stdout, done.stderr)


class Server:
    """A running ``guiju up`` (or another serving command) and what it has printed."""

    def __init__(self, home: Path, *arguments: str, **more: str) -> None:
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self._output = home.parent / f"server-{self.port}.txt"
        command = [sys.executable, "-m", "guiju.cli", *(arguments or ("up",)), "--port", str(self.port)]
        with self._output.open("wb") as output:
            self._process = subprocess.Popen(
                command, cwd=home.parent, env=environment(home, **more), stdout=output, stderr=subprocess.STDOUT
            )

    @property
    def printed(self) -> str:
        return self._output.read_text("utf-8")

    def wait(self, path: str = "/ready") -> None:
        """Until it answers."""
        for _ in range(600):
            if self._process.poll() is not None:
                raise AssertionError(f"ended with {self._process.returncode}:\n{self.printed}")
            try:
                with urllib.request.urlopen(self.base + path, timeout=5):
                    return
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.05)
        raise AssertionError(f"no answer:\n{self.printed}")

    def stop(self) -> int:
        """Stop it as Ctrl-C or a service manager would; its exit status."""
        self._process.terminate()
        return self._process.wait(30)

    def kill(self) -> None:
        """Make sure that it is gone."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait(30)


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
    return port
