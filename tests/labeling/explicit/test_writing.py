"""Words in texts and documents: where they were asked for, never in code, and found again."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import docx
import numpy as np
import pikepdf
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from guiju.errors import (
    MarkUnplaceable,
    MediaEncrypted,
    MediaLayoutUnsupported,
    MediaMalformed,
    MediaTooLarge,
    MediaUnsupported,
)
from guiju.labeling import explicit, files
from guiju.labeling.explicit import Form, Kept, Mark
from guiju.labeling.explicit.writing.placing import place
from guiju.labeling.explicit.writing.words import Line, judge, said_in
from guiju.labeling.implicit import Label
from guiju.media import LIMITS
from tests.labeling.explicit.grounds import ground

CODE = "001191110102MACQD9K64010000"
WORDS = "本内容由AI生成"
ESSAY = "# 标题\n\n第一段。\n\n```python\nprint(1)\n\nx = 2\n```\n\n第二段,很长。\n\n第三段。\n"


def written(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


# --- finding words ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("本内容由AI生成", "本内容由AI生成"),
        ("【本回答由人工智能生成，仅供参考】", "本回答由人工智能生成,仅供参考"),
        ("> AI 生成", "AI生成"),
        ("正文在前。（本文由AI合成）", "本文由AI合成"),
        ("内容由Al生成", "内容由AI生成"),
        ("这篇文章介绍人工智能。它能生成图片。", ""),
        ("生成合成内容", ""),
        ("人工智能", ""),
        ("本文并非由人工智能生成", ""),
        ("本作品非AI生成", ""),
        ("人工智能生成合成内容标识办法", ""),
        ("MAIL生成", ""),
        ("人工智能" + "很" * 60 + "生成", ""),
    ],
)
def test_what_counts_as_a_label(line: str, said: str) -> None:
    assert said_in(line).replace("，", ",") == said


def test_where_words_stand() -> None:
    body = [Line("正文。" * 30)] * 10
    label = Line(WORDS)
    for lines, where in (([label, *body], "start"), ([*body, label], "end"), ([*body, label, *body], "middle")):
        assert judge("text", lines).found[0].where == where
    report = judge("text", [Line("x"), Line(WORDS, code=True)])
    assert report.verdict.value == "not_found" and report.checks[1].id == "text.outside_code"
    assert judge("html", [Line(WORDS, hidden=True)]).verdict.value == "not_found"


# --- texts -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".txt", ".md", ".html"])
@pytest.mark.parametrize("position", ["start", "middle", "end"])
@pytest.mark.parametrize("form", [Form.AUTO, Form.CORNER])
def test_texts_are_labelled_and_found(suffix: str, position: str, form: Form, tmp_path: Path) -> None:
    paragraphs = ["开头的话。" * 20, "中间一段。" * 20, "又是一段。" * 20, "末尾的话。" * 20]
    text = "\n\n".join(paragraphs)
    if suffix == ".html":
        text = f"<!doctype html><html><body>{''.join(f'<p>{one}</p>' for one in paragraphs)}</body></html>"
    path = written(tmp_path / f"a{suffix}", text)
    explicit.label(path, path, Mark(position=position, form=form))
    report = explicit.check(path)
    assert report.verdict.value == "compliant"
    assert report.found[0].where == position
    assert report.found[0].text == ("AI" if form is Form.CORNER else WORDS)
    for one in paragraphs:
        assert one in path.read_text("utf-8")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_encodings_and_line_ends_stay(encoding: str, tmp_path: Path) -> None:
    path = written(tmp_path / "a.txt", "第一行\r\n\r\n第二行\r\n", encoding)
    explicit.label(path, path, Mark(position="end"))
    raw = path.read_bytes()
    assert raw.startswith("第一行\r\n\r\n第二行\r\n".encode(encoding))
    assert raw.decode(encoding).endswith(f"\r\n\r\n【{WORDS}】\r\n")


def test_a_text_is_labelled_once(tmp_path: Path) -> None:
    for suffix in (".txt", ".md"):
        path = written(tmp_path / f"a{suffix}", "正文。\n")
        for position in ("start", "start", "end", "end"):
            explicit.label(path, path, Mark(position=position))
        assert path.read_text("utf-8").count(WORDS) == 2


@pytest.mark.parametrize("position", ["start", "middle", "end"])
@pytest.mark.parametrize("form", [Form.AUTO, Form.CORNER])
def test_markdown_keeps_front_matter_and_code(position: str, form: Form, tmp_path: Path) -> None:
    head = "---\ntitle: 标题\n---\n"
    path = written(tmp_path / "a.md", head + ESSAY)
    explicit.label(path, path, Mark(position=position, form=form))
    text = path.read_text("utf-8")
    assert text.startswith(head) and "```python\nprint(1)\n\nx = 2\n```" in text
    assert explicit.check(path).verdict.value == "compliant"


def test_an_open_code_block_is_closed_before_the_words(tmp_path: Path) -> None:
    path = written(tmp_path / "a.md", "正文\n\n```\ncode\n")
    explicit.label(path, path, Mark(position="end", form=Form.CORNER))
    assert path.read_text("utf-8") == "正文\n\n```\ncode\n```\n\n<sup>AI</sup>\n"


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.sampled_from(["段落。", "", "```", "~~~", "code x", "    indented", "- 列表", "> 引用", WORDS]), max_size=14
    ),
    st.sampled_from(["start", "middle", "end"]),
)
def test_words_never_land_in_code_and_nothing_is_lost(lines: list[str], position: str) -> None:
    text = "\n".join(lines)
    made = place(text, WORDS, position)
    position_of = iter(made.split("\n"))
    assert all(any(line == other for other in position_of) for line in lines if line.strip()), "every line, in order"


def test_hidden_words_of_html_do_not_count(tmp_path: Path) -> None:
    for hidden in (
        f"<p style='display: none'>{WORDS}</p>", f"<script>var a='{WORDS}'</script>", f"<!-- {WORDS} -->",
        f"<div hidden><p>{WORDS}</p></div>", f"<pre>{WORDS}</pre>", f"<title>{WORDS}</title>",
    ):  # fmt: skip
        path = written(tmp_path / "a.html", f"<html><body><p>正文</p>{hidden}<p>正文</p></body></html>")
        assert explicit.check(path).verdict.value == "not_found", hidden


def test_html_in_any_encoding_and_around_traps(tmp_path: Path) -> None:
    text = "<html><head><script>'<body>'</script></head><!-- <body> --><body class=\"a>b\"><p>正文</p></body></html>"
    path = written(tmp_path / "a.html", text.replace("<head>", '<head><meta charset="gbk">'), "gbk")
    explicit.label(path, path)
    raw = path.read_bytes().decode("gbk")
    assert raw.index('class="a>b">') < raw.index("aigc-label") < raw.index("正文")
    assert explicit.check(path).verdict.value == "compliant"


def test_a_label_beside_the_text_is_tied_to_the_new_text(tmp_path: Path) -> None:
    path = written(tmp_path / "a.txt", "正文。\n")
    files.write(path, path, Label.first(CODE, "n-1"))
    made = explicit.label(path, tmp_path / "b.txt")
    reading = files.read(tmp_path / "b.txt")
    assert (made.implicit, reading.bound, reading.label) == (Kept.REWRITTEN, True, Label.first(CODE, "n-1"))


def test_markdown_keeps_its_implicit_label(tmp_path: Path) -> None:
    path = written(tmp_path / "a.md", ESSAY)
    files.write(path, path, Label.first(CODE, "n-1"))
    assert explicit.label(path, path).implicit is Kept.KEPT
    assert files.read(path).label == Label.first(CODE, "n-1")


@pytest.mark.parametrize("name", ["a.csv", "a.json", "a.bin"])
def test_data_has_no_room_for_words(name: str, tmp_path: Path) -> None:
    with pytest.raises(MediaUnsupported):
        explicit.label(written(tmp_path / name, "1,2"), tmp_path / "out")


def test_texts_that_are_none(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"\0\1\2\xff")
    with pytest.raises(MediaMalformed):
        explicit.label(path, path)
    path.write_bytes(b"a" * (LIMITS.structure_bytes + 1))
    with pytest.raises(MediaTooLarge):
        explicit.check(path)


# --- DOCX ------------------------------------------------------------------------------------------------------------


def document(folder: Path, *, header: bool = False, sections: int = 1, first: bool = False) -> Path:
    made = docx.Document()
    for number in range(sections):
        if number:
            made.add_section()
        for line in range(6):
            made.add_paragraph(f"第{number}节第{line}段。" * 10)
    if header:
        made.sections[0].header.paragraphs[0].text = "公司抬头"
    if first:
        made.sections[0].different_first_page_header_footer = True
        made.sections[0].first_page_header.paragraphs[0].text = "首页"
    path = folder / "a.docx"
    made.save(path)
    return path


@pytest.mark.parametrize("position", ["start", "middle", "end", "header", "footer"])
@pytest.mark.parametrize("header", [False, True])
def test_word_documents_are_labelled_and_open_again(position: str, header: bool, tmp_path: Path) -> None:
    path = document(tmp_path, header=header, sections=2)
    files.write(path, path, Label.first(CODE, "n-1"))
    made = explicit.label(path, path, Mark(position=position))
    assert made.implicit is Kept.KEPT
    report = explicit.check(path)
    assert report.verdict.value == "compliant" and report.found[0].where == position
    again = docx.Document(str(path))
    texts = [one.text for one in again.paragraphs]
    section = again.sections[0]
    shown = {"header": section.header, "footer": section.footer}.get(position)
    if shown is not None:
        assert WORDS in [one.text for one in shown.paragraphs]
        assert len(texts) == 13 and (not header or "公司抬头" in [one.text for one in section.header.paragraphs])
        assert WORDS in [
            one.text
            for one in (again.sections[1].header if position == "header" else again.sections[1].footer).paragraphs
        ]
    else:
        at = texts.index(WORDS)
        assert {"start": at == 0, "end": at == 13, "middle": 3 <= at <= 9}[position]


def test_a_first_page_of_its_own_is_labelled_too(tmp_path: Path) -> None:
    path = document(tmp_path, first=True)
    explicit.label(path, path, Mark(position="header"))
    section = docx.Document(str(path)).sections[0]
    assert WORDS in [one.text for one in section.first_page_header.paragraphs]
    assert WORDS in [one.text for one in section.header.paragraphs]


def test_other_members_stay_byte_for_byte(tmp_path: Path) -> None:
    path, out = document(tmp_path), tmp_path / "b.docx"
    explicit.label(path, out, Mark(form=Form.CORNER))
    with zipfile.ZipFile(path) as before, zipfile.ZipFile(out) as after:
        assert before.namelist() == after.namelist()
        changed = [name for name in before.namelist() if before.read(name) != after.read(name)]
    assert changed == ["word/document.xml"]
    report = explicit.check(out)
    assert report.verdict.value == "compliant" and "text.corner_mark" in [one.id for one in report.checks]


def test_damaged_and_encrypted_documents(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    with pytest.raises(MediaEncrypted):
        explicit.check(path)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("word/document.xml", "<a><b></a>")
    path.write_bytes(made.getvalue())
    with pytest.raises(MediaMalformed):
        explicit.label(path, tmp_path / "b.docx")


# --- PDF -------------------------------------------------------------------------------------------------------------


def pages(folder: Path, count: int = 3, rotate: int = 0, crop: bool = False) -> Path:
    made = pikepdf.new()
    for _ in range(count):
        page = made.add_blank_page(page_size=(595, 842))
        if rotate:
            page.Rotate = rotate
        if crop:
            page.CropBox = [100, 200, 500, 700]
        page.contents_add(b"2 0 0 2 50 50 cm 0.9 0.9 0.6 rg 0 0 200 300 re f")  # leaves its matrix behind
    path = folder / "a.pdf"
    made.save(path)
    return path


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
@pytest.mark.parametrize("crop", [False, True])
@pytest.mark.parametrize("position", ["bottom", "top-left", "bottom-right"])
def test_words_on_every_page_are_upright_and_inside(rotate: int, crop: bool, position: str, tmp_path: Path) -> None:
    path = pages(tmp_path, rotate=rotate, crop=crop)
    made = explicit.label(path, path, Mark(position=position))
    assert made.made.figures["pages"] == 3 and made.made.figures["points"] >= 9
    report = explicit.check(path)
    visible = next(one for one in report.checks if one.id == "page.visible")
    assert report.verdict.value == "compliant" and visible.ok and visible.measured == 3
    box = report.found[0].box
    assert box is not None and box.width > 3 * box.height, "the words run from left to right for who looks"
    width, height = ((400, 500) if crop else (595, 842)) if rotate in (0, 180) else ((500, 400) if crop else (842, 595))
    assert (box.top > height) == position.startswith("bottom")  # the picture is drawn at twice the size
    if "-" in position:
        assert (box.left > width) == position.endswith("right")


@pytest.mark.parametrize(("position", "number"), [("start", 0), ("end", 2)])
def test_the_first_or_the_last_page(position: str, number: int, tmp_path: Path) -> None:
    path = pages(tmp_path)
    explicit.label(path, path, Mark(position=position))
    with pypdfium2.PdfDocument(path) as read:
        texts = [page.get_textpage().get_text_range() for page in read]
    assert [bool(text.strip()) for text in texts] == [index == number for index in range(3)]
    assert explicit.check(path).found[0].text == WORDS


def test_a_pdf_keeps_its_implicit_label(tmp_path: Path) -> None:
    path = pages(tmp_path)
    files.write(path, path, Label.first(CODE, "n-1"))
    assert explicit.label(path, path).implicit in (Kept.KEPT, Kept.REWRITTEN)
    assert files.read(path).label == Label.first(CODE, "n-1")


def test_scanned_pages_are_read_as_pictures(tmp_path: Path) -> None:
    path, image = tmp_path / "a.pdf", tmp_path / "a.png"
    ground("photo", 600, 800).save(image)
    explicit.label(image, image)
    with Image.open(image) as scanned:
        scanned.save(path, "PDF", resolution=72)
    report = explicit.check(path, picture=tmp_path / "shown.png")
    assert report.verdict.value == "compliant" and report.found[0].text == "AI生成"
    with Image.open(tmp_path / "shown.png") as shown:
        assert np.asarray(shown).shape[2] == 3


def test_signed_and_locked_documents_are_refused(tmp_path: Path) -> None:
    path = pages(tmp_path)
    with pikepdf.open(path, allow_overwriting_input=True) as file:
        file.Root.AcroForm = pikepdf.Dictionary(SigFlags=3, Fields=[])
        file.save(path)
    with pytest.raises(MediaLayoutUnsupported, match="signature"):
        explicit.label(path, tmp_path / "b.pdf")
    locked = tmp_path / "c.pdf"
    with pikepdf.open(pages(tmp_path)) as file:
        file.save(locked, encryption=pikepdf.Encryption(owner="o", user="u"))
    with pytest.raises(MediaEncrypted):
        explicit.label(locked, tmp_path / "b.pdf")


def test_positions_are_those_of_the_kind(tmp_path: Path) -> None:
    with pytest.raises(MarkUnplaceable):
        explicit.label(pages(tmp_path), tmp_path / "b.pdf", Mark(position="header"))
    with pytest.raises(MarkUnplaceable):
        explicit.label(document(tmp_path), tmp_path / "b.docx", Mark(position="top-left"))
