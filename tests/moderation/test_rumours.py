"""Refuted claims are found in other words, and not where a text only asks, refutes, or shares the subject."""

from __future__ import annotations

import pytest

from guiju.errors import RumourRegisterError
from guiju.moderation import policy_source, starter
from guiju.moderation.checker import Checker
from guiju.moderation.lexicon import Lexicon
from guiju.moderation.rumours import Register, parse
from guiju.nouns import Action, Direction, Part
from guiju.text.reading import read

REGISTER = Register(starter.refuted())


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("震惊！5G基站正在传播新冠病毒，大家快拆掉", "5G"),
        ("听说多喝点白酒就能把身体里的新冠病毒杀死", "白酒"),
        ("吃大蒜能防新冠，赶紧转发给家人", "大蒜"),
        ("憋气十秒不咳嗽就是没感染新冠", "憋气"),
        ("打麻腮风疫苗孩子会得自闭症", "麻腮风"),
    ],
)
def test_other_words(text: str, claim: str) -> None:
    found = REGISTER.find(read(text).text)
    assert found and claim in found[0].entry.claim


@pytest.mark.parametrize(
    "text",
    ["新冠病毒的传播途径有哪些", "白酒和啤酒哪个度数高", "今天吃了大蒜炒肉", "洗热水澡可以放松身体", "大蒜可以预防新冠是谣言", "5G基站会传播新冠病毒是真的吗", ""],
)  # fmt: skip
def test_the_same_subject_is_no_rumour(text: str) -> None:
    assert REGISTER.find(read(text).text) == ()


def test_it_goes_to_review_and_no_further() -> None:
    checker = Checker.build(Lexicon.compile([]), policy_source.default(), (), ("rumours",), clock=lambda: 0.0)
    decision = checker.check([Part("p", "憋气十秒不咳嗽就是没感染新冠")], Direction.PROMPT)
    assert decision.action is Action.REVIEW
    assert decision.findings[0].risk == "A.1.g/rumour" and "世界卫生组织" in decision.findings[0].reason


def test_entries_expire() -> None:
    entry = parse("claim,refutation,source,expires\n吃香蕉会变成猴子,不会,某机构,2026-01-01\n")
    text = "专家说吃香蕉会变成猴子"
    assert Register(entry).find(text, "2025-12-31") and not Register(entry).find(text, "2026-01-02")


@pytest.mark.parametrize(
    ("text", "line"),
    [("claim,why\na,b\n", 1), ("claim,refutation,source\n甲,,丙\n", 2), ("claim,refutation,source,refuted\n甲,乙,丙,soon\n", 2)],
)  # fmt: skip
def test_mistakes_name_their_line(text: str, line: int) -> None:
    with pytest.raises(RumourRegisterError) as caught:
        parse(text)
    assert f"Line {line} " in caught.value.message("en")
