"""Loading many rows at once: indexes are taken away before and made again after, as any bulk load of a database does it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection

from guiju.store import rows as layout
from guiju.store.rows import Inserter, Row

TABLES = ("store_record", "store_recordrisk", "store_recordtext")
_COLUMNS = ("RECORD", "RISK", "TEXT")
_SQLITE = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = %s AND sql IS NOT NULL"
_POSTGRESQL = """
    SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
    WHERE indrelid = %s::regclass AND NOT indisprimary AND NOT indisunique
"""


@contextmanager
def without_indexes(tables: Sequence[str] = TABLES) -> Iterator[None]:
    """Drop the plain indexes of these tables, and make them again from their own definitions."""
    sqlite = connection.vendor == "sqlite"
    made: list[str] = []
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(_SQLITE if sqlite else _POSTGRESQL, [table])
            for name, definition in cursor.fetchall():
                cursor.execute(f"DROP INDEX {name}" if not sqlite else f'DROP INDEX "{name}"')
                made.append(definition)
        if not sqlite:
            cursor.execute("SET session_replication_role = replica")  # what we write refers to what we wrote
            cursor.execute("SET maintenance_work_mem = '512MB'")
            cursor.execute("SET synchronous_commit = off")
    yield
    with connection.cursor() as cursor:
        for definition in made:
            cursor.execute(definition)
        if not sqlite:
            cursor.execute("RESET session_replication_role")
            cursor.execute("RESET synchronous_commit")


def analyse() -> None:
    """Bring the planner's statistics up to date, as autovacuum does in time."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE" if connection.vendor == "sqlite" else "VACUUM (ANALYZE)")


class Loader:
    """Writes laid-out records: by COPY on PostgreSQL, by the gateway's own statements on SQLite."""

    def __init__(self) -> None:
        self._inserter = Inserter() if connection.vendor == "sqlite" else None

    def write(self, rows: Sequence[Row]) -> None:
        """Write all; the caller holds the transaction."""
        if self._inserter is not None:
            self._inserter.insert(rows)
            return
        lines: tuple[list[tuple[Any, ...]], ...] = (
            [row.record for row in rows],
            [risk for row in rows for risk in row.risks],
            [row.text for row in rows if row.text is not None],
        )
        with connection.cursor() as cursor:
            for table, columns, tuples in zip(TABLES, _COLUMNS, lines, strict=True):
                names = ", ".join(getattr(layout, columns))
                with cursor.cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                    for line in tuples:
                        copy.write_row(line)
