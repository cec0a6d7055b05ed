"""Sketches: what is alike, what is not, and what cannot break them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from guiju.desk import nearest, sketch
from guiju.desk.sketch import SIZE

ADVERT = "加我微信领取内部福利,日结工资,在家就能做,名额有限先到先得"
REWORDED = "加我微信领内部福利,工资日结,在家能做,名额有限,先到先得哦"
OTHERS = [
    "请介绍杭州西湖的历史与传说",
    "帮我写一封给客户的道歉信",
    "怎样训练一只边境牧羊犬坐下",
    "这道二次函数题怎么解",
]


def test_a_rewording_is_found_and_the_unrelated_is_not() -> None:
    known = [sketch(text) for text in [*OTHERS, REWORDED]]
    found = nearest(sketch(ADVERT), known)
    assert [near.place for near in found] == [4]
    assert found[0].likeness > 0.6


def test_a_copy_is_fully_alike_whatever_the_spaces() -> None:
    assert nearest(sketch(ADVERT), [sketch(ADVERT.replace(",", ", "))])[0].likeness > 0.99


def test_at_most_so_many_the_likest_first() -> None:
    found = nearest(sketch(ADVERT), [sketch(ADVERT + "啊" * n) for n in range(20)], most=3)
    assert [near.place for near in found] == [0, 1, 2]


@given(st.text(max_size=300))
def test_any_text_has_a_sketch_or_none(text: str) -> None:
    made = sketch(text)
    assert len(made) in (0, SIZE)
    assert made == sketch(text)
    assert nearest(made, [b"", b"short"]) == ()
