"""Word lists go out and come in as CSV, Excel and JSON without loss, and mistakes are told with their line."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pytest

from guiju.errors import LexiconError, ListFileUnusable
from guiju.moderation import lexicon_file
from guiju.moderation.lexicon import Entry

ENTRIES = (
    Entry("网上赌场开户", "A.1.h/gambling", "high", list="own", reason="招揽", source="自行整理", owner="安全部", added="2026-11-01"),
    Entry("=1+1发票", "A.3.e", "low", list="own", expires="2027-01-01", hit="来个=1+1发票", miss="发票怎么开"),
    Entry("路口交通", allow=True, list="own"),
)  # fmt: skip


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx", "A.JSON"])
def test_there_and_back(name: str) -> None:
    assert lexicon_file.read(name, lexicon_file.write(name, ENTRIES)) == ENTRIES


def test_a_workbook_as_a_person_fills_it() -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["word", "risk", "severity", "added", "allow"])
    book.active.append(["代开发票", "A.3.e", "高", date(2026, 11, 1), None])
    book.active.append([None, None, None, None, None])
    book.active.append(["路口交通", None, None, None, True])
    out = io.BytesIO()
    book.save(out)
    assert lexicon_file.read("w.xlsx", out.getvalue(), "mine") == (
        Entry("代开发票", "A.3.e", "high", list="mine", added="2026-11-01"),
        Entry("路口交通", allow=True, list="mine"),
    )


def test_a_csv_saved_by_a_chinese_spreadsheet() -> None:
    data = "word,risk\n代开发票,A.3.e\n".encode("gb18030")
    assert lexicon_file.read("w.csv", data) == (Entry("代开发票", "A.3.e"),)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.txt", b""),
        ("a.xlsx", b"PK no zip"),
        ("a.json", b"{}"),
        ("a.json", b"[1]"),
        ("a.csv", b"\xff\xff\xff"),
        ("a", b""),
    ],
)
def test_files_that_are_not_what_they_say(name: str, data: bytes) -> None:
    with pytest.raises(ListFileUnusable):
        lexicon_file.read(name, data)


def test_a_mistake_in_json_has_its_number() -> None:
    with pytest.raises(LexiconError) as refused:
        lexicon_file.read("a.json", '[{"word": "赌博", "risk": "A.1"}, {"wort": "x"}]'.encode())
    assert refused.value.params["line"] == 2
