"""Whatever the format: what is written is read back, once; everything else is as it was."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import openpyxl
import pikepdf
import pytest
from PIL import Image, ImageSequence

from guiju.media import Carrier, carrier_of, registered
from tests.media import samples

VALUE = json.dumps(
    {"Label": "1", "ContentProducer": "001191110102MACQD9K64010000", "ProduceID": "a\"<&>'b"}, separators=(",", ":")
)
PICTURES = [name for name in samples.names() if name.split()[0] in ("jpeg", "png", "webp", "tiff", "avif", "gif")]
PDFS = [name for name in samples.names() if name.startswith("pdf")]
ZIPS = ["xlsx", "xlsx with properties", "docx", "epub"]


def written(name: str, value: str = VALUE) -> tuple[Carrier, bytes, bytes]:
    """The carrier, the sample, and the sample with the value."""
    suffix, data = samples.get(name)
    source, target = io.BytesIO(data), io.BytesIO()
    carrier = carrier_of(source, suffix)
    carrier.write(source, target, value)
    return carrier, data, target.getvalue()


@pytest.mark.parametrize("name", samples.names())
def test_what_is_written_is_the_one_value_in_the_guides_place(name: str) -> None:
    carrier, _, data = written(name)
    contents = carrier.read(io.BytesIO(data))
    assert [(found.placement, found.foreign) for found in contents.found] == [(carrier.placement, False)]
    assert json.loads(contents.found[0].value) == json.loads(VALUE)
    assert contents.damaged == ()
    assert carrier_of(io.BytesIO(data), samples.get(name)[0]) is carrier


@pytest.mark.parametrize("name", samples.names())
def test_writing_again_replaces_and_the_same_again_changes_nothing(name: str) -> None:
    carrier, _, data = written(name)
    second, third = io.BytesIO(), io.BytesIO()
    carrier.write(io.BytesIO(data), second, VALUE.replace('"1"', '"2"'))
    found = carrier.read(second).found
    assert [json.loads(one.value)["Label"] for one in found] == ["2"]
    carrier.write(second, third, VALUE)
    if carrier.name != "pdf":  # every revision of a PDF stays in it
        assert third.getvalue() == data


@pytest.mark.parametrize("name", PICTURES)
def test_pixels_times_and_profiles_stay(name: str) -> None:
    _, before, after = written(name)
    with Image.open(io.BytesIO(before)) as old, Image.open(io.BytesIO(after)) as new:
        assert (old.size, old.mode, old.info.get("icc_profile")) == (new.size, new.mode, new.info.get("icc_profile"))
        assert old.getexif().get(0x0110) == new.getexif().get(0x0110)
        frames = zip(ImageSequence.Iterator(old), ImageSequence.Iterator(new), strict=True)
        for a, b in frames:
            assert a.info.get("duration") == b.info.get("duration")
            assert a.convert("RGBA").tobytes() == b.convert("RGBA").tobytes()


@pytest.mark.parametrize("name", [name for name in PICTURES if "xmp" in name])
def test_packets_are_edited_not_replaced(name: str) -> None:
    _, _, after = written(name)
    with Image.open(io.BytesIO(after)) as image:
        packet = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp") or image.tag_v2[700]
    packet = packet.encode() if isinstance(packet, str) else packet
    assert "标题".encode() in packet and b'dc:format="image/x"' in packet
    assert (
        b'<rdf:Description rdf:about="urn:x" xmlns:TC260="http://www.tc260.org.cn/ns/AIGC/1.0/"><TC260:AIGC>' in packet
    )


@pytest.mark.parametrize("name", PDFS)
def test_a_pdf_is_appended_to_and_keeps_its_info(name: str) -> None:
    _, before, after = written(name)
    assert after.startswith(before)
    with pikepdf.open(io.BytesIO(before)) as old, pikepdf.open(io.BytesIO(after)) as new:
        assert str(new.docinfo["/AIGC"]) == VALUE
        assert {key: repr(value) for key, value in new.docinfo.items() if key != "/AIGC"} == {
            key: repr(value) for key, value in old.docinfo.items()
        }
        assert len(new.pages) == len(old.pages)
        assert not new.get_warnings()


@pytest.mark.parametrize("name", ZIPS)
def test_other_members_of_an_archive_stay_byte_for_byte(name: str) -> None:
    _, before, after = written(name)
    changed = {"docProps/custom.xml", "[Content_Types].xml", "_rels/.rels", "OEBPS/p.opf"}
    with zipfile.ZipFile(io.BytesIO(before)) as old, zipfile.ZipFile(io.BytesIO(after)) as new:
        assert new.testzip() is None
        assert [one for one in new.namelist() if one in old.namelist()] == old.namelist()
        for one in set(old.namelist()) - changed:
            a, b = old.getinfo(one), new.getinfo(one)
            assert (a.CRC, a.compress_type, a.date_time, a.extra) == (b.CRC, b.compress_type, b.date_time, b.extra)
            assert old.read(one) == new.read(one)


def test_custom_properties_are_read_by_another_program_and_the_others_kept() -> None:
    _, _, after = written("xlsx with properties")
    book = openpyxl.load_workbook(io.BytesIO(after))
    assert {one.name: one.value for one in book.custom_doc_props.props} == {"部门": "研发", "Version": 3, "AIGC": VALUE}
    _, _, fresh = written("xlsx")
    assert openpyxl.load_workbook(io.BytesIO(fresh)).custom_doc_props["AIGC"].value == VALUE


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("markdown", "# 标题\n\n---\n正文\n"),
        ("markdown with front matter", "tags:\r\n  - a\r\n---\r\nbody\r\n"),
        ("markdown with a fence", "text\n\n"),
        ("html", "</head><body><meta name=AIGC content=body>内容</body></html>"),
        ("html without head", "<p>内容"),
    ],
)
def test_texts_keep_their_words(name: str, kept: str) -> None:
    _, _, after = written(name)
    assert after.decode().endswith(kept)


def test_front_matter_keeps_its_other_keys_in_their_order() -> None:
    _, _, after = written("markdown with front matter")
    keys = [line.split(":")[0] for line in after.decode().split("---")[1].splitlines() if line[:1].isalpha()]
    assert keys == ["title", "AIGC", "tags"]
    assert b'  ContentProducer: "001191110102MACQD9K64010000"\r\n' in after


@pytest.mark.parametrize("suffix", [".dotx", ".dotm", ".xltx", ".potx", ".pptx", ".docm"])
def test_templates_and_files_with_macros_are_documents_too(suffix: str) -> None:
    source, target = io.BytesIO(samples.get("docx")[1]), io.BytesIO()
    carrier = carrier_of(source, suffix)
    carrier.write(source, target, VALUE)
    assert carrier.name == "ooxml" and [one.value for one in carrier.read(target).found] == [VALUE]


def test_every_carrier_has_a_sample_and_says_where_it_writes() -> None:
    tried = {carrier_of(io.BytesIO(data), suffix).name for suffix, data in samples.every().values()}
    assert {one.name for one in registered()} - {"sidecar"} <= tried
    for one in registered():
        assert one.placement in one.placements and one.title and one.source
        assert all(place.startswith(f"{one.name}/") for place in one.placements)


@pytest.mark.parametrize("carrier", registered(), ids=lambda one: one.name)
def test_every_format_stands_in_the_page_of_placements(carrier: Carrier) -> None:
    page = (Path(__file__).parents[2] / "docs" / "labels.md").read_text("utf-8")
    rows = [line for line in page.splitlines() if line.startswith("|")]
    for title in carrier.title.split(", "):
        row = next(line for line in rows if re.search(rf"\b{title}\b", line.split("|")[1]))
        assert f"| {carrier.practice.value} |" in row and (carrier.source in row or carrier.source == "own practice")


@pytest.mark.skipif(shutil.which("exiftool") is None, reason="exiftool (libimage-exiftool-perl) is not installed")
def test_exiftool_finds_the_value_and_nothing_to_complain_of(tmp_path: Path) -> None:
    chosen = [name for name in PICTURES if "labelled" not in name and "endian" not in name]
    for number, name in enumerate(chosen):
        (tmp_path / f"{number}{samples.get(name)[0]}").write_bytes(written(name)[2])
    done = subprocess.run(
        ["exiftool", "-json", "-a", "-G1", "-XMP:all", "-Error", tmp_path], capture_output=True, text=True, check=True
    )
    told = {Path(one["SourceFile"]).stem: one for one in json.loads(done.stdout)}
    assert len(told) == len(chosen)
    for number, name in enumerate(chosen):
        one = told[str(number)]
        assert json.loads(one["XMP-TC260:Aigc"]) == json.loads(VALUE), name
        assert not [key for key in one if key.endswith(":Error")], name
