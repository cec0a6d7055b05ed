"""Bringing the journals of dead writers into the database, before anything is read from it.

Every process that opens the database does it first (:func:`on_connection`), so that nobody has to. It may be done any number of
times: what the database has already is not stored again.
"""

from __future__ import annotations

import fcntl
import logging
import os
import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from guiju.errors import GuijuError, JournalDamaged, JournalForeign, JournalWaits
from guiju.store.journal import frames
from guiju.store.journal.file import SUFFIX, alone, folder_of
from guiju.store.rows import Row

log = logging.getLogger("guiju.evidence")

_SEQ_BITS = 40
_NAME = re.compile(r"[a-z_]+")


class _End(NamedTuple):
    """Where a chain ends in the database."""

    number: int
    hash: bytes


def on_connection(sender: object, connection: Any, **_: object) -> None:
    """Receives Django's ``connection_created``: nobody reads before what is owed to the database is in it."""
    if connection.vendor == "sqlite":
        recover(connection.connection, str(connection.settings_dict["NAME"]))


def recover(driver: sqlite3.Connection, database: str) -> int:
    """Store what dead writers left, and remove their journals; the number of records stored.

    What cannot be stored now stays where it is for the next opener, and the log says so. ``driver`` is in no transaction.
    """
    folder = folder_of(database)
    if folder is None or not any(_journals(folder)):
        return 0
    stored = 0
    try:
        with alone(folder):
            for path in sorted(_journals(folder)):
                stored += _recover(driver, path)
    except OSError as error:
        _tell(JournalWaits(path=str(folder), problem=str(error)))
    return stored


def unstored(driver: sqlite3.Connection, database: str) -> int:
    """Records that are durable and not in the database yet, living writers' included."""
    folder = folder_of(database)
    if folder is None:
        return 0
    count = 0
    for path in _journals(folder):
        data = path.read_bytes()
        about = frames.header(data)
        end = _end(driver, about) if about is not None else None
        if end is not None:
            count += len({row.id for row in frames.rows(data) if row.id > end.number})
    return count


def _journals(folder: Path) -> Iterator[Path]:
    return folder.glob(f"*{SUFFIX}")


@contextmanager
def _dead(path: Path) -> Iterator[bool]:
    """Whether the writer of a journal is dead; nobody takes it for living meanwhile."""
    opened = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        yield False
    else:
        yield True
    finally:
        os.close(opened)


def _recover(driver: sqlite3.Connection, path: Path) -> int:
    with _dead(path) as dead:
        if not dead:
            return 0
        try:
            return _bring_in(driver, path)
        except sqlite3.Error as error:
            if driver.in_transaction:
                driver.rollback()
            _tell(JournalWaits(path=str(path), problem=str(error)))
            return 0


def _bring_in(driver: sqlite3.Connection, path: Path) -> int:
    data = path.read_bytes()
    about = frames.header(data)
    found = list(frames.rows(data))
    if about is None:
        if found:
            _keep(path, "damaged", JournalDamaged(path=path.name, problem="no header"))
        else:
            path.unlink()  # its writer died while it made it
        return 0
    driver.execute("BEGIN IMMEDIATE")
    end = _end(driver, about)
    if end is None:
        driver.rollback()
        _keep(path, "foreign", JournalForeign(path=path.name, chain=about.chain))
        return 0
    rows, problems = _linked(found, end)
    _insert(driver, about, rows)
    driver.commit()
    if rows:
        log.warning("%d records of a writer that died were brought into the database", len(rows))
    if problems:
        _keep(path, "damaged", JournalDamaged(path=path.name, problem="; ".join(problems)))
    else:
        path.unlink()
    return len(rows)


def _end(driver: sqlite3.Connection, about: frames.Header) -> _End | None:
    """Where a chain ends in the database; None where that does not know it."""
    chain = driver.execute("SELECT name, genesis_hash FROM store_chain WHERE id = ?", (about.number,)).fetchone()
    if chain is None or chain[0] != about.chain:
        return None
    low = about.number << _SEQ_BITS
    last = driver.execute(
        "SELECT id, hash FROM store_record WHERE id > ? AND id < ? ORDER BY id DESC LIMIT 1",
        (low, low + (1 << _SEQ_BITS)),
    ).fetchone()
    return _End(*last) if last is not None else _End(low, bytes(chain[1]))


def _linked(found: Iterable[Row], end: _End) -> tuple[list[Row], list[str]]:
    """The rows that follow ``end``, in order, and what is wrong with them.

    After a gap everything is taken: it was acknowledged. What follows without a gap and does not fit was not: its write
    failed, and the writer went another way.
    """
    rows: list[Row] = []
    problems: list[str] = []
    for row in sorted({row.id: row for row in found if row.id > end.number}.values(), key=lambda row: row.id):
        if row.id > end.number + 1:
            problems.append(f"records {end.number + 1} to {row.id - 1} cannot be read")
        elif sha256(end.hash + row.record[-1]).digest() != row.hash:
            problems.append(f"record {row.id} does not follow the one before")
            break
        rows.append(row)
        end = _End(row.id, row.hash)
    return rows, problems


def _insert(driver: sqlite3.Connection, about: frames.Header, rows: list[Row]) -> None:
    _into(driver, "store_record", about.record, [row.record for row in rows])
    _into(driver, "store_recordtext", about.text, [row.text for row in rows if row.text is not None])
    _into(driver, "store_recordrisk", about.risk, [risk for row in rows for risk in row.risks])


def _into(driver: sqlite3.Connection, table: str, columns: tuple[str, ...], values: list[tuple[Any, ...]]) -> None:
    if not all(_NAME.fullmatch(column) for column in columns):
        raise sqlite3.DataError(f"no columns: {columns}")
    marks = ", ".join("?" * len(columns))
    driver.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", values)


def _keep(path: Path, why: str, error: GuijuError) -> None:
    """Put a journal aside for people to look at."""
    path.rename(path.with_suffix(f".{why}"))
    _tell(error)


def _tell(error: GuijuError) -> None:
    log.error("%s %s %s", error.code, error.message("en"), error.remedy("en"))
