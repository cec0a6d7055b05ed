"""Bulk insertion of records: the columns of an exchange and the fastest statement each database has for many rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.db import connection

from guiju.evidence.record import Exchange

_QUIET = frozenset({"", "pass", "label"})

_RECORD = (
    "id", "at", "integration_id", "account", "service", "model", "endpoint", "outcome", "prompt_action",
    "answer_action", "flagged", "labelled", "explicit_label", "content_number", "tokens", "has_text", "hash", "body",
)  # fmt: skip
_TEXT = ("record_id", "at", "key_id", "prompt", "answer")
_RISK = ("record_id", "risk", "at")


class Row(NamedTuple):
    """One record as it goes into the database: the tuples of its three tables."""

    id: int
    hash: bytes
    record: tuple[Any, ...]
    text: tuple[Any, ...] | None
    risks: tuple[tuple[Any, ...], ...]


def row_of(number: int, digest: bytes, body: bytes, exchange: Exchange, key: str, prompt: bytes, answer: bytes) -> Row:
    """Lay an exchange out in columns. ``model`` is cut to its column: it comes from outside."""
    at = _moment(exchange.at)
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
        risks = tuple((number, _clean(risk, 60), at) for risk in sorted(found))
    return Row(number, digest, record, text, risks)


class Inserter:
    """Writes rows through the raw cursor of the current thread's connection, inside the caller's transaction."""

    def __init__(self) -> None:
        mark = "?" if connection.vendor == "sqlite" else "%s"
        self._record = _statement("store_record", _RECORD, mark)
        self._text = _statement("store_recordtext", _TEXT, mark)
        self._risk = _statement("store_recordrisk", _RISK, mark)

    def insert(self, rows: Sequence[Row]) -> None:
        """Insert all rows. The caller holds the transaction."""
        with connection.cursor() as wrapped:
            cursor = wrapped.cursor  # past Django's per-statement translation
            with connection.wrap_database_errors:
                cursor.executemany(self._record, [row.record for row in rows])
                texts = [row.text for row in rows if row.text is not None]
                if texts:
                    cursor.executemany(self._text, texts)
                risks = [risk for row in rows for risk in row.risks]
                if risks:
                    cursor.executemany(self._risk, risks)


def _statement(table: str, columns: tuple[str, ...], mark: str) -> str:
    names = ", ".join(f'"{c}"' for c in columns)
    return f'INSERT INTO "{table}" ({names}) VALUES ({", ".join([mark] * len(columns))})'


def _moment(at: int) -> Any:
    """A time as the database driver wants it: text for SQLite (as Django writes it), a datetime for PostgreSQL."""
    moment = datetime.fromtimestamp(at / 1_000_000, UTC)
    return moment.replace(tzinfo=None).isoformat(" ") if connection.vendor == "sqlite" else moment


def _clean(value: str, length: int) -> str:
    return value.replace("\0", "")[:length]
