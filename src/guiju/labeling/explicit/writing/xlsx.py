"""XLSX: the words on a sheet of their own, the first one and in front, or the last one. Cells of other sheets stay.

No row is put into a sheet that is there: formulas, ranges, filters and charts count rows.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final
from xml.sax.saxutils import escape

import msgspec

from guiju.errors import MediaMalformed
from guiju.labeling.atomic import opened
from guiju.labeling.explicit.mark import DEFAULT, Form, Mark, one_of
from guiju.labeling.explicit.medium import Made, Medium, medium
from guiju.labeling.explicit.report import Report, Sighting
from guiju.labeling.explicit.writing.package import COMPOUND, Package, reference
from guiju.labeling.explicit.writing.words import SUPERSCRIPT, Line, judge, text_words
from guiju.media import LIMITS, Limits, markup

_CONTENT: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_TITLE: Final = "AI生成"
_WORKBOOK: Final = frozenset({"sheets", "sheet", "workbookView"})
_CELL: Final = re.compile(rb"<(?:\w+:)?c\b([^>]*)(?<!/)>(.*?)</(?:\w+:)?c>", re.DOTALL)
_ITEM: Final = re.compile(rb"<(?:\w+:)?(?:si|is)>(.*?)</(?:\w+:)?(?:si|is)>", re.DOTALL)
_TEXT: Final = re.compile(rb"<(?:\w+:)?t(?:\s[^>]*)?>([^<]*)</(?:\w+:)?t>")
_VALUE: Final = re.compile(rb"<(?:\w+:)?v>([^<]*)</")
_PAGE: Final = re.compile(rb"<(?:\w+:)?(odd|even|first)(Header|Footer)(?:\s[^>]*)?>([^<]*)<")
_CODES: Final = re.compile(r"&(?:\"[^\"]*\"|K[0-9A-F]{6}|\d+|[A-Za-z])")
_PHONETIC: Final = re.compile(rb"<(?:\w+:)?rPh\b.*?</(?:\w+:)?rPh>", re.DOTALL)


class _Sheet(msgspec.Struct, frozen=True):
    """A sheet as the workbook has it: where it lies, and whether nobody sees it."""

    part: str
    hidden: bool


@medium
class Xlsx(Medium):
    """Excel workbooks and templates."""

    name = "xlsx"
    suffixes = (".xlsx", ".xltx", ".xlsm", ".xltm")
    clause = "5.1"
    positions = ("start", "end")

    def sniff(self, head: bytes, suffix: str) -> bool:
        return suffix in self.suffixes and head.startswith((b"PK\3\4", COMPOUND))

    def make(self, source: Path, target: BinaryIO, mark: Mark, limits: Limits = LIMITS) -> Made:
        position, words = one_of(mark.position, self.positions, "start"), text_words(mark)
        with opened(source) as file:
            workbook = _Workbook(file, limits)
            workbook.archive.write(target, workbook.with_sheet(words.text, position, mark.form))
        return Made(self.name, words.id, (Sighting(words.text, position),), {})

    def check(self, path: Path, mark: Mark = DEFAULT, limits: Limits = LIMITS, picture: Path | None = None) -> Report:
        with opened(path) as file:
            return judge(self.name, [*_Workbook(file, limits).lines()])


class _Workbook(Package):
    """The sheets of a workbook, in the order of their tabs."""

    def __init__(self, file: BinaryIO, limits: Limits) -> None:
        super().__init__(file, limits, "XLSX", "xl/workbook.xml", "spreadsheetml")
        self._found = markup.elements(self.main, _WORKBOOK, self.part)
        self._entries = [one for one in self._found if one.name == "sheet" and one.depth == 3]
        targets = {one.id: one.target for one in self.relations()}
        self.sheets = [
            _Sheet(targets[id_], one.attributes.get("state", "visible") != "visible")
            for one in self._entries
            if (id_ := reference(self.main, one)) in targets
        ]

    def with_sheet(self, words: str, position: str, form: Form) -> dict[str, bytes]:
        """The changed parts with a sheet that bears the words; in front, it is the one that is seen first."""
        part, views = self.free("worksheets/sheetAIGC{}.xml"), any(one.name == "workbookView" for one in self._found)
        front = position == "start"
        changed = {part: _sheet(self.space, words, form, chosen=front if views else None)}
        changed |= self.joined(part, _CONTENT, "worksheet", "rIdAIGCsheet")
        changed[self.part] = self._listing(front)
        return changed | (self._unchosen() if front and views else {})

    def lines(self) -> Iterator[Line]:
        """Cell by cell, sheet by sheet, then what is printed above and below."""
        shared = self._shared()
        for sheet in self.sheets:
            data = self.read(sheet.part)
            for cell in _CELL.finditer(data):
                if text := _said(cell[1], cell[2], shared):
                    yield Line(text, hidden=sheet.hidden)
            for page in _PAGE.finditer(data):
                text = _CODES.sub(" ", _plain(page[3]))
                yield Line(text.strip(), hidden=sheet.hidden, where=page[2].decode().lower())

    def _listing(self, front: bool) -> bytes:
        """The workbook with the new sheet in its list."""
        sheets = next((one for one in self._found if one.name == "sheets" and one.depth == 2), None)
        if sheets is None or sheets.inner_end == sheets.end:
            raise MediaMalformed(what="XLSX", detail="no sheets")
        numbers = [int(one.attributes.get("sheetId", "0") or 0) for one in self._entries if one.attributes.get("sheetId", "").isdigit()]  # fmt: skip
        names = {one.attributes.get("name", "").lower() for one in self._entries}
        name = next(one for n in range(1, len(names) + 3) if (one := _TITLE if n == 1 else f"{_TITLE}{n}").lower() not in names)  # fmt: skip
        prefix = f"{sheets.prefix}:" if sheets.prefix else ""
        entry = f'<{prefix}sheet xmlns:r="{self.links}" name="{name}" sheetId="{max(numbers, default=0) + 1}" r:id="rIdAIGCsheet"/>'  # fmt: skip
        at = sheets.inner if front else sheets.inner_end
        head, tail = self.main[:at], self.main[at:]
        if front:  # names that belong to one sheet know it by its place, and so do windows
            tail = re.sub(rb'(\slocalSheetId=["\'])(\d+)', lambda m: m[1] + str(int(m[2]) + 1).encode(), tail)
            head = re.sub(rb'(<(?:\w+:)?workbookView\b[^>]*?)\s(?:activeTab|firstSheet)=["\']\d+["\']', rb"\1", head)
            head = re.sub(rb'(<(?:\w+:)?workbookView\b[^>]*?)\s(?:activeTab|firstSheet)=["\']\d+["\']', rb"\1", head)
        return head + entry.encode() + tail

    def _unchosen(self) -> dict[str, bytes]:
        """The sheets that were chosen, no longer so: two that are would be edited together."""
        changed = {}
        for sheet in self.sheets:
            data = self.read(sheet.part)
            new = re.sub(rb'(<(?:\w+:)?sheetView\b[^>]*?)\stabSelected=["\'](?:1|true)["\']', rb"\1", data, count=64)
            if new != data:
                changed[sheet.part] = new
        return changed

    def _shared(self) -> list[str]:
        part = next((one.target for one in self.relations() if one.kind == "sharedStrings"), "")
        data = self.archive.read(part) if part else None
        if data is None:
            return []
        return [_joined(item[1]) for item in _ITEM.finditer(_PHONETIC.sub(b"", markup.utf8(data)))]


def _said(attributes: bytes, inside: bytes, shared: list[str]) -> str:
    """What a cell shows: a shared or inline text, or the text a formula came to."""
    if re.search(rb"\st=[\"']s[\"']", attributes):
        value = _VALUE.search(inside)
        index = int(value[1]) if value and value[1].isdigit() and len(value[1]) < 9 else -1
        return shared[index] if 0 <= index < len(shared) else ""
    if re.search(rb"\st=[\"']inlineStr[\"']", attributes):
        text = _joined(inside)
        raised = b'vertAlign val="superscript"' in inside and len(text) <= 4
        return SUPERSCRIPT[0] + text + SUPERSCRIPT[1] if raised else text
    value = _VALUE.search(inside) if re.search(rb"\st=[\"']str[\"']", attributes) else None
    return _plain(value[1]) if value else ""


def _joined(inside: bytes) -> str:
    return "".join(_plain(one) for one in _TEXT.findall(inside))


def _plain(raw: bytes) -> str:
    return html.unescape(raw.decode("utf-8", "replace"))


def _sheet(space: str, words: str, form: Form, chosen: bool | None) -> bytes:
    """A sheet with the words in its first cell; ``chosen`` is None where the workbook has no windows."""
    picked = ' tabSelected="1"' if chosen else ""
    views = "" if chosen is None else f'<sheetViews><sheetView{picked} workbookViewId="0"/></sheetViews>'
    look = '<vertAlign val="superscript"/>' if form is Form.CORNER else '<b/><sz val="24"/>'
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="{space}">{views}'
        '<cols><col min="1" max="1" width="60" customWidth="1"/></cols><sheetData>'
        f'<row r="1" ht="40" customHeight="1"><c r="A1" t="inlineStr"><is><r><rPr>{look}</rPr>'
        f"<t>{escape(words)}</t></r></is></c></row></sheetData></worksheet>"
    ).encode()
