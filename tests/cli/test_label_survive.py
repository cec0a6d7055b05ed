"""``guiju label survive``: where labels die in somebody's own step."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from guiju.labeling import survival
from guiju.labeling.survival import Fate
from tests.cli.conftest import Run

COPY = f'{sys.executable} -c "import shutil,sys; shutil.copyfile(*sys.argv[1:])" {{in}} {{out}}'


def test_a_step_that_changes_nothing_keeps_every_label(tmp_path: Path) -> None:
    found = list(survival.survive(survival.copied, survival.samples(), tmp_path))
    assert len(found) >= 25
    assert [one for one in found if one.fate is not Fate.KEPT] == []


def test_labels_that_die_are_told(guiju: Run) -> None:
    code = "import sys; from PIL import Image; Image.open(sys.argv[1]).save(sys.argv[2])"
    ran = guiju(
        "label",
        "survive",
        "--pipeline",
        f'{sys.executable} -c "{code}" {{in}} {{out}}',
        "--only",
        "png,gif,md",
        "--json",
    )
    fates = {one["sample"]: (one["fate"], one["before"]) for one in ran.json}
    assert fates == {
        "sample.gif": ("lost", "gif/xmp"), "sample.md": ("failed", "markdown/frontmatter"), "sample.png": ("lost", "png/xmp"),
    }  # fmt: skip
    assert ran.status == 1 and "lost 2" in ran.err


def test_labels_that_live_are_told(guiju: Run) -> None:
    ran = guiju("label", "survive", "--pipeline", COPY, "--only", "jpg,mp4,mp3")
    assert (ran.status, ran.out.count("kept")) == (0, 3)


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")
def test_what_ffmpeg_does_to_labels(guiju: Run) -> None:
    ran = guiju(
        "label",
        "survive",
        "--pipeline",
        "ffmpeg -y -i {in} -c copy {out}",
        "--only",
        "mp4,mkv,mp3,flac,avi,wav",
        "--json",
    )
    fates = {one["sample"].removeprefix("sample."): one["fate"] for one in ran.json}
    assert fates == {"mp4": "lost", "mkv": "kept", "mp3": "kept", "flac": "kept", "avi": "lost", "wav": "lost"}


def test_own_samples_another_format_and_wrong_arguments(guiju: Run, tmp_path: Path) -> None:
    (tmp_path / "own.png").write_bytes((survival.samples()[0].parent / "sample.png").read_bytes())
    ran = guiju("label", "survive", "--pipeline", COPY, "--samples", tmp_path, "--to", "dat", "--json")
    assert [one["fate"] for one in ran.json] == ["kept"]
    for words in (("--pipeline", "cp {in}"), ("--pipeline", COPY, "--only", "xyz")):
        assert guiju("label", "survive", *words).status == 2
    ran = guiju("label", "survive", "--pipeline", "no-such-program {in} {out}", "--only", "png", "--json")
    assert ran.json[0]["fate"] == "failed"
