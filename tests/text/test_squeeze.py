"""Skip characters go, long gaps stay, positions lead back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guiju.text.squeeze import MAX_GAP, is_word, positions, squeeze


@pytest.mark.parametrize(
    ("text", "squeezed"),
    [
        ("赌博", "赌博"),
        ("赌 *博。", "赌博"),
        ("赌😀博", "赌博"),
        ("f.u.n 123", "fun123"),
        ("赌" + "." * MAX_GAP + "博", "赌博"),
        ("赌" + "." * (MAX_GAP + 1) + "博", "赌.....博"),
        ("привет, мир", "приветмир"),
        ("한국어 カナ", "한국어カナ"),
        ("a×b÷c", "abc"),
        ("", ""),
    ],
)
def test_squeeze(text: str, squeezed: str) -> None:
    assert squeeze(text) == squeezed


@given(st.text(st.sampled_from("赌博ab1 .,。*😀"), max_size=40))
def test_positions_lead_back(text: str) -> None:
    assert "".join(text[i] for i in positions(text)) == squeeze(text)
    assert [c for c in squeeze(text) if is_word(c)] == [c for c in text if is_word(c)]
