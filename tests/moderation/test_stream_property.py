"""However an answer is cut, the stream finds what the whole check finds, masks the same, and lets no stopped word out."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from guiju.moderation import rules, starter
from guiju.moderation.checker import Checker
from guiju.moderation.lexicon import Entry, Lexicon
from guiju.moderation.policy_source import load
from guiju.moderation.stream import StreamGuard
from guiju.nouns import Action, Direction, Finding, Part

ENTRIES = [
    Entry("赌博", "A.1.f/gambling", "high"),
    Entry("赌博网站", "A.1.f/gambling", "high"),
    Entry("口交", "A.1.f/sexual", "medium"),
    Entry("路口交通", allow=True),
    Entry("口交通路", "A.3.e", "low"),
    Entry("路口", "A.3.e", "low"),
    Entry("vx", "A.3.e", "low"),
    Entry("vx号", "A.3.e", "medium"),
    Entry("buy pot", "A.1.f/drugs", "medium"),
    Entry("pot plant", allow=True),
    Entry("pot", "A.1.f/drugs", "low"),
    Entry("𠮷野", "A.3.e", "medium"),
    Entry("加vx赌博", "A.1.f/gambling", "low"),
    Entry("线上赌场", "A.1.f/gambling", "high"),
    Entry("买枪支弹药", "A.3.f", "high"),
    Entry("nudify app", "A.1.f/gambling", "high"),
    Entry("枪支", "A.3.e", "medium"),
    Entry("枪支协会", allow=True),
    Entry("时时彩王八", "A.1.f/gambling", "high"),
]
PATTERNS = """
detector: patterns
owner: test
source: test
rules:
  - {id: range, risk: A.3.e, pattern: '路(?:口|博){1,4}(?=交|通)(?!交x)', reason: r, hits: [路口交], misses: [路]}
  - {id: lazy, risk: A.3.e, pattern: '(?<![vx])[赌加][^。]{0,6}?(?P<value>通|vx)', reason: r, hits: [赌通], misses: [赌]}
"""
POLICY = """
name: test
number: 1
rules:
  - {{risk: A.1.f/gambling, action: {word}}}
  - {{risk: A.4.f, action: mask}}
  - {{risk: A.3, severity: medium, action: mask}}
  - {{risk: guiju.disguise, action: review}}
"""
LEXICON = Lexicon.compile(ENTRIES)
DETECTORS = ("words", "sounds", "patterns", "pii")
"""Those that decide by windows; models judge sentences and wholes by rules of their own."""
RULES = starter.patterns() + rules.load(PATTERNS, "test.yaml")


def checker(word: str) -> Checker:
    return Checker.build(LEXICON, load(POLICY.format(word=word)), RULES, DETECTORS, clock=lambda: 0.0)


MASKING, STOPPING = checker("mask"), checker("block")

PIECES = st.sampled_from(
    [
        *"赌博路口交通网站加号野𠮷賭",
        "赌博", "路口交通", "口交", "vx", "ＶＸ", "buy pot", "b.u.y p.o.t", "pot plant", "pot", "po", "t",
        "赌\u200b博", "赌*博", "赌 博", "赌\n博", "赌，博", "赌\ufe0f博", "赌......博", "赌\u0301\u0302博",
        "13912345678", "139 1234 5678", "11010119900307803X", "6222021234567890128", "a@b.com", "zhang.san@", "example.cn",
        "线上", "赌场", "场", "贝者", "木仓", "木", "仓", "支", "弓虽", "🔫", "💊", "弹", "xian", "shang", "du", "线商", "堵", "堵博", "赌bo", "赌搏", "xsdc", "mqzdy",
        "nudify app", "nud1fy", "n", "u", "nuuudify", "ahqvsl ncc", "弹药", "买", "药弹支枪买", "上线", "场赌", "协会", "4", "8",
        "6LWM5Y2a", "6LWM", "5Y2a", "=", "e8b58ce58d9a", "e8 b5 8c e5 8d 9a", "%E8%B5%8C%E5%8D%9A", "%E8%B5", "&#36172;&#x535a;", "\\u8d4c\\u535a",
        "0xe8b58ce58d9a", "0xe8,0xb5,0x8c", ",0xe5,0x8d,0x9a", "232,181,140,", "229,141,154", "5C2YZZMNTI", "5C2YZZMNTI======", "qxglib dss",
        "du3chang3", "xian4 shang4", "du3", "3", "chang",
        "-.. ..- -... ---", "\n", "线赌\n上场\n", "aGVsbG8gMTM5MTIzNDU2Nzg=", "international",
        "时时彩", "时时时", "彩", "八王", "王", "八",
        "微信:zhang_san88", "QQ", "123456789", "sk-9f8a7b6c5d4e3f2a1b0c", "京A12345", "护照号E12345678",
        " ", "，", "。", "*", "😀", "\u200b", "\u202e", "x", "1", "9", "@", ".", "-", "ﬁ", "㎏", "ß", "İ", "\uffff", "\U000e0041",
    ]
)  # fmt: skip
TEXTS = st.one_of(st.lists(PIECES, max_size=14).map("".join), st.text(max_size=40))


def cut(text: str, places: list[int]) -> list[str]:
    edges = sorted({0, len(text), *(p % (len(text) + 1) for p in places)})
    return [text[a:b] for a, b in pairwise(edges)]


def streamed(judge: Checker, pieces: list[str]) -> tuple[str, list[Finding], Action | None]:
    guard = StreamGuard(judge, "a")
    out, findings = "", []
    for step in [*(guard.feed(piece) for piece in pieces), guard.finish()]:
        out += step.text
        findings += step.findings
        if step.stop is not None:
            return out, findings, step.stop.action
    return out, findings, None


def assert_masked(out: str, masked: str, text: str, findings: Sequence[Finding]) -> None:
    """Only text in columns may leave before it is judged: when its last line has ended."""
    columns = {place for f in findings if f.rule == "vertical" for place in range(*f.spans[0])}
    assert len(out) == len(masked)
    differing = {i for i, (got, wanted) in enumerate(zip(out, masked, strict=True)) if got != wanted}
    assert differing <= columns
    assert all(out[i] == text[i] for i in differing)


def in_order(findings: list[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda f: (f.spans, f.detector, f.rule, f.risk))


@settings(max_examples=600, deadline=None)
@given(TEXTS, st.lists(st.integers(0, 60), max_size=12))
@example("路口交通路", [1, 2, 3, 4])
@example("赌" + "\u200b" * 200 + "博", [5, 100])
@example("13912345678", list(range(12)))
@example("时时时时时时赌博", list(range(8)))
def test_any_cut_gives_the_findings_and_the_mask_of_the_whole(text: str, places: list[int]) -> None:
    part = Part("a", text)
    whole = MASKING.check([part], Direction.ANSWER)
    out, findings, stop = streamed(MASKING, cut(text, places))
    assert in_order(findings) == in_order(list(whole.findings))
    assert_masked(out, MASKING.mask(part, whole.findings), text, whole.findings)
    assert stop is None


@settings(max_examples=400, deadline=None)
@given(TEXTS)
@example("buy pot🔫t")
@example("t🔫tpott🔫t")
@example("nuudify ap🔫p")
@example("zhang.san@nudify app")
@example("vvx.x号x")
@example("xian4 shang4du3chang3")
@example("xian shang du changs")
def test_character_by_character(text: str) -> None:
    part = Part("a", text)
    whole = MASKING.check([part], Direction.ANSWER)
    out, findings, _ = streamed(MASKING, list(text))
    assert in_order(findings) == in_order(list(whole.findings))
    assert_masked(out, MASKING.mask(part, whole.findings), text, whole.findings)


@settings(max_examples=600, deadline=None)
@given(TEXTS, st.lists(st.integers(0, 60), max_size=12))
@example("5C2YZZMNTI5C2YZZMNTI======", [])
@example("6LWM5Y2aeR==", [11])
def test_nothing_of_a_stopped_match_gets_out(text: str, places: list[int]) -> None:
    whole = STOPPING.check([Part("a", text)], Direction.ANSWER)
    stops = [f.spans[0][0] for f in whole.findings if f.risk == "A.1.f/gambling"]
    out, _, action = streamed(STOPPING, cut(text, places))
    assert (action is Action.BLOCK) == bool(stops)
    columns = {f.spans[0][0] for f in whole.findings if f.rule == "vertical"}  # judged after they have ended
    assert all(len(out) <= start for start in set(stops) - columns)


@pytest.mark.parametrize("tail", ["", "赌", "1391234", "微信", "路口交", "zhang.san", "赌\u200b"])
def test_held_back_stays_short_however_long_the_answer(tail: str) -> None:
    guard = StreamGuard(MASKING)
    for _ in range(300):
        guard.feed("今天天气很好，我们去公园。" + tail)
        assert guard.held <= 40
        assert len(guard._window) <= 60


def test_clean_text_is_not_held_back() -> None:
    guard = StreamGuard(MASKING)
    text = "人工智能正在改变生活，我们要学会使用它。"
    assert "".join(guard.feed(c).text for c in text) == text
    assert guard.held == 0


SOUND_POLICY = """
name: test
number: 1
rules:
  - {risk: guiju.disguise.homophone, action: mask}
  - {risk: guiju.disguise.pinyin, action: mask}
  - {risk: guiju.disguise.initials, action: mask}
  - {risk: A.1.f/gambling, action: mask}
"""
BY_SOUND = Checker.build(LEXICON, load(SOUND_POLICY), RULES, DETECTORS, clock=lambda: 0.0)


@settings(max_examples=400, deadline=None)
@given(TEXTS, st.lists(st.integers(0, 60), max_size=12))
def test_a_policy_that_masks_sounds_is_obeyed_in_streams(text: str, places: list[int]) -> None:
    part = Part("a", text)
    whole = BY_SOUND.check([part], Direction.ANSWER)
    out, findings, _ = streamed(BY_SOUND, cut(text, places))
    assert in_order(findings) == in_order(list(whole.findings))
    assert_masked(out, BY_SOUND.mask(part, whole.findings), text, whole.findings)
