"""A word of two characters by its sound: one exchanged still shows it, ordinary words do not."""

from __future__ import annotations

from guiju.text import ordinary
from guiju.text.homophones import stands_alone, writings


def test_one_of_two_is_exchanged() -> None:
    forms = dict(writings("赌博"))
    assert forms["堵博"] == forms["赌搏"] == "homophone"
    assert forms["赌bo"] == forms["du博"] == "pinyin"
    assert "堵搏" not in forms and "赌博" not in forms


def test_what_ordinary_words_are_made_of_is_left_out() -> None:
    assert "菠菜" not in dict(writings("博彩"))
    assert "大妈" not in dict(writings("大麻"))


def test_other_words_have_none() -> None:
    assert writings("赌博网") == writings("vx") == writings("妈妈") == writings("赌x") == ()


def test_a_neighbour_may_tell_them_apart() -> None:
    assert not stands_alone("去", "打麻", "将")
    assert stands_alone("在", "堵博", "，")


def test_the_table_is_made_from_words_and_how_often_they_stand() -> None:
    made = ordinary.derive(["打麻将 19 v", "麻将 30 n", "T恤 90 n"])
    assert made == {"麻": "将"}
    assert ordinary.format_table(made).endswith("\n麻\t将\n")
