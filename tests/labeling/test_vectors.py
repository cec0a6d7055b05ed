"""The conformance vectors that are committed: every verdict is the expected one, and they can be made again."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from guiju.labeling import verdict
from tests.labeling import vectors
from tests.labeling.vectors import FOLDER, GOLDEN

ROWS: list[dict[str, Any]] = [json.loads(line) for line in (FOLDER / "expected.jsonl").read_text("utf-8").splitlines()]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["file"])
def test_every_file_gets_the_verdict_it_should(row: dict[str, Any]) -> None:
    path = FOLDER / row["file"]
    assert hashlib.sha256(path.read_bytes()).hexdigest() == row["sha256"]
    report = verdict.verify(path)
    reading = report.reading
    assert report.verdict.value == row["verdict"]
    assert sorted(check.id for check in report.checks if not check.ok) == row["failed"]
    placed = [] if reading is None else [one.found.placement for one in reading.places]
    assert placed == row["placements"]
    label = None if reading is None or reading.label is None else reading.label.keys()
    assert label == row["label"]


@pytest.mark.parametrize("name", GOLDEN)
def test_whole_reports_are_as_they_were(name: str, tmp_path: Path) -> None:
    vectors.report_of(FOLDER / name, tmp_path / "report.json")
    kept = FOLDER / "reports" / f"{name.replace('/', '_')}.json"
    assert (tmp_path / "report.json").read_text("utf-8") == kept.read_text("utf-8")


def test_they_can_be_made_again_and_are_small(tmp_path: Path) -> None:
    made = vectors.write(tmp_path)
    assert {row["file"]: row["verdict"] for row in made}.items() >= {
        row["file"]: row["verdict"] for row in ROWS
    }.items()
    assert sum(path.stat().st_size for path in FOLDER.rglob("*") if path.is_file()) < 1_000_000
    assert {row["verdict"] for row in ROWS} == {one.value for one in verdict.Verdict}
