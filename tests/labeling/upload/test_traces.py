"""Traces of generators: what each of them writes is found, and ordinary metadata are none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import ExifTags, Image, PngImagePlugin

from guiju.labeling import traces
from tests.labeling.real import real

PARAMETERS = (
    "a cat, masterpiece\nNegative prompt: blurry\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1, Size: 512x512"
)
NODES = '{"3": {"class_type": "KSampler", "inputs": {"seed": 1}}}'


def png(path: Path, **texts: str) -> Path:
    info = PngImagePlugin.PngInfo()
    for key, value in texts.items():
        info.add_text(key.replace("_", "-") if key.startswith("sd_") else key, value, zip=len(value) > 100)
    Image.new("RGB", (8, 8)).save(path, pnginfo=info)
    return path


def jpeg(path: Path, comment: bytes = b"", **tags: str) -> Path:
    exif = Image.Exif()
    for name, value in tags.items():
        exif[ExifTags.Base[name].value] = value
    if comment:
        exif.get_ifd(ExifTags.IFD.Exif)[0x9286] = comment
    Image.new("RGB", (8, 8)).save(path, exif=exif.tobytes())
    return path


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        ({"parameters": PARAMETERS}, "stable-diffusion-webui"),
        ({"prompt": NODES}, "comfyui"),
        ({"workflow": '{"last_node_id": 9, "nodes": []}'}, "comfyui"),
        ({"invokeai_metadata": "{}"}, "invokeai"),
        ({"sd_metadata": "{}"}, "invokeai"),
        ({"Software": "NovelAI", "Comment": "{}"}, "novelai"),
        ({"parameters": '{"sui_image_params": {}}'}, "swarmui"),
        ({"Description": "a cat --v 6 Job ID: 0a1b2c3d-1111-2222-3333-444455556666"}, "midjourney"),
        ({"Software": "Stable Diffusion 3"}, "software-name"),
        ({"prompt": "a cat", "Software": "GIMP 2.10", "Comment": "Created with GIMP", "parameters": "f/2.8"}, ""),
    ],
)
def test_text_chunks(texts: dict[str, str], found: str, tmp_path: Path) -> None:
    assert [one.id for one in traces.find(png(tmp_path / "a.png", **texts))] == ([found] if found else [])


@pytest.mark.parametrize(
    ("comment", "tags", "found"),
    [
        (b"UNICODE\0" + PARAMETERS.encode("utf-16-be"), {}, "stable-diffusion-webui"),
        (b"UNICODE\0" + PARAMETERS.encode("utf-16-le"), {}, "stable-diffusion-webui"),
        (b"ASCII\0\0\0" + PARAMETERS.encode(), {}, "stable-diffusion-webui"),
        (b"ASCII\0\0\0" + b'{"aigc_label_type": 1}', {}, "bytedance"),
        (b"", {"ImageDescription": '{"ServiceProvider": "x"}'}, "tencent-cloud"),
        (b"", {"Software": "Adobe Photoshop 25.0", "Artist": "王", "Make": "Canon"}, ""),
        (b"", {"ImageDescription": "Signature: " + "A" * 60}, ""),
    ],
)
def test_exif(comment: bytes, tags: dict[str, str], found: str, tmp_path: Path) -> None:
    assert [one.id for one in traces.find(jpeg(tmp_path / "a.jpg", comment, **tags))] == ([found] if found else [])


def test_the_real_picture_of_grok() -> None:
    (trace,) = traces.find(real("grok_plain.jpg"))
    assert trace.id == "grok" and trace.field == "exif.ImageDescription" and len(trace.text) <= 80


def test_what_is_no_picture_has_none(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    for data in (b"", b"no picture", png(path, parameters=PARAMETERS).read_bytes()[:60]):
        path.write_bytes(data)
        assert traces.find(path) == ()


def test_every_entry_says_where_it_comes_from() -> None:
    known = traces.generators()
    assert len({one.id for one in known}) == len(known)
    for one in known:
        assert one.source and re.fullmatch(r"\d{4}-\d\d", one.noted) and one.all
        for clue in one.all:
            re.compile(clue.pattern)
            assert clue.field and all(re.fullmatch(r"(?:png|exif)\.[\w-]+|xmp|comment", name) for name in clue.field)
