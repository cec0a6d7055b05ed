"""``python -m bench.scale [--records N] [--accounts N] [--database D] [--json FILE]``: a large installation, measured.

Fills a database with chained, sealed records of half a year, a million accounts and what belongs to them, and stops at
10,000, 100,000 … records on the way for ``guiju evidence verify`` and ``export`` (seconds, CPU, peak memory). Then it asks
for every list page as a browser does, and prints the median of the server's time, its queries, and the plans of the slowest.
Ten million records take some 20 GB and half an hour or more.

To keep what was filled: ``--home DIR`` (an empty or already filled data directory), with ``--at URL`` for a PostgreSQL of
your own. A database that has the records already is only measured. ``--pages-only`` leaves verification and export out.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

from bench import databases, machine


def here(arguments: argparse.Namespace) -> None:
    """Fill and measure the database of this process."""
    databases.open_here()
    from bench.scale import pages

    fill(arguments.records, arguments.accounts, proved=not arguments.pages_only)
    databases.emit(kind="pages", pages=pages.measure(arguments.rounds, arguments.only))


def fill(records: int, accounts: int, *, proved: bool) -> None:
    """Write what is not there yet, with proofs measured at every power of ten on the way if wanted."""
    from django.utils import timezone

    from bench.scale import bulk, people
    from bench.scale.exchanges import Writer
    from bench.scale.proofs import proofs_here
    from guiju.store.models import Record

    if Record.objects.exists():
        people.claims()
        return
    home = Path(os.environ["GUIJU_HOME"])
    of = people.callers()
    empty, writer = databases.stored_bytes(), Writer(of, accounts, records)
    for stop in stops(records) if proved else [records]:
        writer.up_to(stop)
        if not proved:
            break
        bytes_each = (databases.stored_bytes() - empty) / stop
        databases.emit(kind="proofs", records=stop, bytes_per_record=bytes_each, **proofs_here(home))
    people.surround(writer.traffic, of, timezone.now())
    bulk.analyse()


def stops(records: int) -> list[int]:
    """Powers of ten from 10,000 on, and the end."""
    found = [10**power for power in range(4, 10) if 10**power < records]
    return [*found, records]


def report(rows: list[dict[str, Any]]) -> str:
    """Everything measured, as Markdown."""
    proofs = [row for row in rows if row["kind"] == "proofs"]
    parts = [
        databases.markdown(
            proofs,
            {
                "Database": lambda r: r["database"],
                "Records": lambda r: f"{r['records']:,}",
                "Bytes each": lambda r: f"{r['bytes_per_record']:,.0f}",
                "Verified/s": lambda r: f"{r['verified_per_s']:,.0f}",
                "CPU µs each": lambda r: f"{r['verify_cpu_us']:.1f}",
                "Peak MiB": lambda r: f"{r['peak_mib']:.0f}",
                "Sound": lambda r: "yes" if r["ok"] else "NO",
                "Exported/s": lambda r: f"{r['records'] / r['export_s']:,.0f}",
                "CPU µs each ": lambda r: f"{r['export_cpu_s'] / r['records'] * 1e6:.1f}",
                "Peak MiB ": lambda r: f"{r['export_peak_mib']:.0f}",
                "Package MB": lambda r: f"{r['export_bytes'] / 1e6:,.0f}",
            },
        )
    ]
    for row in rows:
        if row["kind"] == "pages":
            lines = [{"database": row["database"], **line} for line in row["pages"]]
            parts.append(
                databases.markdown(
                    lines,
                    {
                        "Database": lambda r: r["database"],
                        "Page": lambda r: r["page"],
                        "First ms": lambda r: f"{r['first_ms']:.0f}",
                        "Median ms": lambda r: f"{r['median_ms']:.1f}",
                        "CPU ms": lambda r: f"{r['cpu_ms']:.1f}",
                        "In the database ms": lambda r: f"{r['database_ms']:.1f}",
                        "Queries": lambda r: str(r["queries"]),
                    },
                )
            )
            parts += [f"```\n{line['page']}\n{line['plan']}\n```" for line in row["pages"] if line.get("plan")]
    return "\n\n".join(parts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--accounts", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=15, help="how often each page is asked for")
    parser.add_argument("--only", default="", metavar="WORDS", help="only pages with these words in their name")
    parser.add_argument("--pages-only", action="store_true", help="measure list pages, not verification and export")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], action="append", help="only this one")
    parser.add_argument("--home", type=Path, help="keep everything here instead of in a temporary directory")
    parser.add_argument("--at", default="", metavar="URL", help="with --home: the PostgreSQL database to fill and keep")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--json", type=Path, metavar="FILE")
    arguments = parser.parse_args()
    if arguments.here:
        here(arguments)
        return
    about = machine.describe()
    print("; ".join(f"{key}: {value}" for key, value in about.items()) + "\n")
    passed = [f"--{name}={getattr(arguments, name)}" for name in ("records", "accounts", "rounds", "only")]
    passed += ["--pages-only"] * arguments.pages_only
    if arguments.home is not None:
        source = databases.on_this("bench.scale", passed, arguments.home, arguments.at)
    else:
        source = databases.on_each("bench.scale", passed, arguments.database or ("sqlite", "postgresql"))
    rows: list[dict[str, Any]] = []
    for row in source:
        rows.append(row)
        print({k: v for k, v in row.items() if k != "pages"}, file=sys.stderr, flush=True)
        if arguments.json is not None:
            arguments.json.write_text(json.dumps({"machine": about, "rows": rows}, indent=1, ensure_ascii=False))
    print(report(rows))


if __name__ == "__main__":
    main()
