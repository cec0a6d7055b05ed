"""Guiju beside LiteLLM and a bare pass-through, in one run: ``python -m bench.gateway_throughput [--quick] [--json FILE]``.

Four targets answer the same requests: the stub upstream itself (direct), an aiohttp pass-through that parses and
relays, the LiteLLM proxy from PyPI (master key, no database, guardrails off), and Guiju as ``guiju init`` and
``guiju gateway`` make it (checks, label, durable evidence in SQLite). Each server has one worker on one core; upstream
and load share the other. They take turns, several rounds; noise of a shared machine only ever slows, so the table shows
the best repetition of each cell, with the share of the server's core that went to others meanwhile; cells that were never quiet
are repeated. ``--nice -12`` (as root) lets all that is measured, peers included, go before the rest of the machine. In
the end Guiju's evidence is verified and counted against the answers it gave.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import uvloop

from bench import machine, servers
from bench.load import Answers, Shape, Target, run
from bench.servers import PeerMissing, Server

SHAPES = (
    Shape("json1", 1),
    Shape("json16", 16),
    Shape("sse1", 1, stream=True),
    Shape("sse16", 16, stream=True),
    Shape("paced16", 16, stream=True, model="paced"),
)
_BY_RATE = ("json16", "sse16", "paced16")
QUIET = 0.1
"""Share of the server's core that others may have for a repetition to count as quiet."""


@dataclass(frozen=True)
class Reading:
    """One repetition of one cell.

    Times in milliseconds, ``cpu_ms`` per answer; ``foreign`` is the share of the server's core that went to others.
    """

    p50: float
    p99: float
    first_p50: float
    rate: float
    cpu_ms: float
    foreign: float
    answers: int
    wrong: int


Cells = dict[tuple[str, str], list[Reading]]


@dataclass(frozen=True)
class Goal:
    """A ratio that was promised; ``at_least`` says on which side of ``limit`` it must lie. Without limit: only told."""

    name: str
    value: float
    limit: float = math.nan
    at_least: bool = True

    @property
    def met(self) -> bool:
        """Whether the measured value keeps the promise."""
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    def row(self) -> str:
        """The goal as a row of a table."""
        if math.isnan(self.limit):
            return f"| {self.name} | {self.value:.3g} | | |"
        sign, word = "≥" if self.at_least else "≤", "met" if self.met else "NOT MET"
        return f"| {self.name} | {self.value:.3g} | {sign} {self.limit:.3g} | {word} |"


@dataclass(frozen=True)
class Field:
    """The servers of one run, the process that plays the model, and the cores of servers and of everything else."""

    cores: tuple[int, int]
    stub: Server
    tested: list[Server]
    missing: dict[str, str]


@contextmanager
def everything(folder: Path, without: set[str]) -> Iterator[Field]:
    """Start the stub on one core and the servers on the other."""
    core, other = machine.two_cores()
    os.sched_setaffinity(0, {other})
    with ExitStack() as stack:
        stub = stack.enter_context(servers.stub(folder, other))
        upstream = f"http://127.0.0.1:{stub.port}/v1"
        tested, missing = [stub], {}
        for name in ("passthrough", "litellm", "guiju"):
            if name in without:
                continue
            try:
                tested.append(stack.enter_context(getattr(servers, name)(folder, core, upstream)))
            except PeerMissing as error:
                missing[name] = str(error)
        yield Field((core, other), stub, tested, missing)


def measure(field: Field, server: Server, shape: Shape, seconds: float, served: dict[str, int]) -> Reading:
    """Load one server with one shape."""
    target = Target(server.name, server.port, server.key, b'"aigc"' if server.name == "guiju" else b"")
    direct = server is field.stub
    beside, core = ([os.getpid()], field.cores[1]) if direct else ([], field.cores[0])
    watched = machine.family(server.process.pid)
    watch: list[machine.Watch] = []
    use: list[machine.Use] = []

    async def once() -> Answers:
        return await run(
            target,
            shape,
            seconds,
            min(1.0, seconds / 4),
            started=lambda: watch.append(machine.Watch(watched, beside, core)),
            ended=lambda: use.append(watch[0].use()),
        )

    answers = uvloop.run(once())
    served[server.name] = served.get(server.name, 0) + answers.all
    if answers.wrong:
        print(f"{server.name} {shape.name}: {answers.wrong} wrong: {answers.example}", file=sys.stderr)
    count = len(answers.total)
    return Reading(
        p50=answers.median(),
        p99=answers.quantile(0.99),
        first_p50=answers.median("first"),
        rate=count / use[0].wall_s,
        cpu_ms=use[0].cpu_s / count * 1000 if count else math.nan,
        foreign=use[0].foreign,
        answers=count,
        wrong=answers.wrong,
    )


def best(shape: str, readings: list[Reading]) -> Reading:
    """The repetition that was disturbed least: the highest rate, or for one client at a time the lowest median."""
    return max(readings, key=lambda r: r.rate) if shape in _BY_RATE else min(readings, key=lambda r: r.p50)


def goals(cells: Cells) -> list[Goal]:
    """The promises of this project against what was measured, and the same in CPU time; without its peer, none."""

    def of(server: str, shape: str) -> Reading:
        return best(shape, cells[server, shape])

    def ratio(one: str, other: str, shape: str, figure: Callable[[Reading], float]) -> float:
        return figure(of(one, shape)) / (figure(of(other, shape)) or math.nan)

    def share(shape: str, figure: Callable[[Reading], float]) -> float:
        direct = figure(of("direct", shape))
        return (figure(of("guiju", shape)) - direct) / (figure(of("litellm", shape)) - direct)

    found: list[Goal] = []
    if ("guiju", "json1") not in cells:
        return found
    if ("litellm", "json1") in cells:
        found += [
            Goal("JSON requests/s, against LiteLLM", ratio("guiju", "litellm", "json16", _rate), 20),
            Goal("streamed answers/s, against LiteLLM", ratio("guiju", "litellm", "sse16", _rate), 20),
            Goal("added median latency, share of LiteLLM's", share("json1", lambda r: r.p50), 1 / 20, at_least=False),
            Goal(
                "added time to first token, share of LiteLLM's",
                share("sse1", lambda r: r.first_p50),
                1 / 20,
                at_least=False,
            ),
            Goal("CPU of a JSON request, LiteLLM's by Guiju's", ratio("litellm", "guiju", "json16", _cpu)),
            Goal("CPU of a streamed answer, LiteLLM's by Guiju's", ratio("litellm", "guiju", "sse16", _cpu)),
            Goal("CPU of a paced streamed answer, LiteLLM's by Guiju's", ratio("litellm", "guiju", "paced16", _cpu)),
        ]
    if ("aiohttp", "json1") in cells:
        found += [
            Goal("JSON requests/s, against bare aiohttp", ratio("guiju", "aiohttp", "json16", _rate), 0.5),
            Goal("CPU of a JSON request, bare aiohttp's by Guiju's", ratio("aiohttp", "guiju", "json16", _cpu)),
        ]
    return found


def _rate(reading: Reading) -> float:
    return reading.rate


def _cpu(reading: Reading) -> float:
    return reading.cpu_ms


def proof(server: Server, served: int) -> dict[str, object]:
    """Verify Guiju's evidence and count it: every answer must have its record."""
    program = str(Path(sys.executable).parent / "guiju")
    env = {**os.environ, "GUIJU_HOME": str(server.home), "GUIJU_CONFIG": ""}
    done = subprocess.run(
        [program, "evidence", "verify", "--json"], env=env, cwd=server.home, capture_output=True, timeout=600
    )
    report = json.loads(done.stdout)
    return {"ok": report["ok"], "records": report["records"] - report["chains"], "answers": served}


def table(cells: Cells) -> list[str]:
    """The figures as Markdown."""
    lines = [
        "| Target | JSON c=1 p50 / p99 ms | JSON c=16 req/s | CPU ms/request | SSE c=1 total (first token) p50 ms "
        "| SSE c=16 answers/s | CPU ms/answer | paced SSE c=16: CPU ms/answer, first token p50 ms | others on the core |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name in dict.fromkeys(server for server, _ in cells):
        one, many, stream, streams, paced = (best(s.name, cells[name, s.name]) for s in SHAPES)
        foreign = " ".join(f"{r.foreign:.0%}" for r in (one, many, stream, streams, paced))
        lines.append(
            f"| {name} | {one.p50:.2f} / {one.p99:.1f} | {many.rate:,.0f} | {many.cpu_ms:.2f} "
            f"| {stream.p50:.2f} ({stream.first_p50:.2f}) | {streams.rate:,.0f} | {streams.cpu_ms:.2f} "
            f"| {paced.cpu_ms:.2f}, {paced.first_p50:.1f} | {foreign} |"
        )
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one short round: whether it runs, not how fast")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--extra", type=int, default=3, help="at most so many more rounds for cells that were never quiet"
    )
    parser.add_argument("--seconds", type=float, default=3.0, help="how long one cell is measured")
    parser.add_argument("--nice", type=int, default=0, help="priority of everything measured; below 0 needs root")
    parser.add_argument("--without", action="append", default=[], choices=["passthrough", "litellm", "guiju"])
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every reading there")
    arguments = parser.parse_args()
    rounds, extra, seconds = arguments.rounds, arguments.extra, arguments.seconds
    if arguments.quick:
        rounds, extra, seconds = 1, 0, 1.0

    machine.favour(arguments.nice)
    cells: Cells = {}
    served: dict[str, int] = {}
    with tempfile.TemporaryDirectory(prefix="guiju-bench-") as name:
        with everything(Path(name), set(arguments.without)) as field:
            for server in field.tested:  # whatever a server does only once is done before the clock runs
                for shape in SHAPES:
                    measure(field, server, shape, 0.5, served)
            for number in range(rounds + extra):
                for shape in SHAPES:
                    for server in field.tested:
                        before = cells.setdefault((server.name, shape.name), [])
                        if number >= rounds and best(shape.name, before).foreign <= QUIET:
                            continue
                        before.append(measure(field, server, shape, seconds, served))
                        latest = before[-1]
                        print(
                            f"round {number + 1} {shape.name:8}{server.name:10}{latest.rate:10,.1f}/s  p50 {latest.p50:8.2f} ms"
                            f"  CPU {latest.cpu_ms:7.2f} ms  foreign {latest.foreign:.2f}",
                            file=sys.stderr,
                            flush=True,
                        )
            versions = {server.name: server.version for server in field.tested if server.version}
            memory = {s.name: round(machine.resident_mib(machine.family(s.process.pid))) for s in field.tested}
        guiju = next((server for server in field.tested if server.name == "guiju"), None)
        evidence = proof(guiju, served["guiju"]) if guiju else {}
    report(cells, versions, memory, evidence, field.missing, arguments.json)


def report(
    cells: Cells,
    versions: dict[str, str],
    memory: dict[str, int],
    evidence: dict[str, object],
    missing: dict[str, str],
    file: Path | None,
) -> None:
    """Print the table and the goals; write every reading to ``file``."""
    about = machine.describe()
    print("; ".join(f"{key}: {value}" for key, value in about.items()))
    print("versions: " + ", ".join(f"{name} {version}" for name, version in versions.items()))
    print("resident MiB: " + ", ".join(f"{name} {size}" for name, size in memory.items()))
    for name, why in missing.items():
        print(f"MISSING {name}: {why}")
    print("", *table(cells), "", sep="\n")
    print("| Goal | measured | promised | |", "|---|---|---|---|", sep="\n")
    promised = goals(cells)
    for goal in promised:
        print(goal.row())
    if evidence:
        print(
            f"\nevidence: {evidence['records']} records for {evidence['answers']} answers, chain ok: {evidence['ok']}"
        )
    if file is not None:
        data = {
            "machine": about,
            "versions": versions,
            "resident_mib": memory,
            "missing": missing,
            "evidence": evidence,
            "goals": [{**asdict(goal), "met": goal.met} for goal in promised],
            "cells": [
                {
                    "server": server,
                    "shape": shape,
                    "best": asdict(best(shape, found)),
                    "all": [asdict(r) for r in found],
                }
                for (server, shape), found in cells.items()
            ],
        }
        file.write_text(json.dumps(data, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
