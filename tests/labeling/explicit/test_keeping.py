"""Both labels together: the implicit one survives the explicit one in sound and films, too."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import TiffImagePlugin

from guiju.errors import LabelNotKept
from guiju.labeling import explicit, files
from guiju.labeling.explicit import Kept
from guiju.labeling.implicit import Label
from tests.labeling.explicit import films, sounds
from tests.labeling.explicit.grounds import ground

LABEL = Label.first("001191110102MACQD9K64010000", "n-1")
PACKET = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description rdf:about="" xmlns:TC260="http://www.tc260.org.cn/ns/AIGC/1.0/">'
    b'<TC260:AIGC>{"Label":"1"}</TC260:AIGC></rdf:Description></rdf:RDF></x:xmpmeta>'
)
SOUNDS = [("a.mp3", "libmp3lame"), ("a.m4a", "aac"), ("a.flac", "flac"), ("a.opus", "libopus")]


def kept(path: Path) -> Kept:
    files.write(path, path, LABEL)
    before = [one.found.placement for one in files.read(path).places]
    made = explicit.label(path, path)
    after = files.read(path)
    assert after.label == LABEL and [one.found.placement for one in after.places] == before
    return made.implicit


@pytest.mark.parametrize("kind", ["mp4", "mkv 444", "webm", "avi", "flv"])
def test_films(kind: str, tmp_path: Path) -> None:
    path = films.film(tmp_path / f"a{films.KINDS[kind][0]}", kind, seconds=1.0)
    assert kept(path) in (Kept.KEPT, Kept.REWRITTEN)


@pytest.mark.parametrize(("name", "codec"), SOUNDS)
def test_compressed_sound(name: str, codec: str, tmp_path: Path) -> None:
    rate = 48000 if codec == "libopus" else 44100
    assert kept(sounds.coded(tmp_path / name, sounds.music(2.0, rate), codec, rate)) in (Kept.KEPT, Kept.REWRITTEN)


def test_wav(tmp_path: Path) -> None:
    assert kept(sounds.wav(tmp_path / "a.wav", sounds.music(2.0))) is Kept.KEPT


def test_formats_without_a_place_for_it_are_said_to_be_unread(tmp_path: Path) -> None:
    path, out = tmp_path / "a.bmp", tmp_path / "b.bmp"
    ground("photo").save(path)
    assert explicit.label(path, out).implicit is Kept.UNREAD


def test_a_label_that_does_not_conform_stays_or_nothing_is_made(tmp_path: Path) -> None:
    path, out = tmp_path / "a.tif", tmp_path / "b.tif"
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[700], tags.tagtype[700] = PACKET, 1
    ground("photo").save(path, tiffinfo=tags)
    before = [one.found.value for one in files.read(path).places]
    assert len(before) == 1
    try:
        explicit.label(path, out)
    except LabelNotKept:
        assert not out.exists()
    else:
        assert [one.found.value for one in files.read(out).places] == before
