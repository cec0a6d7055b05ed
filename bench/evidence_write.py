"""Durable records per second: ``python -m bench.evidence_write [--seconds N] [--home DIR [--at URL]] [--json FILE]``.

The gateway's evidence writer, with its chain, encryption, seals and consequences, on SQLite and on a PostgreSQL with
``fsync`` on. 1, 16 and 256 clients wait at once, each for its record before the next. Drafts are made in the same
process, as in the gateway. The limit beside it is the disk: how often 4 KiB can be written and synced, one by one.

``--home`` and ``--at`` name a database that ``bench.scale`` has filled and kept: how fast a large one takes records.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path

import uvloop

from bench import databases, machine

CLIENTS = (1, 16, 256)


def synced_writes_per_second(seconds: float = 1.0) -> float:
    """How often this disk writes and syncs 4 KiB."""
    with tempfile.NamedTemporaryFile(dir=tempfile.gettempdir()) as file:
        began, count = time.perf_counter(), 0
        while time.perf_counter() - began < seconds:
            os.write(file.fileno(), b"x" * 4096)
            os.fdatasync(file.fileno())
            count += 1
        return count / (time.perf_counter() - began)


def here(seconds: float) -> None:
    """Measure on the database of this process."""
    databases.open_here()
    from bench.exchanges import crowd, integrations, open_writer
    from guiju.store.models import Record

    writer, callers = open_writer(), integrations()
    present = Record.objects.count()
    before, number = databases.stored_bytes(), 0
    warm = uvloop.run(crowd(writer, callers, 16, lambda n, _: n >= 1000))
    number += warm.records
    for clients in CLIENTS:
        watch = machine.Watch([os.getpid()])
        done = uvloop.run(crowd(writer, callers, clients, lambda _, t: t >= seconds, number))
        number += done.records
        databases.emit(
            present=present,
            clients=clients,
            records_per_s=done.records / done.wall_s,
            commits_per_s=done.commits / done.wall_s,
            records_per_commit=done.records / done.commits,
            wait_p50_ms=done.wait_ms(0.5),
            wait_p99_ms=done.wait_ms(0.99),
            cpu_ms=done.cpu_s / done.records * 1000,
            others=watch.use().foreign,
        )
    writer.stop()
    databases.emit(bytes_per_record=(databases.stored_bytes() - before) / number, records=number)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=5.0, help="how long each crowd is measured")
    parser.add_argument(
        "--home", type=Path, help="write into the database of this data directory instead of empty ones"
    )
    parser.add_argument("--at", default="", metavar="URL", help="with --home: its PostgreSQL database")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--json", type=Path, metavar="FILE")
    arguments = parser.parse_args()
    if arguments.here:
        here(arguments.seconds)
        return
    about = machine.describe()
    print("; ".join(f"{key}: {value}" for key, value in about.items()))
    disk = synced_writes_per_second()
    print(f"limit: {disk:,.0f} synced writes of 4 KiB a second, one by one\n")
    passed = ["--seconds", str(arguments.seconds)]
    if arguments.home is not None:
        source = databases.on_this("bench.evidence_write", passed, arguments.home, arguments.at)
    else:
        source = databases.on_each("bench.evidence_write", passed)
    rows = []
    for row in source:
        print(row, file=sys.stderr)
        rows.append(row)
    crowds = [row for row in rows if "clients" in row]
    print(
        databases.markdown(
            crowds,
            {
                "Database": lambda r: r["database"],
                "Records there already": lambda r: f"{r['present']:,}",
                "Waiting clients": lambda r: str(r["clients"]),
                "Records/s": lambda r: f"{r['records_per_s']:,.0f}",
                "Commits/s": lambda r: f"{r['commits_per_s']:,.0f}",
                "Records/commit": lambda r: f"{r['records_per_commit']:.1f}",
                "Commits by synced writes": lambda r: f"{r['commits_per_s'] / disk:.2f}",
                "Wait p50 / p99 ms": lambda r: f"{r['wait_p50_ms']:.2f} / {r['wait_p99_ms']:.1f}",
                "CPU ms/record (this process)": lambda r: f"{r['cpu_ms']:.3f}",
                "Cores of others (server of PostgreSQL included)": lambda r: f"{r['others']:.1f}",
            },
        )
    )
    for row in rows:
        if "bytes_per_record" in row:
            print(f"\n{row['database']}: {row['bytes_per_record']:,.0f} bytes a record with texts and indexes")
    if arguments.json is not None:
        arguments.json.write_text(json.dumps({"machine": about, "synced_writes_per_s": disk, "rows": rows}, indent=1))


if __name__ == "__main__":
    main()
