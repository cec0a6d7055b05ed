"""``guiju label screen``: a folder of uploads, sorted into tiers with reasons, continued, and logged."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, PngImagePlugin

from guiju.labeling import files
from guiju.labeling.implicit import Label
from tests.cli.conftest import Run
from tests.media.test_places import STORE, png

CODE = "001191110102MACQD9K64010000"
PLATFORM = "001191110102MACQD9K64020000"


@pytest.fixture
def uploads(tmp_path: Path) -> Path:
    folder = tmp_path / "uploads"
    folder.mkdir()
    for name in ("labelled.png", "plain.png"):
        Image.new("RGB", (64, 48), (70, 140, 90)).save(folder / name)
    files.write(folder / "labelled.png", folder / "labelled.png", Label.first(CODE, "n-1"))
    info = PngImagePlugin.PngInfo()
    info.add_text("parameters", "a cat\nSteps: 20, Sampler: Euler a, CFG scale: 7")
    Image.new("RGB", (64, 48)).save(folder / "traced.png", pnginfo=info)
    (folder / "odd.bin").write_bytes(b"\0\1\2")
    return folder


def test_uploads_are_sorted_continued_and_logged(guiju: Run, uploads: Path, tmp_path: Path) -> None:
    out, log = tmp_path / "stored", tmp_path / "log.jsonl"
    options = ["--no-look", "--platform", PLATFORM, "--out", str(out), "--log", str(log), "--processes", "1", "--json"]
    done = guiju("label", "screen", str(uploads), *options)
    assert done.status == 0, done.err
    rows: dict[str, Any] = {Path(row["file"]).name: row for row in map(json.loads, done.out.splitlines())}
    assert {name: row["tier"] for name, row in rows.items()} == {
        "labelled.png": "verified", "plain.png": "unknown", "traced.png": "suspected", "odd.bin": "unknown",
    }  # fmt: skip
    assert rows["odd.bin"]["unread"] and rows["traced.png"]["notice_zh"] and not rows["plain.png"]["notice_zh"]
    carried, begun = files.read(out / "labelled.png").label, files.read(out / "traced.png").label
    assert carried is not None and (carried.ContentProducer, carried.ProduceID) == (CODE, "n-1")
    assert carried.ContentPropagator == PLATFORM and carried.PropagateID not in ("", "n-1")
    assert begun is not None and (begun.Label, begun.ContentPropagator) == ("3", PLATFORM)
    assert sorted(path.name for path in out.iterdir()) == ["labelled.png", "traced.png"]
    assert len(log.read_text("utf-8").splitlines()) == 4


def test_declared_uploads_and_what_people_read(guiju: Run, uploads: Path) -> None:
    done = guiju("label", "screen", str(uploads / "plain.png"), str(uploads / "traced.png"), "--no-look", "--declared")
    assert done.status == 0 and "Stable Diffusion" in done.out
    said = [line for line in (done.out + done.err).splitlines() if "plain.png" in line]
    assert len(said) == 1 and any(word in said[0] for word in ("可能", "may be"))


def test_a_file_that_may_not_be_changed_is_sorted_all_the_same(guiju: Run, tmp_path: Path) -> None:
    folder, out = tmp_path / "uploads", tmp_path / "stored"
    folder.mkdir()
    (folder / "signed.png").write_bytes(png(b"caBX", STORE))
    options = ["--no-look", "--declared", "--platform", PLATFORM, "--out", str(out), "--processes", "1", "--json"]
    done = guiju("label", "screen", str(folder), *options)
    assert (done.status, done.json["tier"], done.json["not_written"]["code"]) == (0, "declared", "GJ-6006"), done.err
    assert not (out / "signed.png").exists()


def test_wrong_arguments(guiju: Run, uploads: Path, tmp_path: Path) -> None:
    assert guiju("label", "screen", str(uploads), "--platform", PLATFORM).status == 2
    assert guiju("label", "screen", str(uploads), "--platform", "x", "--out", str(tmp_path)).status == 2
