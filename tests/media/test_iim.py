"""IPTC-IIM in JPEG: fields that may say how a picture was made, told apart from the label, and kept by a write."""

from __future__ import annotations

import io
import shutil
import struct
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guiju.media import carrier_of, iim
from tests.media import samples
from tests.media.test_places import WRAPPED, jpeg


def dataset(number: int, text: str, record: int = 2) -> bytes:
    return struct.pack(">BBBH", 0x1C, record, number, len(text.encode())) + text.encode()


def resources(*parts: bytes) -> bytes:
    data = b"".join(parts)
    other = b"8BIM" + struct.pack(">HB", 0x03ED, 3) + b"abc" + struct.pack(">I", 3) + b"xyz\0"
    return iim.SIGNATURE + other + b"8BIM" + struct.pack(">HBBI", 0x0404, 0, 0, len(data)) + data


def test_the_fields_are_told() -> None:
    body = resources(
        dataset(0, "x", 1), dataset(5, "title"), dataset(110, "Made with Google AI"), dataset(120, "某公司生成")
    )
    data = jpeg(0xED, body)
    contents = carrier_of(io.BytesIO(data)).read(io.BytesIO(data))
    assert contents.iim == ("Credit: Made with Google AI", "Caption-Abstract: 某公司生成") and not contents.found


def test_a_value_in_a_caption_gives_way_and_the_resources_stay() -> None:
    body = resources(dataset(110, "Credit"), dataset(120, f"made: {WRAPPED} end"))
    data, out = jpeg(0xED, body), io.BytesIO()
    carrier = carrier_of(io.BytesIO(data))
    assert [one.placement for one in carrier.read(io.BytesIO(data)).found] == ["jpeg/app"]
    carrier.write(io.BytesIO(data), out, '{"Label":"1"}')
    after = carrier.read(out)
    assert [one.placement for one in after.found] == ["jpeg/xmp"] and "Credit: Credit" in after.iim
    assert after.iim[1].split() == ["Caption-Abstract:", "made:", "end"]


@given(st.binary(max_size=200))
def test_whatever_the_bytes_nothing_is_raised(data: bytes) -> None:
    iim.read(iim.SIGNATURE + data)
    iim.read(resources(data))


@pytest.mark.skipif(shutil.which("exiftool") is None, reason="exiftool is not installed")
def test_what_exiftool_writes_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(samples.get("jpeg plain")[1])
    subprocess.run(["exiftool", "-q", "-overwrite_original", "-IPTC:Credit=Made with Google AI", path], check=True)
    with path.open("rb") as file:
        assert carrier_of(file).read(file).iim == ("Credit: Made with Google AI",)
