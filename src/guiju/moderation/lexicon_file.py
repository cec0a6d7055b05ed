"""Word lists as files: CSV, Excel and JSON with the same columns (``guiju.moderation.lexicon_csv``).

JSON is an array of objects, one per entry; empty columns may be left out. Of a workbook the first sheet is read; one is
written with a frozen header. Excel needs openpyxl (``pip install 'guiju[excel]'``).
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from pathlib import PurePath
from typing import Any

import msgspec

from guiju.errors import LexiconError, ListFileUnusable, SpreadsheetsMissing
from guiju.moderation import lexicon_csv
from guiju.moderation.lexicon import Entry

SUFFIXES = (".csv", ".xlsx", ".json")
#: Dates of workbooks arrive as such and are written back as text.
_COLUMNS = lexicon_csv.COLUMNS


def read(name: str, data: bytes, list_name: str = "custom") -> tuple[Entry, ...]:
    """The entries of a file; its name says what kind it is.

    Raises:
        ListFileUnusable: an unknown suffix, or data that is not what the suffix says.
        LexiconError: a line that cannot be used.
        SpreadsheetsMissing: an Excel file, without the library for it.
    """
    suffix = _suffix(name)
    if suffix == ".xlsx":
        return lexicon_csv.from_rows(enumerate(_cells(name, data), start=1), list_name)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = data.decode("gb18030")  # what a Chinese Excel saves as "CSV"
        except UnicodeDecodeError:
            raise ListFileUnusable(name=name, problem="neither UTF-8 nor GB 18030") from None
    if suffix == ".csv":
        return lexicon_csv.parse(text, list_name)
    return lexicon_csv.from_rows(enumerate(_objects(name, text), start=0), list_name)


def write(name: str, entries: Iterable[Entry]) -> bytes:
    """The entries as a file of the kind its name says.

    Raises:
        ListFileUnusable: an unknown suffix. SpreadsheetsMissing: Excel, without the library for it.
    """
    suffix = _suffix(name)
    if suffix == ".csv":
        return b"\xef\xbb\xbf" + lexicon_csv.format_csv(entries).encode()
    if suffix == ".json":
        rows = [{k: v for k, v in msgspec.structs.asdict(entry).items() if v not in ("", False)} for entry in entries]
        return msgspec.json.format(msgspec.json.encode(rows), indent=2)
    return _workbook(entries)


def _suffix(name: str) -> str:
    suffix = PurePath(name).suffix.lower()
    if suffix not in SUFFIXES:
        raise ListFileUnusable(name=name, problem=f"suffix {suffix!r}; known: {', '.join(SUFFIXES)}")
    return suffix


def _objects(name: str, text: str) -> list[list[str]]:
    try:
        rows = msgspec.json.decode(text, type=list[dict[str, str | bool | None]])
    except msgspec.MsgspecError as problem:
        raise ListFileUnusable(name=name, problem=str(problem)) from None
    for number, row in enumerate(rows, start=1):
        unknown = [key for key in row if key not in _COLUMNS]
        if unknown:
            raise LexiconError(line=number, problem=f"columns {unknown}; known: {', '.join(_COLUMNS)}")
    return [list(_COLUMNS), *([_cell(row.get(column)) for column in _COLUMNS] for row in rows)]


def _cells(name: str, data: bytes) -> list[list[str]]:
    openpyxl = _openpyxl()
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        return [[_cell(value) for value in row] for row in book.worksheets[0].iter_rows(values_only=True)]
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, IndexError) as problem:
        raise ListFileUnusable(name=name, problem=str(problem) or type(problem).__name__) from None


def _cell(value: object) -> str:
    if value is None or value is False:
        return ""
    if value is True:
        return "1"
    if hasattr(value, "date") and hasattr(value, "isoformat"):
        return str(value.date().isoformat())
    return str(value)


def _workbook(entries: Iterable[Entry]) -> bytes:
    openpyxl = _openpyxl()
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("词表")
    sheet.freeze_panes = "A2"
    for row in lexicon_csv.to_rows(entries):
        sheet.append([_safe(openpyxl, sheet, value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _safe(openpyxl: Any, sheet: Any, value: str) -> Any:
    """A text cell, also where the text begins like a formula."""
    if not value.startswith(("=", "+", "-", "@")):
        return value
    cell = openpyxl.cell.WriteOnlyCell(sheet, value)
    cell.data_type = "s"
    return cell


def _openpyxl() -> Any:
    try:
        import openpyxl
        import openpyxl.cell
    except ImportError:
        raise SpreadsheetsMissing from None
    return openpyxl
