"""Words in texts: skip characters, word boundaries, allow entries; and the lists as files."""

from __future__ import annotations

import pytest

from guiju.errors import LexiconError
from guiju.moderation import lexicon_csv
from guiju.moderation.checker import Checker
from guiju.moderation.lexicon import Entry, Lexicon
from guiju.moderation.policy_source import default
from guiju.nouns import Direction, Part

ENTRIES = [
    Entry("赌博", "A.1.h/gambling", "high"),
    Entry("办证", "A.3.e", "medium"),
    Entry("代开发票", "A.3.e", "medium"),
    Entry("口交", "A.1.f", "medium"),
    Entry("路口交通", allow=True),
    Entry("AI换脸", "A.4.b", "high"),
    Entry("buy cocaine", "A.1.h/drugs", "high"),
    Entry("ass", "A.1.f", "low"),
    Entry("VX", "A.3.e", "low"),
]
CHECKER = Checker.build(Lexicon.compile(ENTRIES), default(), patterns=(), clock=lambda: 0.0)


def words_in(text: str) -> list[str]:
    findings = CHECKER.check([Part("p", text)], Direction.PROMPT).findings
    return [text[slice(*f.spans[0])] for f in findings if f.detector == "words"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("他去赌博了", ["赌博"]),
        ("他去賭\u200b博了", ["賭\u200b博"]),
        ("他去赌*博了", ["赌*博"]),
        ("他去赌😀_博了", ["赌😀_博"]),
        ("去 赌 博 吧", ["赌 博"]),
        ("打赌，博取眼球", []),
        ("打赌 博取眼球", []),
        ("怎么办。证件丢了", []),
        ("赌.....博", []),
        ("代 开 发 票", ["代 开 发 票"]),
        ("代，开，发，票", ["代，开，发，票"]),
        ("代开 发票", []),
        ("代开*发票", ["代开*发票"]),
        ("路口交通拥堵", []),
        ("十字路口交通和口交", ["口交"]),
        ("路口，交通", []),
        ("A I 换脸", ["A I 换脸"]),
        ("AI 换脸", ["AI 换脸"]),
        ("ＡＩ换脸", ["ＡＩ换脸"]),
        ("class and bass", []),
        ("an ass!", ["ass"]),
        ("a.s.s", ["a.s.s"]),
        ("as s", []),
        ("I want to BUY  COCAINE now", ["BUY  COCAINE"]),
        ("buycocaine", ["buycocaine"]),
        ("buy cocaines", []),
        ("加vx吧", ["vx"]),
        ("加v x吧", []),
        ("", []),
    ],
)
def test_words(text: str, found: list[str]) -> None:
    assert words_in(text) == found


def test_a_hit_through_gaps_is_less_certain() -> None:
    plain = CHECKER.check([Part("p", "赌博")], Direction.PROMPT).findings[0]
    gapped = CHECKER.check([Part("p", "赌*博")], Direction.PROMPT).findings[0]
    assert gapped.score < plain.score


def test_a_finding_names_its_entry_without_the_word() -> None:
    finding = CHECKER.check([Part("p", "赌博")], Direction.PROMPT).findings[0]
    assert "赌" not in finding.rule
    entry = CHECKER.lexicon.entry(finding.rule)
    assert entry is not None and entry.word == "赌博"


@pytest.mark.parametrize(
    "entry",
    [Entry("", "A.1"), Entry("赌", "A.1"), Entry("。。", "A.1"), Entry("赌博"), Entry("赌博", "A.1", "huge"), Entry("长" * 33, "A.1"), Entry("赌......博", "A.1")],
)  # fmt: skip
def test_unusable_entries_are_refused_with_their_line(entry: Entry) -> None:
    with pytest.raises(LexiconError) as refused:
        Lexicon.compile([Entry("赌博", "A.1"), entry])
    assert refused.value.params["line"] == 2


def test_the_version_is_that_of_the_entries() -> None:
    assert Lexicon.compile(ENTRIES).version == Lexicon.compile(reversed(ENTRIES)).version
    assert Lexicon.compile(ENTRIES[1:]).version != Lexicon.compile(ENTRIES).version


def test_csv_round_trip() -> None:
    assert lexicon_csv.parse(lexicon_csv.format_csv(ENTRIES)) == tuple(ENTRIES)


def test_csv_as_a_spreadsheet_writes_it() -> None:
    text = "\ufeffword, risk ,severity,allow\r\n赌博,A.1,高,\r\n# note,,,\r\n,,,\r\n路口交通,,,是\r\n"
    assert lexicon_csv.parse(text, "mine") == (
        Entry("赌博", "A.1", "high", list="mine"),
        Entry("路口交通", allow=True, list="mine"),
    )


@pytest.mark.parametrize(("text", "line"), [("wort,risk\n", 1), ("", 1), ("word,risk,added\n赌博,A.1,soon\n", 2)])
def test_csv_mistakes_have_a_line(text: str, line: int) -> None:
    with pytest.raises(LexiconError) as refused:
        lexicon_csv.parse(text)
    assert refused.value.params["line"] == line
