"""Words in films: on the opening frame, long enough, the sound untouched, and found again."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image, ImageChops

from guiju.errors import MarkUnplaceable, MediaLayoutUnsupported, MediaMalformed
from guiju.labeling import explicit
from guiju.labeling.explicit import Mark, Span
from guiju.labeling.explicit.film.overlay import KNOWN, Overlay
from guiju.labeling.explicit.picture import drawing
from guiju.labeling.explicit.report import Report
from guiju.media.waiting import WorkEnded, waited_for
from tests.labeling.explicit import films, sounds


def one(report: Report, id_: str) -> explicit.Check:
    return next(check for check in report.checks if check.id == id_)


@pytest.mark.parametrize("kind", films.KINDS)
def test_every_kind_of_film_is_labelled_its_sound_untouched(kind: str, tmp_path: Path) -> None:
    path = films.film(tmp_path / f"a{films.KINDS[kind][0]}", kind)
    out = tmp_path / f"b{path.suffix}"
    made = explicit.label(path, out)
    assert made.made.figures["ratio"] >= 0.05 and made.made.figures["seconds"] >= 2
    assert films.packets(out) == films.packets(path) != []
    with av.open(str(path)) as before, av.open(str(out)) as after:
        old, new = before.streams.video[0], after.streams.video[0]
        assert new.codec_context.name == old.codec_context.name
        assert (new.width, new.height, new.pix_fmt) == (old.width, old.height, old.pix_fmt)
        assert (after.metadata.get("title") or "片名") == "片名"
    old_frames, new_frames = films.pictures(path), films.pictures(out)
    assert [round(time, 2) for time, _ in new_frames] == [round(time, 2) for time, _ in old_frames]
    report = explicit.check(out)
    assert report.verdict.value == "compliant", [(check.id, check.ok, check.detail) for check in report.checks]
    seconds = one(report, "film.seconds")
    assert seconds.measured == pytest.approx(3.0, abs=0.15)
    assert report.found[0].start == 0 and report.found[0].where == "bottom-right"


def test_only_the_label_changes(tmp_path: Path) -> None:
    path, out = films.film(tmp_path / "a.mkv", "mkv 444"), tmp_path / "b.mkv"
    made = explicit.label(path, out, Mark(position="top-left"))
    box = made.made.sightings[0].box
    assert box is not None
    for (time, old), (_, new) in zip(films.pictures(path), films.pictures(out), strict=True):
        difference = np.asarray(ImageChops.difference(old, new)).astype(int)
        inside = difference[box.top : box.bottom, box.left : box.right].mean()
        difference[: box.bottom + 20, : box.right + 20] = 0
        assert difference.mean() < 3, "coding loses little"
        assert (inside > 30) == (time < 3.0), "the label is there for three seconds, and gone after"


def test_a_label_may_stay_throughout(tmp_path: Path) -> None:
    path = films.film(tmp_path / "a.mp4", seconds=5)
    made = explicit.label(path, path, Mark(span=Span.WHOLE))
    assert made.made.figures["frames"] == 50
    report = explicit.check(path)
    assert one(report, "film.seconds").measured == pytest.approx(5.0, abs=0.15)


def test_short_films_bear_it_throughout(tmp_path: Path) -> None:
    path = films.film(tmp_path / "a.mp4", seconds=1)
    explicit.label(path, path)
    report = explicit.check(path)
    assert report.verdict.value == "compliant" and "whole film" in one(report, "film.seconds").detail


def test_less_than_two_seconds_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MarkUnplaceable, match=r"5\.4"):
        explicit.label(films.film(tmp_path / "a.mp4"), tmp_path / "b.mp4", Mark(seconds=1.5))


@pytest.mark.parametrize(
    ("begins", "ends", "failing"),
    [(0.0, 1.2, "film.seconds"), (0.9, 9.0, "film.opening"), (0.0, 2.0, ""), (9.0, 9.0, "explicit.found")],
)
def test_labels_of_others_are_measured(begins: float, ends: float, failing: str, tmp_path: Path) -> None:
    sticker = Image.new("RGB", (320, 240), "navy")
    box = drawing.draw(sticker, Mark()).box
    area = (box.left, box.top, box.right, box.bottom)

    def draw(image: Image.Image, time: float) -> None:
        if begins - 1e-6 <= time < ends - 1e-6:
            image.paste(sticker.crop(area), area[:2])

    report = explicit.check(films.film(tmp_path / "a.mp4", marked=draw))
    failed = [check.id for check in report.checks if check.ok is False and check.kind == "standard"]
    if failing == "explicit.found":
        assert report.verdict.value == "not_found"
    else:
        assert failed == ([failing] if failing else [])
        assert report.verdict.value == ("noncompliant" if failing else "compliant")
        stayed = min(ends, 4.0) - (1.0 if begins else 0.0)  # a film is looked at again after one second
        assert one(report, "film.seconds").measured == pytest.approx(stayed, abs=0.11)


@pytest.mark.parametrize(
    ("matrix", "degrees"),
    [
        ((0, 1, 0, -1, 0, 0, 240, 0, 1), 90),
        ((-1, 0, 0, 0, -1, 0, 320, 240, 1), 180),
        ((0, -1, 0, 1, 0, 0, 0, 320, 1), 270),
    ],
)
def test_films_of_telephones_are_labelled_upright(matrix: tuple[int, ...], degrees: int, tmp_path: Path) -> None:
    path, out = films.film(tmp_path / "a.mp4", sound=False), tmp_path / "b.mp4"
    stored = films.pictures(path)[0][1]
    films.turned(path, matrix)
    explicit.label(path, out)
    shown = films.pictures(out)[0][1]
    assert shown.size == ((240, 320) if degrees != 180 else (320, 240))
    expected = stored.rotate(-degrees, expand=True)  # the matrix turns clockwise, Pillow the other way
    upper = (0, 0, shown.width, shown.height // 2)
    assert np.asarray(ImageChops.difference(shown.crop(upper), expected.crop(upper))).mean() < 8
    report = explicit.check(out)
    assert report.verdict.value == "compliant" and report.found[0].where == "bottom-right"


@pytest.mark.parametrize("name", KNOWN)
def test_blending_reaches_white_and_black_in_every_format(name: str) -> None:
    frame = av.VideoFrame.from_ndarray(np.full((120, 160, 3), 90, np.uint8), format="rgb24").reformat(format=name)
    overlay = Overlay.of(160, 120, Mark(height=0.1))
    overlay.put(frame)
    shown = frame.to_ndarray(format="rgb24").astype(int)
    box = overlay.layout.words
    part = shown[box.top : box.bottom, box.left : box.right]
    assert part.max() > 235 and part.min() < 60
    assert abs(part.astype(float) - part.mean(2, keepdims=True)).max() < 12, "no colour creeps in"
    outside = shown[: box.top - 20]
    assert np.abs(outside - 90).max() < 4


def test_sizes_that_are_odd(tmp_path: Path) -> None:
    path = films.film(tmp_path / "a.mkv", "mkv 444", size=(321, 243))
    explicit.label(path, path)
    assert explicit.check(path).verdict.value == "compliant"


def test_the_marked_picture_is_the_opening_frame(tmp_path: Path) -> None:
    path, shown = films.film(tmp_path / "a.mp4"), tmp_path / "shown.png"
    explicit.label(path, path)
    explicit.check(path, picture=shown)
    with Image.open(shown) as image:
        red = (np.abs(np.asarray(image.convert("RGB")).astype(int) - [220, 20, 40]) < 40).all(2)
        assert red.sum() > 50


def test_what_is_no_film(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(b"\0\0\0\x18ftypisom" + bytes(200))
    for attempt in (lambda: explicit.check(path), lambda: explicit.label(path, tmp_path / "b.mp4")):
        with pytest.raises(MediaMalformed):
            attempt()
    only_sound = sounds.coded(tmp_path / "b.m4a", sounds.music(1.0, 44100), "aac")
    renamed = only_sound.rename(tmp_path / "c.mp4")
    with pytest.raises((MediaMalformed, MediaLayoutUnsupported)):
        explicit.check(renamed)


def test_whoever_waits_is_told_how_far_it_is_and_may_end_it(tmp_path: Path) -> None:
    path, out = films.film(tmp_path / "a.mp4"), tmp_path / "b.mp4"
    shares: list[float | None] = []
    with waited_for(shares.append):
        explicit.label(path, path)
    told = [share for share in shares if share is not None]
    assert told == sorted(told) and told[0] < 0.1 and told[-1] > 0.8

    def leave(share: float | None) -> None:
        if share is not None and share > 0.4:
            raise WorkEnded()

    with pytest.raises(WorkEnded), waited_for(leave):
        explicit.label(path, out)
    assert [one.name for one in tmp_path.iterdir()] == ["a.mp4"], "nothing half made is left"
