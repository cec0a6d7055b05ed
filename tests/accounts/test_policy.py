"""A policy says what counts, and its mistakes are named with their place."""

from __future__ import annotations

import pytest

from guiju.accounts import AccountPolicy, Step
from guiju.errors import AccountPolicyInvalid
from guiju.nouns import Action, Decision, Failure, Finding

POLICY = AccountPolicy.load()

SOURCE = """\
version: "1"
counted: [block]
rules:
  - {id: row, in_a_row: 3, step: suspend, hours: 24, zh: 连续, en: row, source: s, confidence: M}
  - {id: day, in_a_day: 5, step: suspend, hours: 24, zh: 一天, en: day, source: s, confidence: M}
"""


def decision(action: str, risk: str = "A.1.f", failed: bool = False) -> Decision:
    failures = (Failure("words", ("A.1.f",), "GJ-2010"),) if failed else ()
    return Decision(Action(action), (Finding(risk, "words", "w1", 1.0),), failures, risk=risk)


@pytest.mark.parametrize(
    ("made", "counts"),
    [
        (decision("block"), True),
        (decision("answer_instead"), True),
        (decision("block", "A.2.a/slur"), True),
        (decision("mask"), False),
        (decision("review"), False),
        (decision("unchecked"), False),
        (decision("pass"), False),
        (decision("block", failed=True), False),
        (Decision(Action.BLOCK, failures=(Failure("words", (), "GJ-2010"),)), False),
        (Decision(Action.BLOCK), False),
        (decision("block", "A.4.f/idcard"), False),
        (decision("answer_instead", "A.4.a/self_harm"), False),
        (decision("block", "A.4.a"), True),
        (decision("block", "guiju.disguise.zero_width"), False),
    ],
)
def test_only_prompts_judged_violating_count(made: Decision, counts: bool) -> None:
    assert POLICY.counts(made) is counts


@pytest.mark.parametrize(
    ("risk", "points"),
    [("A.1.a", 3), ("A.1.a/x", 3), ("A.1.f", 1), ("A.1.f/minors", 5), ("A.1.f/minors.x", 5), ("", 1)],
)
def test_the_longest_weight_speaks(risk: str, points: int) -> None:
    assert POLICY.weight(risk) == points


def test_the_shipped_policy_pauses_as_the_source_says_and_names_it() -> None:
    rules = {rule.id: rule for rule in POLICY.rules}
    assert (rules["pause.in_a_row"].in_a_row, rules["pause.in_a_day"].in_a_day) == (3, 5)
    assert {rule.step for rule in POLICY.rules} == set(Step)
    for rule in POLICY.rules:
        assert rule.source and rule.zh and rule.en
        assert rule.automatic or rule.step is Step.CLOSE


def test_steps_are_ordered() -> None:
    assert sorted(Step, key=lambda step: step.rank) == [Step.WARN, Step.LIMIT, Step.SUSPEND, Step.CLOSE]


@pytest.mark.parametrize(
    ("old", "new", "place", "said"),
    [
        ("in_a_row: 3", "in_a_row: 4", "4:3", "in_a_row <= 3"),
        ("in_a_day: 5", "in_a_day: 6", "4:3", "in_a_day <= 5"),
        ("step: suspend, hours: 24, zh: 一天", "step: limit, hours: 24, zh: 一天", "4:3", "in_a_day <= 5"),
        ("counted: [block]", "counted: [mask]", "2:10", "only decisions that stop"),
        ("counted: [block]", "counted: [stop]", "2:11", "stop"),
        ("in_a_row: 3, step: suspend", "in_a_row: 3, step: banish", "4:34", "banish"),
        ("id: row,", "id: day,", "5:10", "repeated id"),
        ("in_a_day: 5,", "in_a_day: 5, points: 3,", "5:10", "exactly one condition"),
        ("in_a_day: 5,", "", "5:10", "exactly one condition"),
        ("in_a_day: 5,", "in_a_day: 0,", "5:10", "start at 1"),
        ("in_a_day: 5,", "points: 5,", "5:5", "go together"),
        ("hours: 24, zh: 连续", "hours: -1, zh: 连续", "4:50", "negative"),
        ("zh: 连续", "zh: '连续{user}'", "4:58", "placeholders"),
        ("version:", "colour: red\nversion:", "1:1", "colour"),
        ("en: day,", "", "5:5", "en"),
        ("counted:", "limit: {requests_per_minute: 0}\ncounted:", "2:30", "at least 1"),
        ("counted:", "weights: {A.1: -1}\ncounted:", "2:10", "negative"),
        ("rules:", "rules: [", "", "YAML"),
        (SOURCE, "", "1:1", ""),
    ],
)
def test_mistakes_are_named_with_their_place(old: str, new: str, place: str, said: str) -> None:
    AccountPolicy.load(SOURCE)
    assert old in SOURCE
    with pytest.raises(AccountPolicyInvalid) as caught:
        AccountPolicy.load(SOURCE.replace(old, new))
    detail = str(caught.value.params["detail"])
    assert any(line.startswith(place) and said in line for line in detail.splitlines()), detail


def test_all_mistakes_are_told_at_once() -> None:
    broken = SOURCE.replace("in_a_row: 3", "in_a_row: 9").replace("counted: [block]", "counted: [mask]")
    with pytest.raises(AccountPolicyInvalid) as caught:
        AccountPolicy.load(broken)
    assert len(str(caught.value.params["detail"]).splitlines()) == 2
