"""Hashed n-grams: the same for every text at every time, pieces of long texts included."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from guiju.moderation.models.features import KINDS, PIECE, codes, rows

BUCKETS = 1 << 10


@given(st.text(max_size=60))
def test_rows_have_a_shape_and_a_range(text: str) -> None:
    found = rows(text, BUCKETS)
    assert found.shape[1] == KINDS
    assert ((found >= 0) & (found <= BUCKETS)).all()


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x4E40), min_size=6, max_size=30), st.integers(0, 3))
def test_an_n_gram_hashes_alike_wherever_it_stands(text: str, before: int) -> None:
    moved = rows("国" * before + text, BUCKETS)[before:]
    assert np.array_equal(rows(text, BUCKETS), moved)


@given(st.integers(PIECE - 3, PIECE + 3))
def test_a_long_text_has_the_rows_of_its_parts(size: int) -> None:
    text = "".join(chr(0x4E00 + i % 97) for i in range(size))
    assert np.array_equal(rows(text, BUCKETS)[size - 200 :], rows(text[size - 200 :], BUCKETS))


def test_digits_are_alike_and_spaces_count_between_latin_words_only() -> None:
    assert np.array_equal(rows("电话12", BUCKETS), rows("电话98", BUCKETS))
    assert np.array_equal(rows("电 话", BUCKETS), rows("电话", BUCKETS))
    assert not np.array_equal(rows("a b", BUCKETS), rows("ab", BUCKETS))
    assert len(codes("a b")[0]) == 3


def test_a_latin_word_is_one_thing() -> None:
    assert rows("kill it", BUCKETS)[0, 4] == rows("kill the process", BUCKETS)[0, 4]
    assert rows("kill it", BUCKETS)[0, 3] != rows("kill the process", BUCKETS)[0, 3]


def test_an_empty_text_has_no_rows() -> None:
    assert rows("", BUCKETS).shape == (0, KINDS)
