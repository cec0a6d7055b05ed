"""Words in pictures: high enough, at the edge, legible, in every format, and nothing else is touched."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageSequence, PngImagePlugin

from guiju.errors import (
    LabelWordsInvalid,
    ManifestWouldBreak,
    MarkUnplaceable,
    MediaLayoutUnsupported,
    MediaMalformed,
    MediaTooLarge,
    MediaUnsupported,
)
from guiju.labeling import explicit, files
from guiju.labeling.explicit import Form, Kept, Mark
from guiju.labeling.explicit.mark import CORNERS, presets
from guiju.labeling.explicit.picture import drawing, ground, heic, light, opening
from guiju.labeling.explicit.picture.checking import place
from guiju.labeling.explicit.report import Box
from guiju.labeling.implicit import Label
from tests.labeling.explicit.grounds import KINDS
from tests.labeling.explicit.grounds import ground as picture

CODE = "001191110102MACQD9K64010000"


@settings(max_examples=60, deadline=None)
@given(
    kind=st.sampled_from(KINDS), width=st.integers(120, 900), height=st.integers(120, 900),
    position=st.sampled_from(CORNERS), ratio=st.floats(0.05, 0.12), form=st.sampled_from([Form.AUTO, Form.PLAIN, Form.BOX]),
)  # fmt: skip
def test_the_ink_is_five_percent_and_stands_at_its_edge(
    kind: str, width: int, height: int, position: str, ratio: float, form: Form
) -> None:
    image = picture(kind, width, height)
    visible = drawing.visible(image)
    before = np.asarray(image).copy()
    layout = drawing.draw(image, Mark(position=position, height=ratio, form=form))
    short = min(visible.width, visible.height)
    assert layout.ink.smallest / short >= 0.05
    assert layout.ink.height >= ratio * short
    assert place(layout.words, visible) == position
    box = layout.box
    assert visible.left <= box.left and box.right <= visible.right
    assert visible.top <= box.top and box.bottom <= visible.bottom
    after = np.asarray(image).copy()
    after[box.top : box.bottom, box.left : box.right] = before[box.top : box.bottom, box.left : box.right]
    assert (after == before).all(), "nothing outside the label changes"


@pytest.mark.parametrize("kind", KINDS)
def test_words_stand_out_from_every_ground(kind: str) -> None:
    image = picture(kind)
    layout = drawing.lay_out(drawing.visible(image), Mark())
    painted = drawing.put(image, layout)
    assert painted.contrast >= 4.5


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 255), st.integers(0, 255), st.integers(0, 2**31), st.sampled_from([Form.AUTO, Form.BOX]))
def test_contrast_is_reached_on_any_ground(low: int, high: int, seed: int, form: Form) -> None:
    pixels = np.random.default_rng(seed).integers(min(low, high), max(low, high) + 1, (8, 20, 3), dtype=np.uint8)
    assert ground.paint(pixels, form).contrast >= 4.5


def test_contrast_is_that_of_wcag() -> None:
    assert light.contrast(1, 0) == 21
    grey = float(light.luminance(np.array([[119, 119, 119]], np.uint8))[0])
    assert light.contrast(1, grey) == pytest.approx(4.48, abs=0.01)  # the well-known #777 on white


def test_long_words_are_broken_into_lines_of_full_height() -> None:
    image = picture("photo", 300, 300)
    layout = drawing.draw(image, Mark(words="answer_caution"))
    assert len(layout.ink.lines) >= 2 and layout.ink.smallest >= 15


@pytest.mark.parametrize(
    "mark",
    [
        Mark(position="centre"), Mark(height=0.04), Mark(height=0.9), Mark(words="本回答由人工智能生成，仅供参考", height=0.3),
        Mark(position="start"),
    ],
)  # fmt: skip
def test_what_cannot_be_placed_is_refused(mark: Mark) -> None:
    with pytest.raises(MarkUnplaceable):
        drawing.draw(picture("white", 100, 40), mark)


def test_words_must_hold_both_elements() -> None:
    with pytest.raises(LabelWordsInvalid):
        drawing.draw(picture("white"), Mark(words="可灵AI"))


def test_tiny_pictures_are_refused_rather_than_labelled_illegibly() -> None:
    with pytest.raises(MarkUnplaceable):
        drawing.draw(picture("white", 24, 24), Mark())


# --- files -----------------------------------------------------------------------------------------------------------

SAVED: dict[str, tuple[str, str, dict[str, Any]]] = {
    "jpeg": ("RGB", ".jpg", {"quality": 80, "subsampling": 2}),
    "jpeg progressive": ("RGB", ".jpg", {"progressive": True}),
    "jpeg grey": ("L", ".jpg", {}),
    "jpeg cmyk": ("CMYK", ".jpg", {}),
    "png": ("RGB", ".png", {}),
    "png alpha": ("RGBA", ".png", {}),
    "png palette": ("P", ".png", {}),
    "png bilevel": ("1", ".png", {}),
    "png grey alpha": ("LA", ".png", {}),
    "png 16 grey": ("I;16", ".png", {}),
    "webp": ("RGB", ".webp", {"quality": 80}),
    "webp lossless alpha": ("RGBA", ".webp", {"lossless": True}),
    "gif": ("P", ".gif", {}),
    "tiff": ("RGB", ".tif", {}),
    "tiff lzw": ("RGB", ".tif", {"compression": "tiff_lzw"}),
    "tiff cmyk": ("CMYK", ".tif", {}),
    "tiff 16 grey": ("I;16", ".tif", {}),
    "avif": ("RGB", ".avif", {"quality": 70}),
    "heic": ("RGB", ".heic", {}),
    "heic grey": ("L", ".heic", {}),
    "bmp": ("RGB", ".bmp", {}),
}


def saved(folder: Path, name: str) -> Path:
    mode, suffix, options = SAVED[name]
    image = picture("photo")
    if mode == "I;16":
        image = Image.fromarray(np.asarray(image.convert("L"), np.uint16) * 257)
    elif mode == "1":
        image = image.convert("L").convert("1")
    elif mode == "LA":
        image = image.convert("RGBA").convert("LA")
    else:
        image = image.convert(mode)
    path = folder / f"in{suffix}"
    if suffix == ".heic":
        write_heic(path, image)
    else:
        image.save(path, **options)
    return path


def write_heic(path: Path, image: Image.Image, **info: bytes) -> None:
    with path.open("wb") as file:
        heic.save(image, info, file)


@pytest.mark.parametrize("name", SAVED)
def test_every_format_and_mode_is_drawn_on_and_read_again(name: str, tmp_path: Path) -> None:
    path = saved(tmp_path, name)
    out = tmp_path / f"out{path.suffix}"
    made = explicit.label(path, out)
    assert made.made.figures["ratio"] >= 0.05
    with Image.open(path) as before, Image.open(out) as after:
        assert (after.format, after.size) == (before.format, before.size)
        assert after.mode == {"P": after.mode, "1": "L"}.get(before.mode, before.mode)
    report = explicit.check(out)
    assert report.verdict.value == "compliant", [(one.id, one.detail) for one in report.checks]
    assert report.found[0].text == "AI生成" and report.found[0].where == "bottom-right"
    height = next(one for one in report.checks if one.id == "picture.height")
    assert height.measured == pytest.approx(0.066, abs=0.008) and height.required == 0.05


def test_heic_of_odd_size_keeps_its_pixels_and_metadata(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010F] = "A maker"
    path, original = tmp_path / "a.heic", picture("photo", 401, 299).convert("RGB")
    write_heic(
        path,
        original,
        exif=exif.tobytes(),
        icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(),
    )
    files.write(path, path, Label.first(CODE, "n-1"))
    made = explicit.label(path, path, Mark(position="top-left"))
    assert made.implicit is Kept.KEPT and made.made.sightings[0].where == "top-left"
    assert files.read(path).label == Label.first(CODE, "n-1")
    with Image.open(path) as after:
        assert after.size == (401, 299) and after.getexif()[0x010F] == "A maker" and after.info["icc_profile"]
        half = (0, 150, 401, 299)
        apart = np.asarray(after.crop(half), float) - np.asarray(original.crop(half), float)
    assert np.sqrt((apart**2).mean()) < 6, "colours stay: coded twice, in full range"
    assert explicit.check(path).verdict.value == "compliant"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("position", ["top-left", "bottom", "right"])
def test_drawn_labels_are_found_on_every_ground(kind: str, position: str, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    picture(kind, 500, 400, seed=3).save(path)
    explicit.label(path, path, Mark(position=position, words="picture_full"))
    report = explicit.check(path)
    assert report.verdict.value == "compliant", [(one.id, one.detail) for one in report.checks]
    assert report.found[0].where == position


@pytest.mark.parametrize("suffix", [".gif", ".webp", ".png"])
def test_every_frame_of_an_animation_is_labelled(suffix: str, tmp_path: Path) -> None:
    path, out = tmp_path / f"a{suffix}", tmp_path / f"b{suffix}"
    frames = [picture("photo", 200, 160, seed) for seed in range(3)]
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=[100, 250, 400], loop=0)
    made = explicit.label(path, out)
    assert made.made.figures["frames"] == 3
    with Image.open(out) as after:
        assert after.n_frames == 3
        durations = []
        for number, frame in enumerate(ImageSequence.Iterator(after)):
            corner = np.asarray(frame.convert("L"))[-30:, -60:].astype(int)
            durations.append(frame.info["duration"])  # WebP has it once the frame is unpacked
            assert corner.max() - corner.min() > 150, f"frame {number} bears no words"
    assert durations == [100, 250, 400]


@pytest.mark.parametrize("orientation", range(1, 9))
def test_words_are_upright_for_who_looks(orientation: int, tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture("photo", 360, 480).save(path, exif=exif)
    with Image.open(path) as before:
        stored = before.size
    explicit.label(path, path)
    with Image.open(path) as after:
        assert after.size == stored and after.getexif()[0x0112] == orientation
    report = explicit.check(path)
    assert report.verdict.value == "compliant" and report.found[0].where == "bottom-right"


def test_metadata_goes_over_byte_for_byte(tmp_path: Path) -> None:
    path, out = tmp_path / "a.jpg", tmp_path / "b.jpg"
    exif = Image.Exif()
    exif[0x010F] = "Camera 相机"
    picture("photo").save(path, exif=exif, comment=b"remark", icc_profile=b"profile", dpi=(300, 300), quality=70)
    raw = path.read_bytes()
    marker = b"\xff\xed" + struct.pack(">H", 2 + 20) + b"Photoshop 3.0\0IPTC.."
    path.write_bytes(raw[:2] + marker + raw[2:])
    explicit.label(path, out)
    made = out.read_bytes()
    assert marker in made
    with Image.open(path) as before, Image.open(out) as after:
        for key in ("exif", "comment", "icc_profile", "dpi"):
            assert after.info[key] == before.info[key], key
        assert after.quantization == before.quantization


def test_chunks_of_png_go_over_byte_for_byte(tmp_path: Path) -> None:
    path, out = tmp_path / "a.png", tmp_path / "b.png"
    info = PngImagePlugin.PngInfo()
    info.add_text("Title", "标题", zip=True)
    info.add_itxt("Comment", "说明", lang="zh")
    info.add(b"prIv", b"private", after_idat=True)
    picture("photo").convert("P").save(path, pnginfo=info, dpi=(72, 72), icc_profile=b"profile")
    explicit.label(path, out)

    def kept(raw: bytes) -> list[bytes]:
        chunks, place = [], 8
        while place < len(raw):
            size = struct.unpack(">I", raw[place : place + 4])[0]
            if raw[place + 4 : place + 8] not in (b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS"):
                chunks.append(raw[place : place + 12 + size])
            place += 12 + size
        return chunks

    assert kept(out.read_bytes()) == kept(path.read_bytes()) != []


# --- the implicit label ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["jpeg", "png palette", "webp", "gif", "tiff", "avif"])
def test_the_implicit_label_survives_or_is_written_again(name: str, tmp_path: Path) -> None:
    path = saved(tmp_path, name)
    out, label = tmp_path / f"out{path.suffix}", Label.first(CODE, "n-1")
    files.write(path, path, label)
    made = explicit.label(path, out)
    assert made.implicit in (Kept.KEPT, Kept.REWRITTEN)
    reading = files.read(out)
    assert reading.label == label and len(reading.places) == 1


def test_without_an_implicit_label_that_is_said(tmp_path: Path) -> None:
    path = saved(tmp_path, "png")
    assert explicit.label(path, path).implicit is Kept.NONE
    path = saved(tmp_path, "bmp")
    assert explicit.label(path, path).implicit is Kept.UNREAD


def test_a_manifest_is_broken_only_when_asked(tmp_path: Path) -> None:
    from tests.media.test_places import STORE, png

    path = tmp_path / "a.png"
    body = png(b"caBX", STORE)
    small = saved(tmp_path, "png").read_bytes()
    chunk = body[body.index(b"caBX") - 4 :]
    size = struct.unpack(">I", chunk[:4])[0]
    path.write_bytes(small[:33] + chunk[: 12 + size] + small[33:])
    with pytest.raises(ManifestWouldBreak):
        explicit.label(path, tmp_path / "b.png")
    made = explicit.label(path, tmp_path / "b.png", break_c2pa=True)
    assert made.broken == "png/caBX" and files.read(tmp_path / "b.png").c2pa is not None


# --- what is refused -------------------------------------------------------------------------------------------------


def deep_png(width: int, height: int, depth: int = 16, rows: bytes | None = None) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, depth, 2, 0, 0, 0)
    pixels = rows if rows is not None else (b"\0" + b"\x12\x34" * 3 * width) * height
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(pixels)) + chunk(b"IEND", b"")


def test_sixteen_bits_of_colour_are_refused_not_cut(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(deep_png(64, 64))
    with pytest.raises(MediaLayoutUnsupported, match="16 bits"):
        explicit.label(path, tmp_path / "b.png")
    assert not (tmp_path / "b.png").exists()


def test_bombs_are_refused_before_they_unpack(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(deep_png(60_000, 60_000, 8, b"\0"))
    with pytest.raises(MediaTooLarge):
        explicit.label(path, tmp_path / "b.png")


def test_too_many_frames_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "FRAMES", 2)
    path = tmp_path / "a.gif"
    frames = [picture("photo", 64, 64, seed) for seed in range(3)]
    frames[0].save(path, save_all=True, append_images=frames[1:])
    with pytest.raises(MediaTooLarge):
        explicit.label(path, path)


@pytest.mark.parametrize("cut", [40, 200, 2000])
def test_damaged_pictures_are_an_error_of_the_tree(cut: int, tmp_path: Path) -> None:
    path = saved(tmp_path, "jpeg")
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises((MediaMalformed, MediaUnsupported)):
        explicit.label(path, tmp_path / "b.jpg")
    with pytest.raises((MediaMalformed, MediaUnsupported)):
        explicit.check(path)


# --- looking ---------------------------------------------------------------------------------------------------------


def test_nothing_is_found_where_nothing_is_and_nobody_is_called_human(tmp_path: Path) -> None:
    path = saved(tmp_path, "png")
    report = explicit.check(path)
    assert report.verdict.value == "not_found" and report.found == ()


def test_words_that_are_too_small_are_measured_as_such(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    small, whole = picture("grey", 400, 400), picture("photo", 800, 800)
    drawing.draw(small, Mark())  # 6.6 % of 400 is 3.3 % of 800
    whole.paste(small, (400, 400))
    whole.save(path)
    report = explicit.check(path)
    height = next(one for one in report.checks if one.id == "picture.height")
    assert (report.verdict.value, height.ok) == ("noncompliant", False)
    assert height.measured == pytest.approx(0.035, abs=0.006)


def test_words_in_the_middle_are_not_at_an_edge(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    small, whole = picture("photo", 300, 300), picture("grey", 900, 900)
    drawing.draw(small, Mark(height=0.25))
    whole.paste(small, (300, 200))
    whole.save(path)
    report = explicit.check(path)
    position = next(one for one in report.checks if one.id == "picture.position")
    assert (report.verdict.value, position.ok) == ("noncompliant", False)


def test_the_marked_picture_shows_what_was_found(tmp_path: Path) -> None:
    path, shown = saved(tmp_path, "png"), tmp_path / "shown.png"
    explicit.label(path, path)
    report = explicit.check(path, picture=shown)
    box = report.found[0].box
    assert box is not None
    with Image.open(shown) as image:
        red = np.asarray(image.convert("RGB"))[box.top - 4, box.left : box.right]
        assert (np.abs(red.astype(int) - [220, 20, 40]) < 30).all(), "a red frame around the words"


@pytest.mark.parametrize(
    ("box", "where"),
    [
        (Box(0, 0, 100, 40), "top-left"), (Box(450, 0, 550, 40), "top"), (Box(880, 950, 1000, 1000), "bottom-right"),
        (Box(0, 480, 90, 520), "left"), (Box(400, 480, 600, 520), ""), (Box(100, 940, 900, 1000), "bottom"),
    ],
)  # fmt: skip
def test_places(box: Box, where: str) -> None:
    found = place(box, Box(0, 0, 1000, 1000))
    assert found == where or (where == "bottom" and found.startswith("bottom"))


def test_presets_say_where_they_come_from() -> None:
    for one in presets().presets:
        assert one.position in CORNERS and one.source and one.zh and one.en
        mark = explicit.preset(Mark(), one.id)
        assert mark.position == one.position
    assert explicit.preset(Mark(position="left"), "douyin").position == "left"
    with pytest.raises(MarkUnplaceable):
        explicit.preset(Mark(), "nowhere")
