"""The register of refuted claims as a file: CSV or JSON with the same columns (``guiju.moderation.rumours.COLUMNS``).

JSON is an array of objects, one per entry; empty columns may be left out. CSV may be UTF-8 or GB 18030, as spreadsheets in
China write it. What is written begins no cell with a sign that spreadsheets take for a formula without a space before it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import PurePath

import msgspec

from guiju.errors import RumourFileUnusable, RumourRegisterError
from guiju.moderation import rumours
from guiju.moderation.rumours import COLUMNS, Refuted

SUFFIXES = (".csv", ".json")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def read(name: str, data: bytes) -> tuple[Refuted, ...]:
    """The entries of a file; its name says what kind it is.

    Raises:
        RumourFileUnusable: an unknown suffix, or data that is not what the suffix says.
        RumourRegisterError: a line (of JSON: an entry, counted from 1) that cannot be used.
    """
    suffix, text = _suffix(name), _decoded(name, data)
    return rumours.parse(text) if suffix == ".csv" else _objects(name, text)


def write(name: str, entries: Iterable[Refuted]) -> bytes:
    """The entries as a file of the kind its name says; CSV with the mark by which spreadsheets know UTF-8.

    Raises:
        RumourFileUnusable: an unknown suffix.
    """
    rows = [{column: getattr(entry, column) for column in COLUMNS} for entry in entries]
    if _suffix(name) == ".json":
        return msgspec.json.format(msgspec.json.encode([{k: v for k, v in row.items() if v} for row in rows]), indent=2)
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows({k: f" {v}" if v.startswith(_FORMULA) else v for k, v in row.items()} for row in rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _objects(name: str, text: str) -> tuple[Refuted, ...]:
    try:
        rows = msgspec.json.decode(text, type=list[dict[str, str]])
    except (msgspec.MsgspecError, RecursionError) as error:
        raise RumourFileUnusable(name=name, problem=str(error)[:200]) from None
    return tuple(_entry(number, row) for number, row in enumerate(rows, 1))


def _entry(number: int, row: dict[str, str]) -> Refuted:
    unknown = [column for column in row if column not in COLUMNS]
    if unknown:
        raise RumourRegisterError(
            line=number, problem=f"unknown {', '.join(unknown)[:80]}; known: {', '.join(COLUMNS)}"
        )
    return rumours.entry_of(row, number)


def _decoded(name: str, data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise RumourFileUnusable(name=name, problem="neither UTF-8 nor GB 18030")


def _suffix(name: str) -> str:
    suffix = PurePath(name).suffix.lower()
    if suffix not in SUFFIXES:
        raise RumourFileUnusable(name=name, problem=f"known kinds: {', '.join(SUFFIXES)}")
    return suffix
