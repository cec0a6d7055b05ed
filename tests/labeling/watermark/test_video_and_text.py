"""Marks in films and texts."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import numpy as np
import pytest

from guiju.errors import MarkImpossible, MediaMalformed
from guiju.labeling import watermark
from guiju.labeling.watermark import Secret, Verdict, of_content
from guiju.text import reading
from tests.labeling.watermark.pictures import landscape

SECRET = Secret.derive(b"a secret of tests, 32 bytes long.")
NUMBER = of_content("7f3a9c")


def film(path: Path, source: Path | None = None, crf: int = 20, size: tuple[int, int] = (384, 320)) -> Path:
    """Two seconds of a moving landscape with a tone; or ``source`` coded again at another strength."""
    import av

    with av.open(str(path), "w") as made:
        stream = made.add_stream("libx264", rate=15, options={"crf": str(crf), "preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        if source is None:
            tone = made.add_stream("aac", rate=16_000)
            tone.codec_context.layout = "mono"
            wide = np.asarray(landscape(size=(size[0] + 60, size[1])))
            for number in range(30):
                frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(wide[:, 2 * number : 2 * number + size[0]]))
                made.mux(stream.encode(frame))
            for number in range(30):
                sound = np.sin(np.arange(1024) / 6 + number).astype(np.float32)[None]
                heard = av.AudioFrame.from_ndarray(sound, format="fltp", layout="mono")
                heard.sample_rate, heard.pts = 16_000, 1024 * number
                made.mux(tone.encode(heard))
            made.mux(tone.encode(None))
        else:
            with av.open(str(source)) as before:
                for frame in before.decode(video=0):
                    frame.pict_type = 0
                    made.mux(stream.encode(frame))
        made.mux(stream.encode(None))
    return path


def sound_of(path: Path) -> list[bytes]:
    import av

    with av.open(str(path)) as file:
        return [bytes(packet) for packet in file.demux(audio=0) if packet.size]


def test_films_are_marked_their_sound_copied_and_read_after_strong_compression(tmp_path: Path) -> None:
    source = film(tmp_path / "a.mp4")
    told = watermark.embed(source, tmp_path / "b.mp4", SECRET, NUMBER)
    assert told.frames == 30 and told.strength >= 39
    assert sound_of(tmp_path / "b.mp4") == sound_of(source)
    for crf in (23, 33):
        film(tmp_path / "c.mp4", tmp_path / "b.mp4", crf)
        assert watermark.detect(tmp_path / "c.mp4", SECRET).number == NUMBER
    assert watermark.detect(source, SECRET).verdict is Verdict.NOT_FOUND
    assert watermark.detect(tmp_path / "b.mp4", SECRET.finder).verdict is Verdict.PRESENT


def test_tiny_films_are_refused(tmp_path: Path) -> None:
    with pytest.raises(MarkImpossible):
        watermark.embed(film(tmp_path / "a.mp4", size=(128, 96)), tmp_path / "b.mp4", SECRET, NUMBER)


ANSWER = "人工智能是研究如何让机器表现出智能的学科。它包括学习、推理与感知等方面。" * 12


def test_texts_are_marked_without_changing_what_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(ANSWER + "\n", "utf-8")
    watermark.embed(tmp_path / "a.txt", tmp_path / "b.txt", SECRET, NUMBER)
    after = (tmp_path / "b.txt").read_text("utf-8")
    assert "".join(one for one in after if not "\ufe00" <= one <= "\ufe0f") == ANSWER + "\n"
    assert watermark.detect(tmp_path / "b.txt", SECRET).number == NUMBER
    assert watermark.detect(tmp_path / "b.txt", SECRET.finder).verdict is Verdict.PRESENT
    assert watermark.detect(tmp_path / "a.txt", SECRET).verdict is Verdict.NOT_FOUND
    assert watermark.detect(tmp_path / "b.txt", Secret.derive(b"x" * 32)).verdict is Verdict.NOT_FOUND


@pytest.mark.parametrize("part", [slice(0, 300), slice(200, None)])
def test_a_part_of_a_text_still_bears_it(part: slice, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(ANSWER, "utf-8")
    watermark.embed(tmp_path / "a.md", tmp_path / "b.md", SECRET, NUMBER)
    (tmp_path / "c.md").write_text((tmp_path / "b.md").read_text("utf-8")[part], "utf-8")
    assert watermark.detect(tmp_path / "c.md", SECRET).number == NUMBER


KEPT = {
    "copied": lambda text: text,
    "NFC": lambda text: unicodedata.normalize("NFC", text),
    "NFKC": lambda text: unicodedata.normalize("NFKC", text),
    "GB 18030": lambda text: text.encode("gb18030").decode("gb18030"),
    "lines joined": lambda text: text.replace("\n", " "),
    "words replaced": lambda text: text.replace("机器", "计算机"),
    "JSON": lambda text: json.loads(json.dumps(text)),
}
LOST = {
    "GBK": lambda text: text.encode("gbk", "ignore").decode("gbk"),
    "marks filtered": lambda text: "".join(one for one in text if unicodedata.category(one) not in ("Mn", "Cf")),
    "typed again": lambda text: "".join(one for one in text if one.isprintable() and not "\ufe00" <= one <= "\ufe0f"),
    "Guiju's own reading": lambda text: reading.read(text).text,
}


@pytest.mark.parametrize("way", [*KEPT, *LOST])
def test_the_mark_in_text_is_as_fragile_as_documented(way: str, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(ANSWER, "utf-8")
    watermark.embed(tmp_path / "a.txt", tmp_path / "b.txt", SECRET, NUMBER)
    through = (KEPT | LOST)[way]((tmp_path / "b.txt").read_text("utf-8"))
    (tmp_path / "c.txt").write_text(through, "utf-8")
    assert watermark.detect(tmp_path / "c.txt", SECRET).number == (NUMBER if way in KEPT else None)


def test_short_and_foreign_texts_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("短。", "utf-8")
    with pytest.raises(MarkImpossible):
        watermark.embed(tmp_path / "a.txt", tmp_path / "b.txt", SECRET, NUMBER)
    (tmp_path / "a.txt").write_bytes(ANSWER.encode("gbk"))
    with pytest.raises(MediaMalformed):
        watermark.detect(tmp_path / "a.txt", SECRET)
