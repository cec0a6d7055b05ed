"""Bulk insertion of records: the columns of an exchange and the fastest statement each database has for many rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import Any, NamedTuple

from django.db import connection

from guiju.evidence.record import Exchange
from guiju.store.moments import moment

_QUIET = frozenset({"", "pass", "label"})

RECORD = (
    "id", "at", "integration_id", "account", "service", "model", "endpoint", "outcome", "prompt_action",
    "answer_action", "flagged", "labelled", "explicit_label", "content_number", "tokens", "has_text", "hash", "body",
)  # fmt: skip
TEXT = ("record_id", "at", "key_id", "prompt", "answer")
RISK = ("record_id", "risk", "at", "integration_id")


class Row(NamedTuple):
    """One record as it goes into the database: the tuples of its three tables."""

    id: int
    hash: bytes
    record: tuple[Any, ...]
    text: tuple[Any, ...] | None
    risks: tuple[tuple[Any, ...], ...]


class Layout:
    """Lays exchanges out in columns, as the database in use wants its times."""

    __slots__ = ("_second", "_seconds", "_sqlite")

    def __init__(self) -> None:
        self._sqlite = connection.vendor == "sqlite"
        self._seconds, self._second = -1, ""

    def row(
        self, number: int, digest: bytes, body: bytes, exchange: Exchange, key: str, prompt: bytes, answer: bytes
    ) -> Row:
        """The row of one record. ``model`` is cut to its column: it comes from outside."""
        at = self._text(exchange.at) if self._sqlite else moment(exchange.at)
        asked, answered = exchange.prompt, exchange.answer
        flagged = asked.action not in _QUIET or answered.action not in _QUIET
        record = (
            number, at, exchange.integration, exchange.account, exchange.service, _clean(exchange.model, 200),
            exchange.endpoint, exchange.outcome.value, asked.action, answered.action, flagged,
            bool(exchange.label.implicit), exchange.label.position, exchange.id, exchange.tokens.total,
            bool(prompt), digest, body,
        )  # fmt: skip
        text = (number, at, key, prompt, answer) if prompt else None
        risks: tuple[tuple[Any, ...], ...] = ()
        if asked.findings or answered.findings:
            found = {finding.risk for finding in asked.findings} | {finding.risk for finding in answered.findings}
            risks = tuple((number, _clean(risk, 60), at, exchange.integration) for risk in sorted(found))
        return Row(number, digest, record, text, risks)

    def _text(self, at: int) -> str:
        """A time as Django writes it into SQLite; most rows share their second with the one before."""
        seconds, fraction = divmod(at, 1_000_000)
        if seconds != self._seconds:
            self._seconds, self._second = seconds, moment(seconds * 1_000_000).strftime("%Y-%m-%d %H:%M:%S")
        return f"{self._second}.{fraction:06d}" if fraction else self._second


class Inserter:
    """Writes rows through the raw cursor of the current thread's connection.

    SQLite's driver gives up the interpreter lock at every statement it steps and must win it back from a busy event
    loop. Rows therefore go in by few statements of many rows: sizes are powers of two, so that the driver's cache of
    prepared statements holds them all. PostgreSQL's driver sends a batch in one pipeline by itself.
    """

    def __init__(self) -> None:
        sqlite = connection.vendor == "sqlite"
        write = _write_grouped if sqlite else _write_pipelined
        self._transaction = _sqlite_transaction if sqlite else _postgresql_transaction
        self._record = write("store_record", RECORD)
        self._text = write("store_recordtext", TEXT)
        self._risk = write("store_recordrisk", RISK)

    def commit(self, rows: Sequence[Row]) -> None:
        """Insert all rows in a transaction of their own, on the driver's connection.

        Django's way to the same costs a third of a small commit's processor time.
        """
        connection.ensure_connection()
        with connection.wrap_database_errors, self._transaction(connection.connection) as cursor:
            self.write(cursor, rows)

    def insert(self, rows: Sequence[Row]) -> None:
        """Insert all rows. The caller holds the transaction."""
        with connection.cursor() as wrapped, connection.wrap_database_errors:
            self.write(wrapped.cursor, rows)  # past Django's per-statement translation

    def write(self, cursor: Any, rows: Sequence[Row]) -> None:
        """Insert all rows with the driver's own cursor. The caller holds the transaction."""
        self._record(cursor, [row.record for row in rows])
        self._text(cursor, [row.text for row in rows if row.text is not None])
        self._risk(cursor, [risk for row in rows for risk in row.risks])


@contextmanager
def _sqlite_transaction(driver: Any) -> Iterator[Any]:
    """A text and its record go in together: checking one against the other, a sixth of an insertion, would find nothing."""
    driver.execute("PRAGMA foreign_keys = OFF")
    try:
        cursor = driver.execute("BEGIN IMMEDIATE")
        try:
            yield cursor
        except BaseException:
            driver.rollback()
            raise
        driver.commit()
    finally:
        driver.execute("PRAGMA foreign_keys = ON")


@contextmanager
def _postgresql_transaction(driver: Any) -> Iterator[Any]:
    with driver.transaction(), driver.cursor() as cursor:
        yield cursor


Values = tuple[Any, ...]
_GROUPS = (64, 32, 16, 8, 4, 2, 1)


def _write_grouped(table: str, columns: tuple[str, ...]) -> Callable[[Any, list[Values]], None]:
    head = _head(table, columns)
    one = f"({', '.join('?' * len(columns))})"
    statements = {size: head + ", ".join([one] * size) for size in _GROUPS}

    def write(cursor: Any, rows: list[Values]) -> None:
        start = 0
        for size in _GROUPS:
            while len(rows) - start >= size:
                group = rows[start : start + size]
                cursor.execute(statements[size], group[0] if size == 1 else tuple(chain.from_iterable(group)))
                start += size

    return write


def _write_pipelined(table: str, columns: tuple[str, ...]) -> Callable[[Any, list[Values]], None]:
    statement = _head(table, columns) + f"({', '.join(['%s'] * len(columns))})"

    def write(cursor: Any, rows: list[Values]) -> None:
        if rows:
            cursor.executemany(statement, rows)

    return write


def _head(table: str, columns: tuple[str, ...]) -> str:
    names = ", ".join([f'"{column}"' for column in columns])
    return f'INSERT INTO "{table}" ({names}) VALUES '


def _clean(value: str, length: int) -> str:
    return value.replace("\0", "")[:length]
