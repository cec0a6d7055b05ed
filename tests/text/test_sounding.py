"""Syllables from a table, pinyin cut into syllables, and where each was read from."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guiju.text import syllables
from guiju.text.sounding import has_spelling, plain_sounding, sound, sounding, spelled_signs
from guiju.text.squeeze import squeeze


def spoken(text: str) -> list[str]:
    names = {sign: syllable for syllable, sign in syllables.signs().items()}
    return [names.get(sign, sign) for sign in sounding(text).signs]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("菠菜平台", ["bo", "cai", "ping", "tai"]),
        ("bocai平台", ["bo", "cai", "ping", "tai"]),
        ("bo cai ping tai", ["bo", "cai", "ping", "tai"]),
        ("4我", ["si", "wo"]),
        ("买💊吧", ["mai", "yao", "ba"]),
        ("qhobjnatmuna", ["du", "bo", "wang", "zhan"]),
        ("vx号", ["v", "x", "hao"]),
        ("加 * 我", ["jia", "wo"]),
        ("", []),
    ],
)
def test_what_is_heard(text: str, said: list[str]) -> None:
    assert spoken(text) == said


@pytest.mark.parametrize(
    ("run", "cut"),
    [
        ("xian", ("xian",)),
        ("dubowangzhan", ("du", "bo", "wang", "zhan")),
        ("fangan", ("fang", "an")),
        ("pingan", ("ping", "an")),
        ("hello", ()),
        ("python", ()),
        ("zh", ()),
    ],
)
def test_pinyin_is_cut(run: str, cut: tuple[str, ...]) -> None:
    assert syllables.syllables_of(run) == cut


def test_every_syllable_knows_its_letters() -> None:
    heard = sounding("我爱du博💊a")
    pieces = ["我爱du博💊a"[a:b] for a, b in zip(heard.starts, heard.ends, strict=True)]
    assert pieces == ["我", "爱", "du", "博", "💊", "a"]


@given(st.lists(st.sampled_from([*"赌博网站a1 *，", "du", "bo", "💊", "he"]), max_size=30).map("".join))
def test_the_quick_ways_say_the_same(text: str) -> None:
    heard = sounding(text)
    assert heard.signs == spelled_signs(text)
    assert all(a < b for a, b in zip(heard.starts, heard.ends, strict=True))
    if "💊" not in text and not any("a" <= c <= "z" for c in text):
        quick = plain_sounding(text, sound(squeeze(text)))
        assert (quick.signs, list(quick.starts), list(quick.ends)) == (
            heard.signs,
            list(heard.starts),
            list(heard.ends),
        )
        assert not has_spelling(text)


def test_english_is_no_pinyin() -> None:
    assert not has_spelling("the quick brown fox jumps over the lazy dog")


def test_the_table_is_what_pypinyin_gives() -> None:
    derived = syllables.derive()
    table = syllables.load()
    differing = [c for c in derived if table.get(c) != derived[c]]
    assert len(differing) <= len(derived) // 100
    assert syllables.format_table(table) == syllables.TABLE.read_text("utf-8")
