"""Word lists through the command line: out as a file, in as a version, counted, tested."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from guiju.store.models import WordList
from tests.cli.conftest import Run

pytestmark = pytest.mark.django_db

CSV = "word,risk,severity,hit,miss\n自家黑话,A.3.e,high,这句有自家黑话,这句没有\n"


def test_a_file_becomes_the_version_in_force(guiju: Run, tmp_path: Path) -> None:
    file = tmp_path / "own.csv"
    file.write_text(CSV, "utf-8")
    made = ("--list", "own", "--title", "自有词表", "--owner", "安全部", "--source", "自行整理")
    ran = guiju("lexicon", "import", file, *made)
    assert ran.status == 0 and "own version 1: 1 entries, in force" in ran.out
    row = WordList.objects.get(pk="own")
    assert row.live is not None and row.live.entries == 1

    out = tmp_path / "own.json"
    assert guiju("lexicon", "export", "own", "--out", out).status == 0
    (entry,) = json.loads(out.read_text("utf-8"))
    assert (entry["word"], entry["owner"], entry["hit"]) == ("自家黑话", "安全部", "这句有自家黑话")

    counted = guiju("lexicon", "stats", "own", "--json").json
    assert counted["entries"] == 1 and counted["least"] == 10_000
    assert next(risk for risk in counted["risks"] if risk["risk"] == "A.1.a") == {
        "risk": "A.1.a",
        "entries": 0,
        "least": 200,
    }
    assert guiju("lexicon", "test", "own").status == 0


def test_nothing_comes_in_where_a_test_line_fails(guiju: Run, tmp_path: Path) -> None:
    file = tmp_path / "own.csv"
    file.write_text(CSV.replace("这句没有", "这句也有自家黑话"), "utf-8")
    ran = guiju("lexicon", "import", file, "--list", "own", "--owner", "安全部")
    assert ran.status == 1 and "must not meet" in ran.out
    assert not WordList.objects.filter(pk="own").exists()


def test_a_list_without_test_lines_is_a_draft(guiju: Run, tmp_path: Path) -> None:
    file = tmp_path / "own.csv"
    file.write_text("word,risk,hit\n自家黑话,A.3.e,这句有自家黑话\n", "utf-8")
    made = ("lexicon", "import", file, "--list", "own", "--owner", "安全部", "--source", "自行整理")
    refused = guiju(*made)
    assert refused.status == 2 and "GJ-3170" in refused.err and "(miss stands empty" in refused.err
    assert not WordList.objects.filter(pk="own").exists()
    kept = guiju(*made, "--no-live")
    assert kept.status == 0 and "a draft" in kept.out


def test_padding_is_told(guiju: Run, tmp_path: Path) -> None:
    ordinary = tmp_path / "tickets.txt"
    ordinary.write_text("昨天有人问线上赌场开户是不是违法\n", "utf-8")
    ran = guiju("lexicon", "test", "gambling", "--shipped", "--neutral", ordinary)
    assert ran.status == 1 and "线上赌场开户" in ran.out


def test_an_unknown_list_is_refused(guiju: Run, tmp_path: Path) -> None:
    assert guiju("lexicon", "export", "nobody", "--shipped", "--out", tmp_path / "a.csv").status == 2
