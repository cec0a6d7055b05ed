"""The error-correcting code, the number, the keys and the thresholds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guiju.labeling.watermark import code, number, rates
from guiju.labeling.watermark.keys import PATTERNS, Secret

NUMBERS = st.integers(0, number.LAST)
SECRET = Secret.derive(b"s" * 32)


@settings(max_examples=40, deadline=None)
@given(payload=NUMBERS, seed=st.integers(0, 1000))
def test_a_word_comes_back_out_of_as_much_noise_as_signal(payload: int, seed: int) -> None:
    noise = np.random.default_rng(seed).standard_normal(code.SIGNS)
    assert code.decode(code.encode(payload) * 7.0 + 7.0 * 0.9 * noise) == payload


@settings(max_examples=20, deadline=None)
@given(payload=NUMBERS, seed=st.integers(0, 1000))
def test_a_quarter_of_the_word_may_be_missing(payload: int, seed: int) -> None:
    values = code.encode(payload).copy()
    values[np.random.default_rng(seed).permutation(code.SIGNS)[: code.SIGNS // 4]] = 0
    assert code.decode(values) == payload


@settings(max_examples=20, deadline=None)
@given(payload=NUMBERS, other=NUMBERS, begin=st.integers(0, code.BITS - 1))
def test_a_word_has_no_rival_until_one_fits_better(payload: int, other: int, begin: int) -> None:
    word = code.encode(payload)
    assert (code.rival(word, payload, begin) == word).all()
    drowned = word + 0.7 * np.random.default_rng(other % 1000).standard_normal(code.SIGNS) - 0.6 * word
    rival = code.rival(drowned, payload, begin)
    assert float(rival @ drowned) >= float(word @ drowned)
    differing = np.count_nonzero(rival != word)
    assert differing == 0 or differing >= 24  # the free distance


@pytest.mark.parametrize(
    "values", [np.zeros(code.SIGNS), np.ones(code.SIGNS), -np.ones(code.SIGNS), np.full(code.SIGNS, np.nan)]
)
def test_nothing_is_read_out_of_nothing(values: np.ndarray) -> None:
    assert code.decode(values) is None


def test_nothing_is_read_out_of_noise() -> None:
    random = np.random.default_rng(4)
    assert [code.decode(random.standard_normal(code.SIGNS)) for _ in range(150)] == [None] * 150


@pytest.mark.parametrize("payload", [-1, 1 << 64])
def test_a_payload_has_64_bits(payload: int) -> None:
    with pytest.raises(ValueError, match="64 bits"):
        code.encode(payload)


@given(one=NUMBERS, other=NUMBERS)
def test_enciphering_is_undone_by_the_secret_alone(one: int, other: int) -> None:
    assert SECRET.decipher(SECRET.encipher(one)) == one
    assert (SECRET.encipher(one) == SECRET.encipher(other)) == (one == other)
    assert Secret.derive(b"t" * 32).decipher(SECRET.encipher(one)) != one


def test_all_patterns_are_used_and_none_is_another() -> None:
    assert {SECRET.pattern_of(number.of_content(str(one))) for one in range(600)} == set(range(PATTERNS))
    signs = np.stack([SECRET.finder.signs("test", one, 4000) for one in range(PATTERNS)])
    alike = signs @ signs.T / 4000 - np.eye(PATTERNS)
    assert np.abs(alike).max() < 0.1


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Secret.derive(b"short")


def test_the_number_is_that_of_the_documentation_and_leads_back() -> None:
    assert f"{number.of_content('abc'):016x}" == "ba7816bf8f01cfea"
    assert number.issued_as(number.of_content("abc"), ["abd", "abc"]) == "abc"
    assert number.issued_as(number.of_content("abc"), ["abd"]) is None


def test_the_threshold_keeps_its_promise_for_sums_with_fair_signs() -> None:
    """The share of scores over t is at most exp(−t²/2), for numbers as uneven as they like."""
    random = np.random.default_rng(7)
    numbers = random.standard_exponential(200) ** 3
    scores = random.choice([-1.0, 1.0], (100_000, 200)) @ numbers / np.sqrt((numbers**2).sum())
    for limit in (1.0, 2.0, 3.0):
        assert (scores > limit).mean() <= np.exp(-(limit**2) / 2)
    assert 1e7 * np.exp(-(rates.threshold(1e7) ** 2) / 2) == pytest.approx(rates.PRESENT)
