"""Marks in pictures: read again after what happens to pictures, invisible, and not found where there are none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from guiju.errors import ManifestWouldBreak, MarkImpossible, MarkNotKept, MediaMalformed, MediaTooLarge
from guiju.labeling import files, watermark
from guiju.labeling.implicit import Label
from guiju.labeling.watermark import Secret, Verdict, foreign, of_content
from guiju.labeling.watermark.image import pixels
from tests.labeling.real import real
from tests.labeling.watermark.pictures import EDITS, KINDS, drawing, grain, gravel, landscape

SECRET = Secret.derive(b"a secret of tests, 32 bytes long.")
NUMBER = of_content("7f3a9c")
CODE = "001191110102MACQD9K64010000"


def detected(image: Image.Image, path: Path, key: Secret = SECRET, thorough: bool = False) -> watermark.Detection:
    image.save(path / "seen.png")
    return watermark.detect(path / "seen.png", key, thorough=thorough)


@pytest.fixture(scope="module")
def marked() -> dict[str, Image.Image]:
    return {name: pixels.marked(make(), SECRET, NUMBER, 40.5)[0] for name, make in KINDS.items()}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("edit", EDITS)
def test_the_number_is_read_after(edit: str, kind: str, marked: dict[str, Image.Image], tmp_path: Path) -> None:
    found = detected(EDITS[edit](marked[kind]), tmp_path)
    assert (found.verdict, found.number) == (Verdict.READ, NUMBER)
    assert found.notes.get("mirrored", 0) == (edit == "mirror")


@pytest.fixture(scope="module")
def drowned() -> Image.Image:
    after, change = pixels.marked(gravel(), SECRET, NUMBER, 40.5)
    assert 10 * np.log10(255**2 / change) >= 40
    return after


@pytest.mark.parametrize("edit", ["jpeg 50", "half", "crop 10 %"])
def test_the_number_is_read_in_small_coarse_grain_after(edit: str, drowned: Image.Image, tmp_path: Path) -> None:
    assert detected(EDITS[edit](drowned), tmp_path).number == NUMBER


def test_a_turned_picture_is_read_by_a_thorough_search(marked: dict[str, Image.Image], tmp_path: Path) -> None:
    turned = marked["landscape"].rotate(2, Image.Resampling.BICUBIC)
    assert not detected(turned, tmp_path).found
    found = detected(turned, tmp_path, thorough=True)
    assert found.number == NUMBER and abs(found.notes["turned_degrees"]) == pytest.approx(2, abs=0.3)


@pytest.mark.parametrize("psnr", [38.0, 40.5, 43.0])
@pytest.mark.parametrize("kind", [*KINDS, "grain"])
def test_the_strength_is_the_one_asked_for(kind: str, psnr: float) -> None:
    image = grain() if kind == "grain" else KINDS[kind]()
    after, change = pixels.marked(image, SECRET, NUMBER, psnr)
    difference = np.asarray(after, float) - np.asarray(image, float)
    assert 10 * np.log10(255**2 / change) == pytest.approx(psnr, abs=0.9)
    assert 10 * np.log10(255**2 / np.mean(difference**2)) >= psnr - (0.5 if kind == "grain" else 0.3)


def test_plains_are_marked_less_than_lively_parts() -> None:
    image = landscape()
    after, _ = pixels.marked(image, SECRET, NUMBER, 40.5)
    change = (np.asarray(after, float) - np.asarray(image, float)) ** 2
    assert change[: image.height // 4].mean() < 0.7 * change[image.height * 2 // 3 :].mean()


@pytest.mark.parametrize("seed", range(8))
def test_unmarked_pictures_and_other_keys_find_nothing(seed: int, tmp_path: Path) -> None:
    make = (landscape, drawing, grain)[seed % 3]
    assert detected(make(seed), tmp_path).verdict is Verdict.NOT_FOUND
    after, _ = pixels.marked(make(seed), Secret.derive(bytes([seed]) * 32), NUMBER, 38.0)
    assert detected(after, tmp_path).verdict is Verdict.NOT_FOUND


@pytest.mark.parametrize("value", [0, 128, 255])
def test_an_empty_picture_finds_nothing(value: int, tmp_path: Path) -> None:
    assert detected(Image.new("L", (300, 200), value), tmp_path).verdict is Verdict.NOT_FOUND


def test_marking_is_deterministic() -> None:
    one, other = (pixels.marked(drawing(), SECRET, NUMBER, 40.5)[0] for _ in range(2))
    assert one.tobytes() == other.tobytes()


def test_a_finder_sees_the_mark_and_not_the_number(marked: dict[str, Image.Image], tmp_path: Path) -> None:
    marked["landscape"].save(tmp_path / "a.png")
    found = watermark.detect(tmp_path / "a.png", SECRET.finder)
    assert found.found and found.verdict is Verdict.PRESENT and found.number is None


MODES = {
    "rgb.png": "RGB", "alpha.png": "RGBA", "grey.png": "L", "grey-alpha.png": "LA", "deep.png": "I;16",
    "palette.png": "P", "photo.jpg": "RGB", "ink.jpg": "CMYK", "photo.webp": "RGB", "photo.gif": "RGB",
    "photo.tiff": "RGB", "photo.avif": "RGB", "photo.bmp": "RGB",
}  # fmt: skip


@pytest.mark.parametrize("name", MODES)
def test_every_format_and_mode_is_marked_and_read(name: str, tmp_path: Path) -> None:
    mode, image = MODES[name], landscape()
    if mode == "I;16":
        image = Image.fromarray(np.asarray(image.convert("L"), np.uint16) * 257)
    elif mode in ("RGBA", "LA"):
        image = image.convert(mode)
        image.putalpha(Image.linear_gradient("L").resize(image.size))
    else:
        image = image.convert(mode)
    image.save(tmp_path / name)
    told = watermark.embed(tmp_path / name, tmp_path / f"m-{name}", SECRET, NUMBER)
    assert watermark.detect(tmp_path / f"m-{name}", SECRET).number == NUMBER
    assert told.strength >= 40
    if mode in ("RGBA", "LA"):
        with Image.open(tmp_path / f"m-{name}") as after:
            assert after.getchannel("A").tobytes() == image.getchannel("A").tobytes()


def test_every_frame_of_an_animation_is_marked(tmp_path: Path) -> None:
    frames = [landscape(seed, (300, 260)) for seed in (1, 5)]
    frames[0].save(tmp_path / "a.webp", save_all=True, append_images=frames[1:], lossless=True, duration=80)
    assert watermark.embed(tmp_path / "a.webp", tmp_path / "b.webp", SECRET, NUMBER).frames == 2
    with Image.open(tmp_path / "b.webp") as after:
        after.seek(1)
        assert detected(after.convert("RGB"), tmp_path).number == NUMBER


def test_the_implicit_label_survives(tmp_path: Path) -> None:
    landscape().save(tmp_path / "a.jpg", quality=92)
    files.write(tmp_path / "a.jpg", tmp_path / "a.jpg", Label.first(CODE, "7f3a9c", "1"))
    watermark.embed(tmp_path / "a.jpg", tmp_path / "b.jpg", SECRET, NUMBER)
    assert files.read(tmp_path / "b.jpg").label == files.read(tmp_path / "a.jpg").label is not None


def test_what_cannot_bear_a_mark_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    landscape(size=(150, 400)).save(tmp_path / "small.png")
    with pytest.raises(MarkImpossible):
        watermark.embed(tmp_path / "small.png", tmp_path / "out.png", SECRET, NUMBER)
    Image.new("RGB", (300, 300), "white").save(tmp_path / "white.jpg", quality=20)
    with pytest.raises(MarkNotKept):
        watermark.embed(tmp_path / "white.jpg", tmp_path / "out.jpg", SECRET, NUMBER, strength=46)
    with pytest.raises(MarkImpossible):
        watermark.embed(tmp_path / "small.png", tmp_path / "out.png", SECRET, NUMBER, strength=10)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["small.png", "white.jpg"]


def test_bombs_and_broken_files_are_refused(tmp_path: Path) -> None:
    Image.new("1", (20_000, 20_000)).save(tmp_path / "bomb.png")
    with pytest.raises(MediaTooLarge):
        watermark.detect(tmp_path / "bomb.png", SECRET)
    whole = tmp_path / "a.png"
    landscape().save(whole)
    whole.write_bytes(whole.read_bytes()[:9000])
    with pytest.raises(MediaMalformed):
        watermark.detect(whole, SECRET)


def test_a_c2pa_manifest_is_not_broken_in_silence(tmp_path: Path) -> None:
    source = real("c2pa_CACA.jpg")
    with pytest.raises(ManifestWouldBreak):
        watermark.embed(source, tmp_path / "out.png", SECRET, NUMBER)


@pytest.mark.parametrize("message", foreign.messages(), ids=lambda one: one.id)
def test_marks_of_generators_are_found_and_named(message: foreign.Message) -> None:
    """Each block of the blue difference gets its bit as the public method writes it; then the picture is put together."""
    rgb = (
        np.random.default_rng(5).integers(60, 196, (384, 512, 3)).astype(float)
    )  # smooth blocks bear this method badly
    luma = rgb @ [0.299, 0.587, 0.114]
    blue = 0.492 * (rgb[..., 2] - luma) + 128
    low = blue.reshape(192, 2, 256, 2).sum((1, 3)) / 2
    blocks = low.reshape(48, 4, 64, 4).transpose(0, 2, 1, 3).reshape(-1, 16)
    for place, block in enumerate(blocks):
        at = int(np.abs(block[1:]).argmax()) + 1
        block[at] = (block[at] // 36 + 0.25 + 0.5 * message.expected[place % len(message.expected)]) * 36
    new = blocks.reshape(48, 64, 4, 4).transpose(0, 2, 1, 3).reshape(192, 256)
    rgb[..., 2] += np.repeat(np.repeat(new - low, 2, 0), 2, 1) / 2 / (0.492 * (1 - 0.114))
    image = Image.fromarray(np.clip(np.rint(rgb), 0, 255).astype(np.uint8))
    assert [one.id for one in foreign.find(image)] == [message.id]


@pytest.mark.parametrize("seed", range(6))
def test_no_generator_is_named_for_unmarked_pictures(seed: int) -> None:
    assert foreign.find((landscape, drawing, grain)[seed % 3](seed)) == ()
