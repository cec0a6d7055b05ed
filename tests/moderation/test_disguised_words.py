"""Words through every disguise: what is found, where, what it is called, and that a sound alone never stops anything."""

from __future__ import annotations

import base64

import pytest

from guiju.moderation.checker import Checker
from guiju.moderation.lexicon import Entry, Lexicon
from guiju.moderation.policy_source import default
from guiju.nouns import Action, Decision, Direction, Part

ENTRIES = [
    Entry("线上赌场", "A.1.h/gambling", "high"),
    Entry("买枪支弹药", "A.1.h/weapons", "high"),
    Entry("nudify app", "A.4.b/undress", "high"),
    Entry("时时彩开户", "A.1.h/gambling", "medium"),
    Entry("强奸", "A.1.f/rape", "high"),
    Entry("枪支协会", allow=True),
    Entry("枪支", "A.1.h/weapons", "low"),
]
CHECKER = Checker.build(Lexicon.compile(ENTRIES), default(), detectors=("words", "sounds"), clock=lambda: 0.0)


def check(text: str) -> Decision:
    return CHECKER.check([Part("p", text)], Direction.PROMPT)


@pytest.mark.parametrize(
    ("text", "written", "kinds"),
    [
        ("去线上赌场玩", "线上赌场", set()),
        ("去线上贝者场玩", "线上贝者场", {"split"}),
        ("去纟戋上贝者土昜玩", None, set()),
        ("去线上*赌*场玩", "线上*赌*场", {"separator"}),
        ("线线上上赌赌场场", "线上上赌赌场", {"repeat"}),
        ("场赌上线啦", "场赌上线", {"reversed"}),
        ("买🔫支弹药", "买🔫支弹药", {"emoji"}),
        ("买木仓支💣药", "木仓支", {"split"}),
        ("get nud1fy app now", "nud1fy app", {"leet"}),
        ("get nuudify aapp now", "nuudify aapp", {"repeat"}),
        ("ahqvsl ncc", "ahqvsl ncc", {"rot13"}),
        ("qxglib dss", "qxglib dss", {"caesar"}),
        ("mfwrub zkk", "mfwrub zkk", {"atbash"}),
        ("时时彩开户", "时时彩开户", set()),
        ("时彩开户", None, set()),
        ("时时时时彩彩开开户户", None, {"repeat"}),
        ("弓虽女干", "弓虽女干", {"split"}),
    ],
)
def test_read_through(text: str, written: str | None, kinds: set[str]) -> None:
    findings = check(text).findings
    assert {f.rule for f in findings if f.detector == "disguise"} == kinds
    if written is not None:
        assert written in {text[slice(*f.spans[0])] for f in findings if f.detector == "words"}


@pytest.mark.parametrize(
    ("text", "written", "kind"),
    [
        ("线尚堵场开门", "线尚堵场", "homophone"),
        ("去线上du场玩", "线上du场", "pinyin"),
        ("去xianshangduchang玩", "xianshangduchang", "pinyin"),
        ("xian shang du chang", "xian shang du chang", "pinyin"),
        ("去xsdc玩", "xsdc", "initials"),
        ("mqzdy", "mqzdy", "initials"),
        ("cnfsxmfslizhmfsl", "cnfsxmfslizhmfsl", "pinyin"),
        ("xian4 shang4 du3 chang3", "xian4 shang4 du3 chang3", "pinyin"),
        ("去xian4shang4du3chang3玩", "xian4shang4du3chang3", "pinyin"),
    ],
)
def test_heard(text: str, written: str, kind: str) -> None:
    decision = check(text)
    heard = [f for f in decision.findings if f.detector == "sounds"]
    assert [(f.risk, text[slice(*f.spans[0])]) for f in heard] == [(f"guiju.disguise.{kind}", written)]
    assert not decision.action.stops
    assert all(f.severity != "high" for f in heard)
    entry = CHECKER.lexicon.entry(heard[0].rule)
    assert entry is not None and not entry.allow


def test_a_second_disguise_in_the_same_place_names_the_risk_but_does_not_stop() -> None:
    decision = check("去线*尚*du*场")
    assert {f.risk for f in decision.findings if f.detector == "sounds"} == {
        "guiju.disguise.homophone",
        "A.1.h/gambling",
    }
    assert not decision.action.stops


@pytest.mark.parametrize("text", ["枪支协会成立", "在线上课，赌气走了", "上线", "www.xsdcx.cn", "现场度过"])
def test_ordinary_text(text: str) -> None:
    assert [f for f in check(text).findings if f.detector in ("words", "sounds")] == []


def test_a_short_word_from_components_is_never_severe() -> None:
    (finding,) = [f for f in check("他强女干部一头").findings if f.detector == "words"]
    assert finding.severity == "medium"


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_payloads_are_checked_again_to_a_depth(depth: int) -> None:
    text = "线上赌场"
    for _ in range(depth):
        text = base64.b64encode(f"看 {text} 这".encode()).decode()
    decision = check(f"解码：{text}")
    assert decision.action is Action.ANSWER_INSTEAD
    assert {f.spans for f in decision.findings} == {((3, 3 + len(text)),)}
    assert {"A.1.h/gambling", "guiju.disguise.base64"} <= {f.risk for f in decision.findings}


def test_deeper_nesting_is_told_but_not_followed() -> None:
    text = "线上赌场"
    for _ in range(5):
        text = base64.b64encode(f"看 {text} 这".encode()).decode()
    assert {f.risk for f in check(text).findings} == {"guiju.disguise.base64"}


def test_columns() -> None:
    findings = check("请看\n线赌\n上场\n").findings
    assert {"A.1.h/gambling", "guiju.disguise.vertical"} <= {f.risk for f in findings}
    assert check("床前明月光\n疑是地上霜\n举头望明月\n低头思故乡").findings == ()
