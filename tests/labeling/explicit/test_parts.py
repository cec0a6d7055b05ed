"""Optional libraries: what is missing is named with the command that installs it, and only where it is needed."""

from __future__ import annotations

import sys
from pathlib import Path

import pikepdf
import pytest

from guiju.errors import PartMissing
from guiju.labeling import explicit
from guiju.labeling.explicit.mark import CORNERS, MOMENTS, in_chinese, presets
from guiju.labeling.explicit.picture import reading
from tests.labeling.explicit import sounds
from tests.labeling.explicit.grounds import ground


def without(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    for name in names:
        monkeypatch.setitem(sys.modules, name, None)


def test_pictures_are_labelled_without_ocr_and_checked_only_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.png"
    ground("photo").save(path)
    reading._engine.cache_clear()
    without(monkeypatch, "rapidocr")
    explicit.label(path, path)
    with pytest.raises(PartMissing) as raised:
        explicit.check(path)
    assert "pip install 'guiju[ocr]'" in raised.value.remedy("en")
    reading._engine.cache_clear()


def test_wav_needs_nothing_and_compressed_sound_pyav(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = sounds.wav(tmp_path / "a.wav", sounds.music(3.0))
    small = sounds.coded(tmp_path / "a.mp3", sounds.music(1.0, 44100), "libmp3lame")
    without(monkeypatch, "av")
    explicit.label(path, path)
    assert explicit.check(path).verdict.value == "compliant"
    with pytest.raises(PartMissing) as raised:
        explicit.label(small, tmp_path / "b.mp3")
    assert "pip install 'guiju[av]'" in raised.value.remedy("zh")


def test_pdf_needs_its_libraries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.pdf"
    made = pikepdf.new()
    made.add_blank_page()
    made.save(path)
    without(monkeypatch, "pypdfium2", "fontTools")
    for attempt in (lambda: explicit.check(path), lambda: explicit.label(path, tmp_path / "b.pdf")):
        with pytest.raises(PartMissing) as raised:
            attempt()
        assert "pip install 'guiju[pdf]'" in raised.value.remedy("en")
    assert not (tmp_path / "b.pdf").exists()


def test_heic_needs_a_decoder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.heic"
    path.write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(64))
    without(monkeypatch, "pi_heif")
    with pytest.raises(PartMissing) as raised:
        explicit.check(path)
    assert "pip install 'guiju[heic]'" in raised.value.remedy("en")


def test_every_position_has_a_name_in_chinese() -> None:
    assert {*CORNERS, *MOMENTS} <= presets().positions.keys()
    assert [in_chinese(one) for one in ("bottom-right", "AI生成 (top)", "start of it", "(x)", "")] == [
        "右下角", "AI生成 (上边)", "start of it", "(x)", "",
    ]  # fmt: skip
