"""Sounds and films: the label is where other programs look, streams and other tags stay, positions still hold."""

from __future__ import annotations

import io
import json
import shutil
import struct
import subprocess
from pathlib import Path

import pytest

from guiju.media import carrier_of
from tests.labeling.real import real
from tests.media import samples
from tests.media.samples import FILES

VALUE = '{"Label":"1","ContentProducer":"001191110102MACQD9K64010000","ProduceID":"n-1"}'
LONG = VALUE.replace("n-1", "n" * 3000)
RECORDED = "recorded.webm"
NAMES = [RECORDED, *sorted(path.name for path in FILES.iterdir() if path.suffix not in (".sh", ".heic"))]
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
    if name.endswith(".flv"):
        value = value[:800].rstrip('"}') + '"}'  # ffmpeg reads no string of 1024 bytes
    before = FILES / name
    if name == RECORDED:
        before = tmp_path / name
        before.write_bytes(samples.get("webm recorded in a browser")[1])
    after = labelled(before, tmp_path, value)
    assert packets(after) == packets(before)
    old, new = tags(before), tags(after)
    if before.suffix not in (".wav",):  # ffprobe shows no chunks of WAV
        assert new.pop("AIGC") == value
    for key in ("AIGC", "LASTKEYFRAMELOCATION"):
        old.pop(key, None)
        new.pop(key, None)
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


def test_positions_of_key_frames_still_point_to_key_frames(tmp_path: Path) -> None:
    data = labelled(FILES / "labelled.flv", tmp_path, LONG).read_bytes()
    at = data.index(b"filepositions") + 14
    count, *_ = struct.unpack_from(">I", data, at)
    places = [int(struct.unpack_from(">d", data, at + 5 + 9 * number)[0]) for number in range(count)]
    assert count == 3 and all(data[place] == 9 and data[place + 11] >> 4 == 1 for place in places)
    size = struct.unpack_from(">d", data, data.index(b"filesize") + 9)[0]
    assert size == len(data)


def test_frames_of_large_avi_files_are_found_again() -> None:
    """An index of OpenDML: every position in it counts from the start of the file."""
    out = io.BytesIO()
    before = samples.get("avi opendml")[1]
    carrier_of(io.BytesIO(before)).write(io.BytesIO(before), out, LONG)
    for data in (before, out.getvalue()):
        index = data.index(b"indx") + 8
        for number in range(2):
            offset = struct.unpack_from("<Q", data, index + 24 + 16 * number)[0]
            assert data[offset : offset + 4] == b"ix00"
            base, first = struct.unpack_from("<Q", data, offset + 20)[0], struct.unpack_from("<I", data, offset + 32)[0]
            assert data[base + first : base + first + 5] == b"frame"
    assert len(out.getvalue()) > len(before) + len(LONG)


EXIFTOOL = {
    ".mp4": "Keys:AIGC", ".mov": "Keys:AIGC", ".m4a": "Keys:AIGC", ".flac": "Vorbis:Aigc", ".flv": "Flash:AIGC",
    ".ogg": "Vorbis:Aigc", ".opus": "Vorbis:Aigc", ".ogv": "Theora:Aigc",
}  # fmt: skip


@pytest.mark.skipif(shutil.which("exiftool") is None, reason="exiftool (libimage-exiftool-perl) is not installed")
def test_exiftool_finds_the_value_under_its_key_and_no_new_fault(tmp_path: Path) -> None:
    chosen = [name for name in NAMES if Path(name).suffix in EXIFTOOL and name != RECORDED]
    (tmp_path / "all").mkdir()
    for name in chosen:
        labelled(FILES / name, tmp_path).rename(tmp_path / "all" / name)
    done = subprocess.run(
        ["exiftool", "-json", "-a", "-G1", "-AIGC", "-Error", tmp_path / "all"],
        capture_output=True,
        text=True,
        check=True,
    )
    told = {Path(one["SourceFile"]).name: one for one in json.loads(done.stdout)}
    for name in chosen:
        assert told[name][EXIFTOOL[Path(name).suffix]] == VALUE, name
        assert not [key for key in told[name] if key.endswith(":Error")], name
