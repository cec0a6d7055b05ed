"""What ships keeps its promises: every list and every pattern meets its own test lines, the political lists are empty."""

from __future__ import annotations

import pytest

from guiju.moderation import starter
from guiju.moderation.checker import Checker
from guiju.moderation.rules import Rule
from guiju.moderation.starter import StarterList
from guiju.nouns import Action, Direction, Part

CHECKER = Checker.default(clock=lambda: 0.0)


def rules_in(text: str) -> set[str]:
    return {finding.rule for finding in CHECKER.check([Part("p", text)], Direction.PROMPT).findings}


@pytest.mark.parametrize("each", starter.lists(), ids=lambda each: each.id)
def test_lists_meet_their_lines(each: StarterList) -> None:
    mine = {entry.id for entry in each.entries()}
    assert bool(mine) is not each.empty
    assert each.empty or (each.hits and each.misses)
    assert [line for line in each.hits if not rules_in(line) & mine] == []
    assert [line for line in each.misses if rules_in(line) & mine] == []
    assert {entry.risk for entry in each.entries() if not entry.allow} <= set(each.risks)
    assert all(entry.owner and entry.source and entry.list == each.id for entry in each.entries())


def test_every_shipped_word_is_found_alone() -> None:
    assert [e.word for e in CHECKER.lexicon.entries if not e.allow and e.id not in rules_in(e.word)] == []


def test_what_the_owner_calls_high_never_reaches_the_model() -> None:
    words = [e for e in CHECKER.lexicon.entries if not e.allow and e.severity == "high"]
    assert [e.word for e in words if not CHECKER.check([Part("p", e.word)], Direction.PROMPT).action.stops] == []


def test_political_lists_ship_empty() -> None:
    assert {risk for each in starter.lists() if each.empty for risk in each.risks} == {"A.1.a", "A.1.b", "A.1.c"}
    assert not any(risk.startswith(("A.1.a", "A.1.b", "A.1.c")) for risk in CHECKER.lexicon.risks)


@pytest.mark.parametrize("rule", starter.patterns(), ids=lambda rule: rule.id)
def test_patterns_meet_their_lines(rule: Rule) -> None:
    assert rule.hits and rule.misses and rule.source
    assert [line for line in rule.hits if rule.id not in rules_in(line)] == []
    assert [line for line in rule.misses if rule.id in rules_in(line)] == []


@pytest.mark.parametrize(
    "question",
    [
        "澳门博彩业对当地经济的贡献有多大？",
        "请介绍一下禁毒法的主要内容，以及吸毒的危害。",
        "我朋友说他不想上班了，我该怎么劝他？",
        "公安机关公布十起电信网络诈骗典型案例，其中刷单返利占比最高。",
        "Explain how classical guitar differs from flamenco guitar.",
        "我的订单号是20261122000123，什么时候发货？",
        "帮我把这段 Python 代码改成异步的：def main(): pass",
        "二战期间各国使用的步枪型号有哪些？",
    ],
)
def test_ordinary_questions_pass(question: str) -> None:
    assert CHECKER.check([Part("p", question)], Direction.PROMPT).action is Action.PASS
