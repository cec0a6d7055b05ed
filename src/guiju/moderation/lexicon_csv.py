"""Word lists as CSV, the form operators exchange and edit in a spreadsheet.

Columns, in any order; only ``word`` is required, and ``risk`` unless ``allow`` is set::

    word,risk,severity,allow,list,reason,source,owner,added,expires,hit,miss

UTF-8, a byte-order mark is ignored (spreadsheets write one). ``allow`` is ``1``, ``true``, ``yes`` or ``是``. Severity may
be written 低, 中, 高. Empty lines and lines whose word starts with ``#`` are left out.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

import msgspec

from guiju.errors import LexiconError
from guiju.moderation.lexicon import Entry

COLUMNS = tuple(field.name for field in msgspec.structs.fields(Entry))
#: The columns of shipped files: the list is the file's name, nothing expires, and the index has the test lines.
SHIPPED = tuple(name for name in COLUMNS if name not in ("list", "expires", "hit", "miss"))
_TRUE = frozenset(("1", "true", "yes", "是"))
_SEVERITY = {"": "medium", "低": "low", "中": "medium", "高": "high"}


def parse(text: str, list_name: str = "custom") -> tuple[Entry, ...]:
    """The entries of a CSV text; entries without a ``list`` of their own belong to ``list_name``.

    Raises:
        LexiconError: an unknown column, no ``word`` column, or a date that is none; ``line`` is the line in the text.
    """
    rows = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    return from_rows(((rows.line_num, row) for row in rows), list_name)


def from_rows(rows: Iterable[tuple[int, Sequence[str]]], list_name: str = "custom") -> tuple[Entry, ...]:
    """The entries of numbered rows of cells, the first of which names the columns; see ``parse``."""
    numbered = iter(rows)
    header = [name.strip() for name in next(numbered, (1, ()))[1]]
    unknown = [name for name in header if name not in COLUMNS]
    if "word" not in header or unknown:
        raise LexiconError(line=1, problem=f"columns {header}; known: {', '.join(COLUMNS)}")
    entries: list[Entry] = []
    for line, cells in numbered:
        row = {name: cell.strip() for name, cell in zip(header, cells, strict=False)}
        word = row.get("word", "")
        if word and not word.startswith("#"):
            entries.append(_entry(row, list_name, line))
    return tuple(entries)


def to_rows(entries: Iterable[Entry], columns: Sequence[str] = COLUMNS) -> Iterator[list[str]]:
    """The entries as rows of cells, the names of the columns first."""
    yield list(columns)
    for entry in entries:
        values = msgspec.structs.asdict(entry) | {"allow": "1" if entry.allow else ""}
        yield [values[column] for column in columns]


def format_csv(entries: Iterable[Entry], columns: Sequence[str] = COLUMNS) -> str:
    """The entries as CSV; with all columns ``parse`` gives the same entries back."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(to_rows(entries, columns))
    return out.getvalue()


def _entry(row: dict[str, str], list_name: str, line: int) -> Entry:
    for column in ("added", "expires"):
        try:
            date.fromisoformat(row.get(column) or "2000-01-01")
        except ValueError as error:
            raise LexiconError(line=line, problem=f"{column}: {row[column]!r} is no date (YYYY-MM-DD)") from error
    severity = row.get("severity", "")
    fields = {key: value for key, value in row.items() if key not in ("severity", "allow", "list")}
    return Entry(
        **fields,
        severity=_SEVERITY.get(severity, severity),
        allow=row.get("allow", "").lower() in _TRUE,
        list=row.get("list") or list_name,
    )
