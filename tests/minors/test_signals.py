from __future__ import annotations

import pytest

from guiju.minors import policy_source
from guiju.minors.calendar import DAY
from guiju.minors.signals import Seen, rules

from .moments import at

POLICY = policy_source.default()
RULES = rules()
MORNING = at("2026-11-21 09:00")
AFTERNOON = at("2026-11-18 17:00")


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("我今年12岁", ["age.number"]),
        ("我今年１２岁了，可以玩吗", ["age.number"]),
        ("我今年十二岁", ["age.hanzi"]),
        ("我還沒滿18歲", ["age.minor"]),
        ("我上初一了", ["school.grade"]),
        ("我现在读五年级", ["school.grade"]),
        ("我是一名初中生", ["school.am"]),
        ("我们班主任今天又骂我了", ["school.teacher"]),
        ("我妈不让我玩手机", ["home.phone"]),
        ("我的数学作业还没写完", ["school.homework"]),
        ("I'm 13 years old", ["age.english"]),
        ("我是初二学生，我们班主任没收了我手机", ["school.am", "school.teacher"]),
        # twins
        ("我今年32岁", []),
        ("我儿子今年12岁", []),
        ("我儿子上初一了", []),
        ("我12岁的时候搬家了", []),
        ("我小时候上初一时很调皮", []),
        ("小说主角说：我今年12岁", []),
        ("假如我今年12岁", []),
        ("我是一名班主任，班主任叫我写总结", []),
        ("这只狗今年12岁", []),
        ("请批改初一学生的作文", []),
        ("I'm 35 years old", []),
        ("翻译：我上初一", []),
        ("", []),
    ],
)  # fmt: skip
def test_what_is_seen(text: str, ids: list[str]) -> None:
    assert sorted(seen.id for seen in RULES.seen(text, MORNING, POLICY)) == sorted(ids)


def test_the_hour_adds_weight_only_to_other_signs() -> None:
    assert {s.id for s in RULES.seen("我上初一了", AFTERNOON, POLICY)} == {"hours.after_school", "school.grade"}
    assert {s.id for s in RULES.seen("我上初一了", MORNING, POLICY)} == {"school.grade"}
    assert RULES.seen("今天天气不错", AFTERNOON, POLICY) == ()


def test_one_statement_suffices_and_one_hint_does_not() -> None:
    assert RULES.assess(RULES.seen("我今年12岁", MORNING, POLICY), MORNING).suspected
    assert not RULES.assess(RULES.seen("我们班主任今天又骂我了", MORNING, POLICY), MORNING).suspected


def test_saying_it_again_proves_nothing_more() -> None:
    hints = [s for _ in range(9) for s in RULES.seen("我们班主任今天又骂我了", MORNING, POLICY)]
    assert RULES.assess(hints, MORNING).score == 4
    later = [Seen(s.at + DAY * day, s.id, s.kind, s.weight) for day, s in enumerate(hints[:3])]
    assert RULES.assess(later, MORNING + 3 * DAY).suspected
    assert not RULES.assess(later, MORNING + 60 * DAY).suspected, "old signs fade"


def test_a_sign_holds_nothing_of_the_text() -> None:
    (seen,) = RULES.seen("我叫小明，我今年12岁", MORNING, POLICY)
    assert "小明" not in repr(seen)
