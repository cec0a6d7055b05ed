"""Both databases, empty and durable: an SQLite file, and a throw-away PostgreSQL cluster with ``fsync`` on.

Django can be set up for one database in a process, so a measurement runs in a process of its own for each: ``on_each``
starts the module again with ``--here`` and reads the JSON lines it prints. Inside, ``open_here`` makes the database.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tests.postgres import PostgresMissing, cluster

ROOT = Path(__file__).parent.parent
TABLES = ("store_record", "store_recordtext", "store_recordrisk")


def on_each(
    module: str, arguments: Sequence[str], names: Sequence[str] = ("sqlite", "postgresql")
) -> Iterator[dict[str, Any]]:
    """Run ``module --here`` on each database and yield what it measures, with ``database`` added."""
    for name in names:
        with ExitStack() as stack:
            home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="guiju-bench-")))
            try:
                url = stack.enter_context(cluster(durable=True)) if name == "postgresql" else ""
            except PostgresMissing as error:
                print(f"skipped {name}: {error}", file=sys.stderr)
                continue
            yield from on_this(module, arguments, home, url)


def on_this(module: str, arguments: Sequence[str], home: Path, url: str = "") -> Iterator[dict[str, Any]]:
    """The same on a database that stays: the one at ``url``, or without it the SQLite file in ``home``."""
    home.mkdir(parents=True, exist_ok=True)
    env = {key: value for key, value in os.environ.items() if not key.startswith("GUIJU_")}
    env |= {"GUIJU_HOME": str(home), "GUIJU_DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "guiju.django_settings"}
    name = "postgresql" if url else "sqlite"
    command = [sys.executable, "-m", module, "--here", *arguments]
    with subprocess.Popen(
        command, env=env, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        for line in child.stdout:
            yield {"database": name, **json.loads(line)}
    if child.returncode:
        raise SystemExit(f"{module} failed on {name}")


def open_here() -> None:
    """Make the database of this process ready, as ``guiju init`` does."""
    import django

    django.setup()
    from guiju import settings
    from guiju.store.setup import initialise

    initialise(settings.load())


def emit(**figures: object) -> None:
    """Hand one line of figures to the process that started this one."""
    print(json.dumps(figures), flush=True)


def stored_bytes() -> int:
    """What the evidence takes on disk, indexes included (for SQLite the whole file, its log merged in)."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return Path(str(connection.settings_dict["NAME"])).stat().st_size
        cursor.execute("SELECT " + " + ".join(f"pg_total_relation_size('{table}')" for table in TABLES))
        return int(cursor.fetchone()[0])


def markdown(rows: Sequence[dict[str, Any]], columns: dict[str, Callable[[dict[str, Any]], str]]) -> str:
    """Rows as a Markdown table."""
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    lines += ["| " + " | ".join(cell(row) for cell in columns.values()) + " |" for row in rows]
    return "\n".join(lines)
