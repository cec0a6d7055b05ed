"""Damaged files under every reader that people's files meet: a result or an error of the tree, and nothing else.

`tools.fuzz` does the same for as long as one likes; what it found stands here.
"""

from __future__ import annotations

import contextlib
import io
import random
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from guiju.errors import GuijuError, MediaMalformed, MediaTooLarge
from guiju.labeling import credentials, explicit, verdict, watermark
from guiju.labeling.verdict import Verdict
from guiju.labeling.watermark import Secret
from tests.labeling.damage import damaged
from tests.labeling.explicit import sounds
from tests.media import samples

SECRET = Secret.derive(bytes(32))
ROUNDS = 4
SHIPPED = Path(verdict.__file__).parent / "data" / "samples"
NAMES = sorted(path.name for path in SHIPPED.iterdir())
READERS: dict[str, Callable[[Path], object]] = {
    "label": verdict.verify,
    "mark": lambda path: watermark.detect(path, SECRET),
    "c2pa": credentials.examine,
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", NAMES)
def test_damage_never_surprises_a_reader(name: str, tmp_path: Path) -> None:
    path, raw = tmp_path / name, (SHIPPED / name).read_bytes()
    for seed in range(ROUNDS):
        path.write_bytes(damaged(raw, random.Random(f"{name} {seed}")))
        for reader, read in READERS.items():
            try:
                read(path)
            except GuijuError as error:
                assert not str(error).startswith("GJ-1000"), (reader, seed)


@pytest.mark.parametrize(
    "read", [READERS["mark"], explicit.check, lambda path: explicit.label(path, path.with_name("b.ogg"))]
)
def test_a_stream_that_begins_amid_others_is_damage(read: Callable[[Path], object], tmp_path: Path) -> None:
    path = tmp_path / "a.ogg"
    path.write_bytes(samples.get("ogg chained")[1])
    with pytest.raises(MediaMalformed):
        read(path)


@pytest.mark.parametrize(
    "read", [READERS["mark"], explicit.check, lambda path: explicit.label(path, path.with_name("b.mp3"))]
)
def test_a_sound_whose_channels_change_midway_is_damage(read: Callable[[Path], object], tmp_path: Path) -> None:
    path, music = tmp_path / "a.mp3", sounds.music(0.3, 44_100)
    parts = [sounds.coded(tmp_path / "part.mp3", music, "libmp3lame", 44_100, n).read_bytes() for n in (2, 1)]
    path.write_bytes(b"".join(parts))
    with pytest.raises(MediaMalformed):
        read(path)


@pytest.mark.parametrize("place", [2**44, 2**61, 2**62])
def test_positions_beyond_every_file_system_are_damage(place: int, tmp_path: Path) -> None:
    path, data = tmp_path / "a.tif", samples.get("tiff big")[1]
    path.write_bytes(data[:8] + struct.pack("<Q", place) + data[16:])
    assert verdict.verify(path).verdict is Verdict.CANNOT_TELL


def _bomb(name: str, path: Path) -> None:
    if name.endswith(".docx"):
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("[Content_Types].xml", "<Types/>")
            archive.writestr("word/document.xml", bytes(64 << 20))
    else:
        out = io.BytesIO()
        Image.new("1", (20_000, 20_000)).save(out, "PNG")
        path.write_bytes(out.getvalue())


@pytest.mark.parametrize("name", ["bomb.png", "bomb.docx"])
def test_bombs_are_refused_by_who_would_unpack_them(name: str, tmp_path: Path) -> None:
    _bomb(name, tmp_path / name)
    with pytest.raises((MediaTooLarge, MediaMalformed)):
        explicit.check(tmp_path / name)
    if name.endswith(".png"):
        with pytest.raises(MediaTooLarge):
            watermark.detect(tmp_path / name, SECRET)
    with contextlib.suppress(MediaTooLarge):  # labels are read without unpacking the pixels
        verdict.verify(tmp_path / name)
