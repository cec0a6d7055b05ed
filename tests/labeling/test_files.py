"""Labels in files: one, read back, atomically; continued by a propagator; never at the cost of the original."""

from __future__ import annotations

import io
import os
import stat
from pathlib import Path
from typing import BinaryIO

import msgspec
import pytest

from guiju.errors import (
    FileUnusable,
    LabelExists,
    LabelNotKept,
    LabelValueInvalid,
    ManifestWouldBreak,
    MediaMalformed,
    NoLabelToContinue,
)
from guiju.labeling import files
from guiju.labeling.implicit import Label
from guiju.media import LIMITS, Limits, carrier_of
from tests.labeling.real import real
from tests.media import samples
from tests.media.test_places import STORE, jpeg, png

CODE = "001191110102MACQD9K64010000"
OTHER = "00119144030008867405X220001"
LABEL = Label.first(CODE, "7f3a9c")


def put(folder: Path, name: str) -> Path:
    suffix, data = samples.get(name)
    path = folder / f"file{suffix}"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("name", samples.names())
def test_write_read_and_continue(tmp_path: Path, name: str) -> None:
    source, target = put(tmp_path, name), tmp_path / ("out" + samples.get(name)[0])
    before = source.read_bytes()
    written = files.write(source, target, LABEL)
    assert source.read_bytes() == before
    assert (written.label, written.broken) == (LABEL, None)
    reading = files.read(target)
    assert reading.label == LABEL and len(reading.places) == 1
    files.propagate(target, target, OTHER, "p-1", reserved="r")
    continued = msgspec.structs.replace(LABEL, ContentPropagator=OTHER, PropagateID="p-1", ReservedCode2="r")
    assert [place.reading.label for place in files.read(target).places if place.reading] == [continued]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([source.name, target.name])


@pytest.mark.parametrize("suffix", [".txt", ".csv", ".json"])
def test_what_has_no_place_gets_a_file_beside_it(tmp_path: Path, suffix: str) -> None:
    source, target = tmp_path / f"a{suffix}", tmp_path / f"b{suffix}"
    source.write_text("内容\n", "utf-8")
    assert not files.read(source).found
    files.write(source, target, LABEL)
    assert target.read_bytes() == source.read_bytes()
    assert (files.read(target).label, files.read(target).bound) == (LABEL, True)
    target.write_text("别的\n", "utf-8")
    assert files.read(target).bound is False
    files.write(source, source, LABEL)
    assert files.read(source).bound is True


def test_in_place_keeps_the_mode_and_leaves_nothing_beside(tmp_path: Path) -> None:
    path = put(tmp_path, "jpeg plain")
    path.chmod(0o640)
    files.write(path, path, LABEL)
    assert files.read(path).label == LABEL
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert list(tmp_path.iterdir()) == [path]


def test_an_existing_label_is_told_or_kept(tmp_path: Path) -> None:
    path = put(tmp_path, "jpeg labelled")
    before = path.read_bytes()
    with pytest.raises(LabelExists):
        files.write(path, path, LABEL, keep_existing=True)
    assert path.read_bytes() == before
    written = files.write(path, path, LABEL)
    assert {place.found.placement for place in written.replaced} == {"jpeg/xmp", "jpeg/exif.UserComment"}


@pytest.mark.parametrize("data", [("a.png", png(b"caBX", STORE)), ("a.jpg", jpeg(0xEB, b"JP\0\1\0\0\0\1" + STORE))])
def test_a_manifest_is_never_broken_in_silence(tmp_path: Path, data: tuple[str, bytes]) -> None:
    path = tmp_path / data[0]
    path.write_bytes(data[1])
    with pytest.raises(ManifestWouldBreak):
        files.write(path, path, LABEL)
    assert path.read_bytes() == data[1]
    broken = files.write(path, path, LABEL, break_c2pa=True).broken
    assert broken is not None and broken.manifests[-1] == "urn:c2pa:two"


@pytest.mark.parametrize(
    "label",
    [
        msgspec.structs.replace(LABEL, Label="4"),
        msgspec.structs.replace(LABEL, ContentProducer=""),
        msgspec.structs.replace(LABEL, ProduceID="a b"),
        msgspec.structs.replace(LABEL, ContentPropagator=""),
    ],
)
def test_a_label_that_does_not_conform_is_not_written(tmp_path: Path, label: Label) -> None:
    path = put(tmp_path, "png plain")
    with pytest.raises(LabelValueInvalid):
        files.write(path, tmp_path / "out.png", label)
    assert not (tmp_path / "out.png").exists()


@pytest.mark.parametrize(
    "name",
    ["png plain", "gif", "pdf table", "docx", "markdown", "html", "epub", "avif plain", "mp4 front", "mov plain", "m4a plain",
     "mkv plain", "webm live", "flv plain", "avi plain", "wav plain", "mp3 plain", "mp3 labelled", "flac plain", "ogg plain",
     "opus labelled", "ogg chained", "svg", "ofd"],
)  # fmt: skip
def test_what_others_wrote_in_chinese_is_continued_unchanged(tmp_path: Path, name: str) -> None:
    path = put(tmp_path, name)
    upstream = msgspec.structs.replace(LABEL, ProduceID="作品/一\"'", ContentProducer="某公司")
    with path.open("rb") as source, (tmp_path / "up").open("w+b") as target:
        carrier_of(source, path.suffix).write(source, target, upstream.to_json())
    path.write_bytes((tmp_path / "up").read_bytes())
    files.propagate(path, path, OTHER, "p-1")
    after = files.read(path).label
    assert after == msgspec.structs.replace(upstream, ContentPropagator=OTHER, PropagateID="p-1")


def test_only_one_conforming_label_can_be_continued(tmp_path: Path) -> None:
    for name in ("png plain", "jpeg labelled", "markdown with front matter"):
        path = put(tmp_path, name)
        before = path.read_bytes()
        with pytest.raises(NoLabelToContinue):
            files.propagate(path, path, OTHER, "1")
        assert path.read_bytes() == before


def _write_nothing(self: object, source: BinaryIO, target: BinaryIO, value: str, limits: Limits = LIMITS) -> None:
    source.seek(0)
    target.write(source.read())


def _write_another(self: object, source: BinaryIO, target: BinaryIO, value: str, limits: Limits = LIMITS) -> None:
    _real_write(source, target, value.replace("7f3a9c", "000000"), limits)


def _break_off(self: object, source: BinaryIO, target: BinaryIO, value: str, limits: Limits = LIMITS) -> None:
    target.write(b"\x89PNG")
    raise MediaMalformed(what="PNG", detail="test")


def _disk_full(self: object, source: BinaryIO, target: BinaryIO, value: str, limits: Limits = LIMITS) -> None:
    raise OSError(28, "No space left on device")


_PNG = carrier_of(io.BytesIO(samples.get("png plain")[1]))
_real_write = _PNG.write


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (_write_nothing, LabelNotKept),
        (_write_another, LabelNotKept),
        (_break_off, MediaMalformed),
        (_disk_full, FileUnusable),
    ],
)
def test_whatever_goes_wrong_the_target_is_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: object, error: type[Exception]
) -> None:
    path = put(tmp_path, "png plain")
    before = path.read_bytes()
    monkeypatch.setattr(type(_PNG), "write", fault)
    with pytest.raises(error):
        files.write(path, path, LABEL)
    assert path.read_bytes() == before and list(tmp_path.iterdir()) == [path]


def test_files_that_cannot_be_opened_or_made(tmp_path: Path) -> None:
    path = put(tmp_path, "png plain")
    for source, target in ((tmp_path / "none.png", path), (tmp_path, path), (path, tmp_path / "no" / "where.png")):
        with pytest.raises(FileUnusable):
            files.write(source, target, LABEL)
    os.mkfifo(tmp_path / "pipe.png")
    with pytest.raises(FileUnusable):
        files.read(tmp_path / "pipe.png")


@pytest.mark.parametrize(
    ("name", "producer", "number", "propagator"),
    [
        ("doubao_labelled.png", "001191110102MACQD9K64010000", "e3578014edd949debed102781a8c26f7", ""),
        (
            "jimeng_labelled.png", "00119144030008867405X210001",
            "tos-cn-i-tb4s082cfz/2ef232d44c0c406985fdf6b21c858961", "00119144030008867405X220001",
        ),
    ],
)  # fmt: skip
def test_real_labels_are_read_exactly(tmp_path: Path, name: str, producer: str, number: str, propagator: str) -> None:
    reading = files.read(real(name))
    wanted = Label(
        Label="1", ContentProducer=producer, ProduceID=number,
        ContentPropagator=propagator, PropagateID=number if propagator else "",
    )  # fmt: skip
    assert [(one.found.placement, one.reading and one.reading.label) for one in reading.places] == [("png/xmp", wanted)]
    assert (reading.c2pa, reading.source_types, reading.damaged) == (None, (), ())
    files.propagate(real(name), tmp_path / "out.png", OTHER, "p-1")
    after = files.read(tmp_path / "out.png").label
    assert after == msgspec.structs.replace(wanted, ContentPropagator=OTHER, PropagateID="p-1")


@pytest.mark.parametrize(
    ("name", "manifests"),
    [
        ("c2pa_CACA.jpg", 2),
        ("firefly_c2pa.png", 1),
        ("c2pa_sample1.heic", 0),
        ("c2pa_sample1.gif", 0),
        ("c2pa_test.tiff", 0),
        ("grok_plain.jpg", 0),
    ],
)
def test_real_files_with_and_without_manifests(tmp_path: Path, name: str, manifests: int) -> None:
    path = real(name)
    reading = files.read(path)
    assert (0 if reading.c2pa is None else len(reading.c2pa.manifests)) == manifests
    assert not reading.found and not reading.damaged
    target = tmp_path / name
    if manifests:
        with pytest.raises(ManifestWouldBreak):
            files.write(path, target, LABEL)
    files.write(path, target, LABEL, break_c2pa=True)
    assert files.read(target).label == LABEL
