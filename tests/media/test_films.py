"""Sounds and films: the label is where other programs look, streams and other tags stay, positions still hold."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from guiju.media import carrier_of
from tests.labeling.real import real
from tests.media.samples import FILES

VALUE = '{"Label":"1","ContentProducer":"001191110102MACQD9K64010000","ProduceID":"n-1"}'
LONG = VALUE.replace("n-1", "n" * 3000)
NAMES = sorted(path.name for path in FILES.iterdir() if path.suffix != ".sh")
FFMPEG = shutil.which("ffmpeg") is not None
needs_ffmpeg = pytest.mark.skipif(not FFMPEG, reason="ffmpeg is not installed")


def labelled(path: Path, folder: Path, value: str = VALUE) -> Path:
    """A copy of ``path`` with ``value``."""
    target = folder / f"labelled{path.suffix}"
    with path.open("rb") as source, target.open("w+b") as new:
        carrier_of(source, path.suffix).write(source, new, value)
    return target


def packets(path: Path) -> list[str]:
    """A hash of every stream's packets, as they are in the file, and their times."""
    command = [
        "ffmpeg",
        "-v",
        "error",
        "-i",
        str(path),
        "-map",
        "0:v?",
        "-map",
        "0:a?",
        "-c",
        "copy",
        "-f",
        "framehash",
        "-",
    ]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert ran.stderr == ""
    lines = [line.split(",")[:6] for line in ran.stdout.splitlines() if not line.startswith("#")]
    return [",".join(line) for line in lines]  # what stands behind is side data: the comments of Ogg


def tags(path: Path) -> dict[str, str]:
    """Every tag ffprobe sees, of the file and of its streams; keys in upper case."""
    command = ["ffprobe", "-v", "error", "-of", "json", "-show_format", "-show_streams", str(path)]
    told = json.loads(subprocess.run(command, capture_output=True, check=True, timeout=60).stdout)
    parts = [*told["streams"], told["format"]]
    return {key.upper(): value for part in parts for key, value in part.get("tags", {}).items()}


@needs_ffmpeg
@pytest.mark.parametrize("value", [VALUE, LONG], ids=["short", "long"])
@pytest.mark.parametrize("name", NAMES)
def test_another_program_sees_the_label_the_same_streams_and_the_other_tags(
    tmp_path: Path, name: str, value: str
) -> None:
    before, after = FILES / name, labelled(FILES / name, tmp_path, value)
    assert packets(after) == packets(before)
    old, new = tags(before), tags(after)
    if before.suffix not in (".wav",):  # ffprobe shows no chunks of WAV
        assert new.pop("AIGC") == value
    old.pop("AIGC", None)
    assert new == old


@needs_ffmpeg
@pytest.mark.parametrize(
    "name",
    ["c2pa_c.mov", "c2pa_sample1.flac", "c2pa_sample1.m4a", "c2pa_sample1.mp3", "c2pa_sample1.wav", "c2pa_test.avi",
     "c2pa_video1.mp4", "c2pa_video1_no_manifest.mp4"],
)  # fmt: skip
def test_real_files_of_others_keep_their_streams(tmp_path: Path, name: str) -> None:
    path = real(name)
    after = labelled(path, tmp_path)
    assert packets(after) == packets(path)
    if path.suffix != ".wav":
        assert tags(after) == tags(path) | {"AIGC": VALUE}
    with after.open("rb") as file:
        assert [one.value for one in carrier_of(file, after.suffix).read(file).found] == [VALUE]


def test_the_manifest_of_a_film_is_seen() -> None:
    with real("c2pa_video1.mp4").open("rb") as file:
        store = carrier_of(file, ".mp4").read(file).c2pa
    assert store is not None and store.placement == "mp4/uuid" and store.manifests
