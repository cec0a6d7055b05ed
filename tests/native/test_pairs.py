"""The table of pairs: it never denies what is there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guiju import native

pytestmark = pytest.mark.skipif(native.module is None, reason=f"not built: {native.why_not}")

LETTERS = st.one_of(st.sampled_from("喝酒能预防新冠ab"), st.characters())


@given(
    st.sets(st.text(LETTERS, min_size=2, max_size=2), max_size=40), st.text(LETTERS, max_size=300), st.integers(-1, 4)
)
def test_what_is_there_is_never_denied(pairs: set[str], text: str, least: int) -> None:
    assert native.module is not None
    there = sum(text[i : i + 2] in pairs for i in range(len(text) - 1))
    answer = native.module.may_share(native.module.pairs(pairs), text, least)
    assert answer or there < least


@given(st.sets(st.text(LETTERS, min_size=2, max_size=2), max_size=40), st.text(LETTERS, max_size=300))
def test_every_place_is_named(pairs: set[str], text: str) -> None:
    assert native.module is not None
    there = {i for i in range(len(text) - 1) if text[i : i + 2] in pairs}
    found = native.module.places(native.module.pairs(pairs), text)
    assert there <= set(found) and found == sorted(found) and all(0 <= i < len(text) - 1 for i in found)


def test_ordinary_texts_are_mostly_denied() -> None:
    assert native.module is not None
    table = native.module.pairs({"喝酒", "预防"})
    assert not native.module.may_share(table, "今天天气很好，我们去公园散步吧。" * 100, 1)
    assert not native.module.may_share(table, "", 1) and native.module.may_share(table, "喝酒" * 2000, 2000)


@pytest.mark.parametrize("wrong", [["一"], ["一二三"], [1], [b"ab"]])
def test_other_things_are_refused(wrong: list[str]) -> None:
    assert native.module is not None
    with pytest.raises(ValueError):
        native.module.pairs(wrong)
