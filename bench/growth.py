"""How the cost of evidence grows with what there is: ``python -m bench.growth [--most N] [--database D] [--json FILE]``.

Fills a database through the gateway's writer and stops at 10,000, 100,000, 1,000,000 … records up to ``--most``. At each
stop: the write rate of the last tenth on the way there, bytes a record, ``guiju evidence verify`` in a process of its
own, and the median time of the pages an operator asks for. Nothing is extrapolated. A million takes minutes on each
database, ten million an hour or more and some 20 GB.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import uvloop

from bench import databases, machine
from bench.evidence_verify import verify_here

CLIENTS = 256
_REPEATS = 7


def here(most: int) -> None:
    """Fill and measure the database of this process."""
    databases.open_here()
    from bench.exchanges import crowd, integrations, open_writer

    empty, callers = databases.stored_bytes(), integrations()
    written, stop = 0, 10_000
    while stop <= most:
        writer = open_writer()
        way = stop - written
        filled = uvloop.run(crowd(writer, callers, CLIENTS, lambda n, _, more=way - way // 10: n >= more, written))
        written += filled.records
        watch = machine.Watch([os.getpid()])
        last = uvloop.run(crowd(writer, callers, CLIENTS, lambda n, _, more=stop - written: n >= more, written))
        others = watch.use().foreign
        written += last.records
        writer.stop()
        databases.emit(
            records=written,
            records_per_s=last.records / last.wall_s,
            records_per_s_all=(filled.records + last.records) / (filled.wall_s + last.wall_s),
            wait_p50_ms=last.wait_ms(0.5),
            wait_p99_ms=last.wait_ms(0.99),
            cpu_ms=last.cpu_s / last.records * 1000,
            others=others,
            bytes_per_record=(databases.stored_bytes() - empty) / written,
            pages_ms=pages(callers),
            **verify_here(),
        )
        stop *= 10


def pages(callers: list[str]) -> dict[str, float]:
    """Median milliseconds of one page of each search an operator makes; the first of each is not counted."""
    from bench.exchanges import ACCOUNTS
    from guiju.store.evidence import Query, search
    from guiju.store.models import Record

    middle = Record.objects.order_by("at").values_list("at", flat=True)[Record.objects.count() // 2]
    number = Record.objects.order_by("-id").values_list("content_number", flat=True)[5]
    cursor = search(Query(until=middle)).next
    asked: dict[str, Callable[[], object]] = {
        "newest": lambda: search(Query()),
        "from the middle": lambda: search(Query(), cursor),
        "one account": lambda: search(Query(account=f"{ACCOUNTS // 2:032x}")),
        "one integration": lambda: search(Query(integration=callers[3])),
        "one risk": lambda: search(Query(risk="A.4.f")),
        "a risk nobody has": lambda: search(Query(risk="A.1.a")),
        "flagged": lambda: search(Query(flagged=True)),
        "an action nobody took": lambda: search(Query(action="block")),
        "an account, one minute": lambda: search(
            Query(account=f"{7:032x}", since=middle, until=middle + timedelta(minutes=1))
        ),
        "content number": lambda: search(Query(content_number=number)),
    }
    return {name: _median_ms(call) for name, call in asked.items()}


def _median_ms(call: Callable[[], object]) -> float:
    call()
    times: list[float] = []
    while len(times) < _REPEATS and sum(times) < 10:
        began = time.perf_counter()
        call()
        times.append(time.perf_counter() - began)
    return statistics.median(times) * 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--most", type=int, default=1_000_000, help="the last stop: a power of ten from 10,000")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], action="append", help="only this one")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--json", type=Path, metavar="FILE")
    arguments = parser.parse_args()
    if arguments.here:
        here(arguments.most)
        return
    about = machine.describe()
    print("; ".join(f"{key}: {value}" for key, value in about.items()) + "\n")
    rows = []
    for row in databases.on_each(
        "bench.growth", [f"--most={arguments.most}"], arguments.database or ("sqlite", "postgresql")
    ):
        print(row, file=sys.stderr, flush=True)
        rows.append(row)
        if arguments.json is not None:
            arguments.json.write_text(json.dumps({"machine": about, "rows": rows}, indent=1))
    print(
        databases.markdown(
            rows,
            {
                "Database": lambda r: r["database"],
                "Records": lambda r: f"{r['records']:,}",
                "Written/s": lambda r: f"{r['records_per_s']:,.0f}",
                "CPU ms each": lambda r: f"{r['cpu_ms']:.3f}",
                "Wait p50 / p99 ms": lambda r: f"{r['wait_p50_ms']:.0f} / {r['wait_p99_ms']:.0f}",
                "Bytes each": lambda r: f"{r['bytes_per_record']:,.0f}",
                "Verified/s": lambda r: f"{r['verified_per_s']:,.0f}",
                "CPU µs each": lambda r: f"{r['verify_cpu_us']:.1f}",
                "Peak MiB": lambda r: f"{r['peak_mib']:.0f}",
                "Sound": lambda r: "yes" if r["ok"] else "NO",
            },
        )
    )
    names = list(rows[0]["pages_ms"]) if rows else []
    print("\nMilliseconds of a page of 50\n")
    print(
        databases.markdown(
            rows,
            {"Database": lambda r: r["database"], "Records": lambda r: f"{r['records']:,}"}
            | {name: (lambda r, name=name: f"{r['pages_ms'][name]:.1f}") for name in names},
        )
    )


if __name__ == "__main__":
    main()
