"""Counts against the minima, test lines, padding; and the shipped lists are clean by that measure."""

from __future__ import annotations

from datetime import date

import pytest

from guiju.moderation import lexicon_report, starter
from guiju.moderation.lexicon import Entry, Lexicon
from guiju.moderation.lexicon_report import FailingLine, Padding

ENTRIES = (
    Entry("赌博网站", "A.1.h/gambling", list="a", source="s", owner="o", added="2026-11-01", hit="上赌*博*网*站", miss="赌博网站路口"),
    Entry("賭博網站", "A.1.h/gambling", list="b", added="2026-11-10", hit="没有这个词"),
    Entry("怎么", "A.2.a", list="b", expires="2026-11-11"),
    Entry("路口交通", allow=True, list="a"),
)  # fmt: skip
LEXICON = Lexicon.compile(ENTRIES)


def test_variants_of_a_word_count_once() -> None:
    found = lexicon_report.stats(ENTRIES, {"A.1.h": 1, "A.2.b": 3}, 10, date(2026, 11, 22))
    assert (found.entries, found.least, found.allow) == (2, 10, 1)
    assert [(each.risk, each.entries, each.least, each.met) for each in found.risks] == [
        ("A.1.h", 1, 1, True),
        ("A.2.a", 1, 0, True),
        ("A.2.b", 0, 3, False),
    ]
    assert found.lists == (("a", 1), ("b", 2))
    assert (found.sourced, found.owned, found.newest, found.days, found.expired) == (1, 1, date(2026, 11, 10), 12, 1)


def test_failing_lines_are_named() -> None:
    assert lexicon_report.failing_lines(LEXICON) == (
        FailingLine(ENTRIES[0].id, "赌博网站", "miss", "赌博网站路口"),
        FailingLine(ENTRIES[1].id, "賭博網站", "hit", "没有这个词"),
    )


def test_padding_meets_ordinary_text_or_repeats_another_entry() -> None:
    assert lexicon_report.padding(LEXICON, ["今天怎么走", "路口交通"]) == (
        Padding(ENTRIES[2].id, "怎么", "neutral", "今天怎么走"),
        Padding(ENTRIES[1].id, "賭博網站", "repeated", "赌博网站"),
    )


def test_everyday_words_are_padding() -> None:
    words = ("今天", "可以", "公司", "手机", "朋友", "怎么办")
    lexicon = Lexicon.compile([Entry(word, "A.3.e") for word in words])
    assert {each.word for each in lexicon_report.padding(lexicon, lexicon_report.neutral_lines())} == set(words)


@pytest.fixture(scope="module")
def shipped() -> Lexicon:
    return starter.lexicon()


def test_the_shipped_lists_hold_no_padding(shipped: Lexicon) -> None:
    assert lexicon_report.padding(shipped, lexicon_report.neutral_lines()) == ()


def test_the_shipped_lists_reach_the_minima_outside_politics(shipped: Lexicon) -> None:
    minima = {f"A.1.{letter}": 200 for letter in "defgh"} | {f"A.2.{letter}": 100 for letter in "abcdefghi"}
    found = lexicon_report.stats(shipped.entries, minima, 10_000, date(2026, 11, 22))
    assert found.entries >= found.least
    assert [each.risk for each in found.risks if not each.met] == []
    assert found.sourced == found.owned == sum(not entry.allow for entry in shipped.entries)
