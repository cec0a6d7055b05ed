"""The servers that are measured beside each other, each started on a core of its own choosing and ended afterwards.

Everything lands in a folder below the temporary directory: logs, Guiju's data, and the environment of LiteLLM, which is
kept for the next time (``GUIJU_BENCH_CACHE`` names another place).
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
CACHE = Path(os.environ.get("GUIJU_BENCH_CACHE") or Path(tempfile.gettempdir()) / "guiju-bench")
_MASTER = "sk-bench-1234"
_OPEN = urllib.request.build_opener(urllib.request.ProxyHandler({})).open


class PeerMissing(Exception):
    """A peer cannot be installed or started here."""


@dataclass(frozen=True)
class Server:
    """A running server: its process and what a client needs. ``home`` is Guiju's data directory."""

    name: str
    port: int
    process: subprocess.Popen[bytes]
    key: str = ""
    home: Path | None = None
    version: str = ""


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(
    command: Sequence[str],
    port: int,
    path: str,
    log: Path,
    core: int,
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path = ROOT,
    patience: float = 30,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server pinned to ``core`` until the block ends; it is up when ``path`` answers with anything but a 5xx.

    Raises:
        PeerMissing: it ended or did not answer within ``patience`` seconds.
    """
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=cwd,
            env={**_environment(), **(env or {})},
            preexec_fn=lambda: os.sched_setaffinity(0, {core}),
        )
    try:
        _await(process, f"http://127.0.0.1:{port}{path}", log, patience)
        yield process
    finally:
        _end(process)


def _await(process: subprocess.Popen[bytes], url: str, log: Path, patience: float) -> None:
    until = time.monotonic() + patience
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            with _OPEN(url, timeout=2):
                return
        except urllib.error.HTTPError as answer:
            if answer.code < 500:
                return
        except OSError:
            pass
        time.sleep(0.1)
    tail = log.read_text(errors="replace")[-600:]
    raise PeerMissing(f"{url} did not come up: {tail}")


def _environment() -> dict[str, str]:
    """The environment without what would configure Guiju or a peer behind our back."""
    return {
        name: value for name, value in os.environ.items() if not name.startswith(("GUIJU_", "DATABASE_", "LITELLM_"))
    }


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def stub(folder: Path, core: int) -> Iterator[Server]:
    """The model behind all of them, which is also what is asked directly."""
    port = free_port()
    command = [sys.executable, "-m", "bench.stub_upstream", "--port", str(port)]
    with running(command, port, "/v1/models", folder / "stub.log", core) as process:
        yield Server("direct", port, process)


@contextmanager
def passthrough(folder: Path, core: int, upstream: str) -> Iterator[Server]:
    """A bare aiohttp pass-through."""
    port = free_port()
    command = [sys.executable, "-m", "bench.passthrough", "--port", str(port), "--upstream", upstream]
    with running(command, port, "/", folder / "aiohttp.log", core) as process:
        yield Server("aiohttp", port, process, version=_version(sys.executable, "aiohttp"))


@contextmanager
def guiju(folder: Path, core: int, upstream: str, database_url: str = "") -> Iterator[Server]:
    """Guiju as ``guiju init`` and ``guiju gateway`` make it: checks, labels and durable evidence on."""
    port, home = free_port(), folder / "guiju"
    program = str(Path(sys.executable).parent / "guiju")
    env = {
        "GUIJU_HOME": str(home),
        "GUIJU_UPSTREAM_URL": upstream,
        "GUIJU_DATABASE_URL": database_url,
    }
    init = subprocess.run(
        [program, "init", "--json"],
        env={**_environment(), **env},
        cwd=folder,
        capture_output=True,
        check=True,
        timeout=300,
    )
    key = json.loads(init.stdout)["integration_key"]
    command = [program, "gateway", "--port", str(port)]
    with running(command, port, "/ready", folder / "guiju.log", core, env=env, cwd=folder) as process:
        yield Server("guiju", port, process, key, home, _version(sys.executable, "guiju"))


@contextmanager
def litellm(folder: Path, core: int, upstream: str) -> Iterator[Server]:
    """The LiteLLM proxy from PyPI: a master key, no database, no guardrails, no log of spending.

    Raises:
        PeerMissing: it cannot be installed or does not start.
    """
    python = litellm_environment()
    port, config = free_port(), folder / "litellm.yaml"
    models = [
        {"model_name": name, "litellm_params": {"model": f"openai/{name}", "api_base": upstream, "api_key": "sk-none"}}
        for name in ("stub-model", "paced")
    ]
    config.write_text(
        json.dumps(
            {
                "model_list": models,
                "general_settings": {"master_key": _MASTER},
                "litellm_settings": {"telemetry": False},
            }
        )
    )
    command = [str(python.parent / "litellm"), "--config", str(config), "--port", str(port), "--host", "127.0.0.1"]
    command += ["--num_workers", "1", "--telemetry", "False"]
    env = {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_LOG": "ERROR", "NO_PROXY": "*"}
    path = "/health/liveliness"
    with running(command, port, path, folder / "litellm.log", core, env=env, cwd=folder, patience=180) as process:
        yield Server("litellm", port, process, _MASTER, version=_version(str(python), "litellm"))


def litellm_environment() -> Path:
    """The Python of an environment with ``litellm[proxy]``; made when it is not there yet."""
    folder = CACHE / "litellm"
    python, done = folder / "bin" / "python", folder / ".installed"
    if done.exists():
        return python
    print(f"installing litellm[proxy] into {folder} (once; a minute or two) ...", file=sys.stderr, flush=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        subprocess.run(
            [sys.executable, "-m", "venv", "--clear", str(folder)], check=True, capture_output=True, timeout=120
        )
        install = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", "litellm[proxy]"]
        subprocess.run(install, check=True, capture_output=True, timeout=900)
    except (subprocess.SubprocessError, OSError) as error:
        said = (getattr(error, "stderr", b"") or b"").decode("utf-8", "replace").strip().splitlines()
        raise PeerMissing(f"litellm[proxy] cannot be installed: {said[-1] if said else error}") from error
    done.touch()
    return python


def _version(python: str, package: str) -> str:
    code = f"import importlib.metadata as m; print(m.version({package!r}))"
    return subprocess.run([python, "-c", code], capture_output=True, text=True, check=False).stdout.strip()
