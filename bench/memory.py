"""How much memory a gateway takes: ``python -m bench.memory [--requests N] [--streams N] [--json FILE]``.

One gateway before the stub model, on an embedded database. First ``--requests`` whole answers with 64 under way at any
time, its resident memory read after every tenth; then rounds of ``--streams`` paced streams at once, read at the height
of each round and after it. Flat means: the last figure of a series is no larger than its first by more than noise.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench import load, machine, servers

_ROUNDS = 3
_SLICE_S = 2.0


def resident(pid: int, line: str = "VmRSS") -> float:
    """Memory of a process in MiB."""
    for entry in Path(f"/proc/{pid}/status").read_text().splitlines():
        if entry.startswith(line + ":"):
            return int(entry.split()[1]) / 1024
    raise ValueError(f"no {line} of process {pid}")


async def whole(target: load.Target, pid: int, count: int) -> list[tuple[int, float]]:
    """(answers so far, MiB) after every tenth of ``count`` answers."""
    shape = load.Shape("whole", 64)
    answered, series = 0, [(0, resident(pid))]
    while answered < count:
        answers = await load.run(target, shape, _SLICE_S, 0.0, started=_nothing, ended=_nothing)
        if answers.wrong:
            raise RuntimeError(f"{answers.wrong} answers were wrong: {answers.example}")
        answered += answers.all
        if answered >= series[-1][0] + count / 10:
            series.append((answered, resident(pid)))
            print(f"  {answered:>8} answers  {series[-1][1]:7.1f} MiB", flush=True)
    return series


async def streams(target: load.Target, pid: int, at_once: int) -> list[tuple[float, float]]:
    """(MiB at the height, MiB after) of rounds of ``at_once`` streams."""
    shape = load.Shape("streams", at_once, stream=True, model="paced")
    series = []
    for number in range(1, _ROUNDS + 1):
        heights: list[float] = []
        task = asyncio.create_task(_watch(pid, heights))
        answers = await load.run(target, shape, 10.0, 0.0, started=_nothing, ended=_nothing)
        task.cancel()
        if answers.wrong:
            raise RuntimeError(f"{answers.wrong} answers were wrong: {answers.example}")
        await asyncio.sleep(1)
        series.append((max(heights), resident(pid)))
        print(
            f"  round {number}: {answers.all} streams, {max(heights):7.1f} MiB, then {series[-1][1]:7.1f} MiB",
            flush=True,
        )
    return series


async def _watch(pid: int, heights: list[float]) -> None:
    while True:
        heights.append(resident(pid))
        await asyncio.sleep(0.25)


def _nothing() -> None:
    return None


def main(arguments: list[str]) -> int:
    """Measure and print; 1 if memory grew by more than a tenth between the first tenth and the end."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--streams", type=int, default=1000)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    cores = sorted(os.sched_getaffinity(0))
    with (
        tempfile.TemporaryDirectory(prefix="guiju-bench-") as folder,
        servers.stub(Path(folder), cores[-1]) as model,
        servers.guiju(Path(folder), cores[0], f"http://127.0.0.1:{model.port}/v1") as gateway,
    ):
        target, pid = load.Target("guiju", gateway.port, gateway.key), gateway.process.pid
        print(f"{options.requests} whole answers, 64 under way at any time")
        answers = asyncio.run(whole(target, pid, options.requests))
        print(f"{options.streams} streams at once")
        rounds = asyncio.run(streams(target, pid, options.streams))
        peak = resident(pid, "VmHWM")
    print(f"  at the start {answers[0][1]:.1f} MiB, highest ever {peak:.1f} MiB")
    if options.json:
        figures: dict[str, Any] = {
            "answers": answers,
            "streams": rounds,
            "peak_mib": peak,
            "machine": machine.describe(),
        }
        options.json.write_text(json.dumps(figures, indent=2))
    settled = answers[1][1] if len(answers) > 1 else answers[0][1]
    flat = answers[-1][1] <= settled * 1.1 and rounds[-1][1] <= rounds[0][1] * 1.1
    print("flat" if flat else "NOT flat")
    return 0 if flat else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
