"""Split characters, emoji, digits and repeats: what each reading says and where from."""

from __future__ import annotations

import pytest

from guiju.text import components
from guiju.text.rewriting import Rewriter, Sign, collapse, once, readings, repeats, rewritten, view

PAIRS = {"贝者": "赌", "木仓": "枪", "日月": "明", "月明": "朋"}
REWRITER = Rewriter(PAIRS)


def test_components_of_common_characters() -> None:
    made = components.splits()
    assert [made[pair] for pair in ("贝者", "木仓", "弓虽", "女干", "讠乍", "月半")] == [
        "赌",
        "枪",
        "强",
        "奸",
        "诈",
        "胖",
    ]
    assert components.martian()["哋"] == "地"
    assert "地" not in components.martian()


def test_emoji_and_digits_are_signs() -> None:
    assert REWRITER.signs_in("买🔫c0de🙂") == [Sign(1, 2, ("枪",), "emoji"), Sign(3, 4, ("o", "o"), "leet")]
    assert REWRITER.signs_in("没有 2026 年 3d") == []


def test_a_pair_is_joined_unless_it_could_be_two() -> None:
    assert REWRITER.joined("买木仓", 1) == Sign(1, 3, ("枪",), "split")
    assert REWRITER.joined("日月明", 0) == Sign(0, 2, ("明", ""), "split")
    assert REWRITER.joined("日月明", 1) == Sign(1, 3, ("", "朋"), "split")
    assert REWRITER.joined("木头", 0) is None


def test_a_view_knows_where_its_letters_come_from() -> None:
    window = "a，🧨b"
    signs = REWRITER.signs_in(window)
    assert readings(signs) == 2
    first = view(window, signs, 0)
    assert (first.text, list(first.starts), list(first.ends)) == ("a炸药b", [0, 2, 2, 3], [1, 3, 3, 4])
    assert list(first.kinds) == ["", "emoji", "emoji", ""]
    assert view(window, signs, 1).text == "a爆b"
    assert rewritten(window, signs, 1) == "a，爆b"


@pytest.mark.parametrize(("text", "said"), [("代代开开", "代开"), ("abc", "abc"), ("", ""), ("哈" * 50 + "x", "哈x")])
def test_once(text: str, said: str) -> None:
    assert once(text) == said


def test_repeats_with_their_neighbours() -> None:
    assert repeats("代开开发") == [("开", "代", "发")]
    assert repeats("开开" + "一二三四五六七八九十" * 5) == [("开", "", "一")]


def test_collapsed_letters_stretch_over_their_repeats() -> None:
    seen = collapse("代代开发", [0, 2, 3, 4])
    assert (seen.text, list(seen.starts), list(seen.ends)) == ("代开发", [0, 3, 4], [3, 4, 5])
    assert list(seen.kinds) == ["repeat", "", ""]
    assert collapse("代" * 9 + "开", range(10)).text == "代\n代开"
