"""What a text is read as, where each character came from, and that pieces read like the whole."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from guiju.text.reading import REMOVED_RUN, Reader, read

ODD_TEXT = st.text(
    st.one_of(
        st.sampled_from([*"赌賭aAＡ１①㎏ﬁßİé，。！ 😀", "\u200b", "\ufe0f", "\u0301", "\u202e", "\U000e0041", "𝐚", "𠮷", "\x00", "ς", "Σ"]),
        st.characters(),
    ),
    max_size=40,
)  # fmt: skip


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("人工智能，要求通俗易懂。", "人工智能，要求通俗易懂。"),
        ("Hello WORLD", "hello world"),
        ("ＡＢＣ１２３＠．", "abc123@."),
        ("賭博網站", "赌博网站"),
        ("赌\u200b\u200d博", "赌博"),
        ("赌\u202e博\u2066", "赌博"),
        ("赌\U000e0041\U000e007f博", "赌博"),
        ("赌\ufe0f博\U000e0100", "赌博"),
        ("a\u0301\u0302\u0303b", "ab"),
        ("éÉñ", "een"),
        ("㎏ﬁß①Ⅳ", "kgfiss1iv"),
        ("𝐀𝒷ⓒ🅐", "abca"),
        ("👨\u200d👩\u200d👧", "👨👩👧"),
        ("全角　空格\u00a0不断行", "全角 空格 不断行"),
        ("ガギグ　ｶﾞ", "ガギグ カ"),
        ("\ud800x", "\ufffdx"),
        ("", ""),
    ],
)
def test_what_is_read(written: str, read_as: str) -> None:
    assert read(written).text == read_as


def test_spans_point_at_what_was_written() -> None:
    reading = read("前言：賭\u200b\u200b博㎏结束")
    start = reading.text.index("赌")
    assert reading.original[slice(*reading.span(start, start + 2))] == "賭\u200b\u200b博"
    assert reading.original[slice(*reading.span(start + 2, start + 3))] == "㎏"
    assert reading.original[slice(*reading.span(start + 3, start + 5))] == "㎏结"
    assert reading.original[slice(*reading.span(start + 4, start + 6))] == "结束"


@pytest.mark.parametrize(
    ("written", "kinds"),
    [
        ("普通文字 plain text 😀👍🏽", {}),
        ("👨\u200d👩\u200d👧 ❤\ufe0f 1\ufe0f\u20e3 café cafe\u0301", {}),
        ("\ufeff开头的字节序标记", {}),
        ("赌\u200b博", {"zero_width": "low"}),
        ("赌\u200b博\u200b网\u200b站", {"zero_width": "medium"}),
        ("中\u202e文", {"bidi": "low"}),
        ("中\U000e0041\U000e0042\U000e0043文", {"tag": "medium"}),
        ("\U000e0064\U000e0065\U000e0065", {"tag": "medium"}),
        ("🏴\U000e0067\U000e0062\U000e007f好", {}),
        ("中\ufe0f文", {"variation": "low"}),
        ("中\x07文", {"control": "low"}),
        ("z\u0301\u0302\u0303\u0304a", {"combining": "medium"}),
        ("𝐛𝐮𝐲", {"styled": "medium"}),
    ],
)
def test_disguises(written: str, kinds: dict[str, str]) -> None:
    found = {finding.rule: finding.severity for finding in read(written).disguises}
    assert found == kinds
    assert all(f.risk == f"guiju.disguise.{f.rule}" and f.spans for f in read(written).disguises)


@given(ODD_TEXT, st.lists(st.integers(0, 40), max_size=6))
@example("中" + "\u200b" * 130 + "文", [1, 70])
def test_pieces_read_like_the_whole(text: str, places: list[int]) -> None:
    whole = Reader()
    expected = whole.feed(text)
    reader = Reader()
    edges = sorted({0, len(text), *(p % (len(text) + 1) for p in places)})
    pieces = "".join(reader.feed(text[a:b]) for a, b in pairwise(edges))
    assert pieces == expected == read(text).text
    assert [reader.at(i) for i in range(len(expected))] == [whole.at(i) for i in range(len(expected))]
    assert reader.disguises() == whole.disguises() == read(text).disguises


@given(ODD_TEXT)
def test_the_map_is_monotone_and_inside_the_text(text: str) -> None:
    reading = read(text)
    spans = [reading.span(i, i + 1) for i in range(len(reading.text))]
    assert spans == sorted(spans)
    assert all(0 <= start < end <= len(text) for start, end in spans)


def test_a_run_of_removed_characters_is_bounded() -> None:
    assert len(read("赌" + "\u200b" * 10 * REMOVED_RUN + "博").text) == 12


def test_forgetting_keeps_the_rest_of_the_map() -> None:
    reader = Reader()
    text = "甲\u200b乙" * 50
    normal = reader.feed(text)
    expected = [reader.at(i) for i in range(60, len(normal))]
    reader.forget(60)
    assert [reader.at(i) for i in range(60, len(normal))] == expected
