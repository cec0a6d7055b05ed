"""Damaged files: labelling and checking end in a result or in an error of the tree, never in anything else."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import docx
import pikepdf
import pytest

from guiju.errors import GuijuError, MediaLayoutUnsupported, MediaMalformed
from guiju.labeling import explicit
from guiju.labeling.explicit.picture import checking
from tests.labeling.explicit import films, sounds
from tests.labeling.explicit.grounds import ground

PICTURES = [".jpg", ".png", ".webp", ".gif", ".tif", ".avif", ".bmp"]
ROUNDS = 25


def word(path: Path) -> None:
    made = docx.Document()
    made.add_paragraph("正文")
    made.save(str(path))


def pages(path: Path) -> None:
    made = pikepdf.new()
    made.add_blank_page()
    made.save(path)


MAKERS: dict[str, Callable[[Path], object]] = {
    **{suffix: (lambda path: ground("photo", 96, 72).save(path)) for suffix in PICTURES},
    ".docx": word,
    ".pdf": pages,
    ".html": lambda path: path.write_text("<html><body><p>a</p><pre>b</pre></body></html>"),
    ".md": lambda path: path.write_text("---\na: 1\n---\n# x\n\n```\ncode\n```\n"),
    ".wav": lambda path: sounds.wav(path, sounds.music(0.3, 8000), 8000),
    ".mp3": lambda path: sounds.coded(path, sounds.music(0.3, 44100), "libmp3lame"),
    ".flac": lambda path: sounds.coded(path, sounds.music(0.3, 44100), "flac"),
    ".mp4": lambda path: films.film(path, "mp4", 0.3, (96, 72)),
    ".avi": lambda path: films.film(path, "avi", 0.3, (96, 72)),
}


def damaged(raw: bytes, chance: random.Random) -> bytes:
    """A few bytes changed, taken out, or put in; or the end cut off."""
    data = bytearray(raw)
    for _ in range(chance.choice((1, 1, 2, 6))):
        place = chance.randrange(min(len(data), 400) if chance.random() < 0.5 else len(data))
        kind = chance.random()
        if kind < 0.5:
            data[place] = chance.choice((0, 1, 127, 255, chance.randrange(256)))
        elif kind < 0.7:
            del data[place : place + chance.randrange(1, 20)]
        elif kind < 0.85:
            data[place:place] = chance.randbytes(chance.randrange(1, 9))
        else:
            del data[max(1, place) :]
        data = data or bytearray(b"\0")
    return bytes(data)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("suffix", MAKERS)
def test_damage_never_surprises(suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "read_labels", lambda pixels: [])  # OCR itself is not under test here, and slow
    path, out = tmp_path / f"a{suffix}", tmp_path / f"b{suffix}"
    MAKERS[suffix](path)
    raw, ended = path.read_bytes(), 0
    for seed in range(ROUNDS):
        path.write_bytes(damaged(raw, random.Random(seed)))
        for attempt in (lambda: explicit.label(path, out, break_c2pa=True), lambda: explicit.check(path)):
            try:
                attempt()
            except GuijuError as error:
                ended += 1
                assert error.code and not str(error).startswith("GJ-1000")
    leftovers = [one.name for one in tmp_path.iterdir() if one not in (path, out)]
    assert leftovers == []
    assert suffix in (".html", ".md") or ended > 0, "some damage was too much"


def test_what_a_container_cannot_hold_is_said(tmp_path: Path) -> None:
    path = sounds.coded(tmp_path / "a.ogg", sounds.music(0.5, 48000), "libopus", 48000)
    with pytest.raises((MediaLayoutUnsupported, MediaMalformed)):
        explicit.label(path.rename(tmp_path / "a.mp3"), tmp_path / "b.mp3")
