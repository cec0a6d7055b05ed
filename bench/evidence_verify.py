"""Verified records per second and the memory it takes: ``python -m bench.evidence_verify [--records N …] [--json FILE]``.

``guiju evidence verify`` as an operator runs it, in a process of its own, over evidence that the gateway's writer wrote:
10,000 and 100,000 records unless told otherwise (``bench.growth`` goes further). The limit beside it is bare hashing:
SHA-256 over bodies of the same size, and nothing else. Memory is the peak of the verifying process; it must not grow.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path
from typing import Any

import uvloop

from bench import databases, machine

SIZES = (10_000, 100_000)


def verify_here() -> dict[str, Any]:
    """Run ``guiju evidence verify`` on this process's database: seconds, records per second, peak memory, soundness."""
    program = str(Path(sys.executable).parent / "guiju")
    began = time.perf_counter()
    peak = 0.0
    command = [program, "evidence", "verify", "--json"]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as child:
        while (gone := os.wait4(child.pid, os.WNOHANG))[0] == 0:
            peak = max(peak, machine.peak_mib(child.pid))
            time.sleep(0.02)
        _, status, usage = gone
        child.returncode = os.waitstatus_to_exitcode(status)
        assert child.stdout is not None
        report = json.loads(child.stdout.read())
    seconds = time.perf_counter() - began
    cpu = usage.ru_utime + usage.ru_stime
    return {
        "ok": report["ok"],
        "verified": report["records"],
        "seals": report["seals"],
        "verify_s": seconds,
        "verify_cpu_s": cpu,
        "verified_per_s": report["records"] / seconds,
        "verify_cpu_us": cpu / report["records"] * 1e6,
        "peak_mib": peak,
    }


def hashes_per_second(size: int) -> float:
    """How many bodies of ``size`` bytes this core chains and hashes a second, with nothing else to do."""
    body, digest, count = os.urandom(size), bytes(32), 200_000
    began = time.process_time()
    for _ in range(count):
        digest = sha256(digest + body).digest()
    return count / (time.process_time() - began)


def here(sizes: list[int]) -> None:
    """Write and verify, size after size, on the database of this process."""
    databases.open_here()
    from bench.exchanges import crowd, integrations, open_writer
    from guiju.store.models import Record

    written, callers = 0, integrations()
    for size in sizes:
        writer = open_writer()
        done = uvloop.run(crowd(writer, callers, 256, lambda n, _, more=size - written: n >= more, written))
        writer.stop()
        written += done.records
        latest = Record.objects.order_by("-id").values_list("body", flat=True)[0]
        databases.emit(records=written, body_bytes=len(bytes(latest)), **verify_here())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--records", type=int, action="append", help="how many records to have when verifying")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--json", type=Path, metavar="FILE")
    arguments = parser.parse_args()
    sizes = sorted(arguments.records or SIZES)
    if arguments.here:
        here(sizes)
        return
    about = machine.describe()
    print("; ".join(f"{key}: {value}" for key, value in about.items()) + "\n")
    rows = list(databases.on_each("bench.evidence_verify", [f"--records={size}" for size in sizes]))
    limit = hashes_per_second(rows[-1]["body_bytes"])
    print(
        databases.markdown(
            rows,
            {
                "Database": lambda r: r["database"],
                "Records": lambda r: f"{r['records']:,}",
                "Verified/s (whole command)": lambda r: f"{r['verified_per_s']:,.0f}",
                "CPU µs/record": lambda r: f"{r['verify_cpu_us']:.1f}",
                "Bare hashing by this": lambda r: f"{limit * r['verify_cpu_us'] / 1e6:.1f} ×",
                "Peak MiB": lambda r: f"{r['peak_mib']:.0f}",
                "Sound": lambda r: "yes" if r["ok"] else "NO",
            },
        )
    )
    print(f"\nlimit: {limit:,.0f} chained hashes a second over bodies of {rows[-1]['body_bytes']} bytes")
    if arguments.json is not None:
        arguments.json.write_text(json.dumps({"machine": about, "hashes_per_s": limit, "rows": rows}, indent=1))


if __name__ == "__main__":
    main()
