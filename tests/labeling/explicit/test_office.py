"""Presentations and workbooks: the words where they were asked for, all else as it was, and other programs agree."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import openpyxl
import pptx
import pytest
from openpyxl.workbook.defined_name import DefinedName
from pptx.util import Emu

from guiju.errors import MarkUnplaceable, MediaEncrypted, MediaMalformed
from guiju.labeling import explicit, files
from guiju.labeling.explicit import Form, Kept, Mark
from guiju.labeling.implicit import Label

CODE = "001191110102MACQD9K64010000"
WORDS = "本内容由AI生成"


def presentation(folder: Path, slides: int = 3) -> Path:
    """Slides with a title and a body each."""
    made = pptx.Presentation()
    for number in range(slides):
        slide = made.slides.add_slide(made.slide_layouts[1])
        slide.shapes.title.text = f"第{number}页标题"
        slide.placeholders[1].text = "正文第一段。\n正文第二段。" * 5
    path = folder / "a.pptx"
    made.save(str(path))
    return path


def workbook(folder: Path) -> Path:
    """Two sheets, the second one chosen, with a formula and names that belong to a sheet."""
    made = openpyxl.Workbook()
    first = made.active
    assert first is not None
    first.title = "数据"
    for row in range(1, 20):
        first.append([f"第{row}行", row, None, "说明文字"])
    first["E1"] = "=SUM(B1:B19)"
    first.defined_names["本表"] = DefinedName("本表", attr_text="数据!$A$1")
    second = made.create_sheet("AI生成")  # the name that the label's own sheet would like
    second["A1"] = "别的"
    first.sheet_view.tabSelected, second.sheet_view.tabSelected, made.active = False, True, 1
    path = folder / "a.xlsx"
    made.save(path)
    return path


@pytest.mark.parametrize(
    ("position", "bearing"), [("", (0, 1, 2)), ("start", (0,)), ("end", (2,)), ("top-left", (0, 1, 2))]
)
def test_slides_are_labelled_and_open_again(position: str, bearing: tuple[int, ...], tmp_path: Path) -> None:
    path = presentation(tmp_path)
    files.write(path, path, Label.first(CODE, "n-1"))
    made = explicit.label(path, path, Mark(position=position))
    assert made.implicit is Kept.KEPT and made.made.figures["slides"] == len(bearing)
    report = explicit.check(path)
    assert report.verdict == "compliant" and report.found[0].text == WORDS
    again = pptx.Presentation(str(path))
    wide, high = Emu(again.slide_width or 0), Emu(again.slide_height or 0)
    for number, slide in enumerate(again.slides):
        marks = [shape for shape in slide.shapes if shape.has_text_frame and shape.text_frame.text == WORDS]
        assert len(marks) == (number in bearing)
        assert slide.shapes.title is not None and slide.shapes.title.text == f"第{number}页标题"
        ids = [shape.shape_id for shape in slide.shapes]
        assert len(ids) == len(set(ids))
        for mark in marks:
            assert 0 <= mark.left <= mark.left + mark.width <= wide and 0 <= mark.top <= mark.top + mark.height <= high
            assert (mark.left < wide / 2) == (position == "top-left") and (mark.top < high / 2) == (
                position == "top-left"
            )


def test_only_the_slides_change(tmp_path: Path) -> None:
    path, out = presentation(tmp_path), tmp_path / "b.pptx"
    explicit.label(path, out, Mark(position="end", form=Form.CORNER))
    with zipfile.ZipFile(path) as before, zipfile.ZipFile(out) as after:
        assert before.namelist() == after.namelist()
        changed = [name for name in before.namelist() if before.read(name) != after.read(name)]
    assert changed == ["ppt/slides/slide3.xml"]


def test_a_slide_that_is_not_shown_bears_no_label_for_anybody(tmp_path: Path) -> None:
    path, out = presentation(tmp_path, 1), tmp_path / "b.pptx"
    explicit.label(path, path)
    with zipfile.ZipFile(path) as before, zipfile.ZipFile(out, "w") as after:
        for name in before.namelist():
            data = before.read(name)
            after.writestr(
                name, re.sub(rb"<p:sld ", b'<p:sld show="0" ', data, count=1) if "/slide1.xml" in name else data
            )
    assert explicit.check(out).verdict == "not_found"


@pytest.mark.parametrize("position", ["start", "end"])
def test_workbooks_are_labelled_and_open_again(position: str, tmp_path: Path) -> None:
    path, out = workbook(tmp_path), tmp_path / "b.xlsx"
    files.write(path, path, Label.first(CODE, "n-1"))
    assert explicit.label(path, out, Mark(position=position)).implicit is Kept.KEPT
    report = explicit.check(out)
    assert report.verdict == "compliant" and report.found[0].where == position
    again = openpyxl.load_workbook(out)
    names = ["AI生成2", "数据", "AI生成"] if position == "start" else ["数据", "AI生成", "AI生成2"]
    assert again.sheetnames == names and again["AI生成2"]["A1"].value == WORDS
    assert again["数据"]["E1"].value == "=SUM(B1:B19)" and again["数据"]["A19"].value == "第19行"
    assert list(again["数据"].defined_names) == ["本表"], "a name goes along with its sheet"
    chosen = [sheet.title for sheet in again.worksheets if sheet.sheet_view.tabSelected]
    assert chosen == (["AI生成2"] if position == "start" else ["AI生成"]), "one sheet is chosen, not two"
    assert again.active is not None and again.active.title == chosen[0]


def test_labels_of_others_in_workbooks_are_found(tmp_path: Path) -> None:
    made, path = openpyxl.Workbook(), tmp_path / "a.xlsx"
    sheet = made.active
    assert sheet is not None
    sheet["B2"], sheet["C3"] = "数据", "本表由人工智能生成"
    made.save(path)
    assert explicit.check(path).verdict == "compliant"
    hidden = made.create_sheet("隐藏")
    hidden["A1"], hidden.sheet_state, sheet["C3"] = "本表由人工智能生成", "hidden", "别的"
    made.save(path)
    assert explicit.check(path).verdict == "not_found"
    sheet.oddHeader.center.text = "本表由人工智能生成"
    made.save(path)
    assert explicit.check(path).found[0].where == "header"


@pytest.mark.parametrize("suffix", [".pptx", ".xlsx"])
def test_what_is_none(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    with pytest.raises(MediaEncrypted):
        explicit.check(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", "<a><b></a>")
        archive.writestr("ppt/presentation.xml", "<a/>")
    with pytest.raises(MediaMalformed):
        explicit.label(path, tmp_path / f"b{suffix}")
    with pytest.raises(MarkUnplaceable):
        explicit.label(path, tmp_path / f"b{suffix}", Mark(position="header"))
