"""What keeps floods out: the bucket of an address, and forms no person could have filled in."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guiju.complaints import Allowance, FormTokens, new_receipt, new_secret, refill
from guiju.complaints.allowance import minutes_to_wait, take
from guiju.complaints.receipt import tidy
from guiju.errors import FormRefused

HOUR = 3_600_000_000


@given(st.lists(st.integers(0, 3 * HOUR), max_size=60), st.integers(1, 6), st.integers(1, 12))
def test_nobody_gets_more_than_the_bucket_and_what_flows_in(gaps: list[int], most: int, per_hour: int) -> None:
    kept: Allowance | None = None
    now = taken = 0
    for gap in gaps:
        now += gap
        there = refill(kept, now, most, per_hour)
        assert 0 <= there.level <= most * 1000
        left = take(there)
        taken += left is not None
        kept = left or there
    assert taken <= most + now * per_hour / HOUR


def test_a_bucket_fills_again_and_says_when() -> None:
    empty = Allowance(0, 0)
    assert take(refill(empty, HOUR // 2, 5, 1)) is None
    assert minutes_to_wait(refill(empty, HOUR // 2, 5, 1), 1) == 30
    assert take(refill(empty, HOUR, 5, 1)) == Allowance(0, HOUR)


def test_a_clock_moved_back_takes_nothing_away() -> None:
    kept = Allowance(2500, HOUR)
    assert refill(kept, 0, 5, 6) == kept


TOKENS = FormTokens(b"k" * 32, 3, 100)


@pytest.mark.parametrize(("age", "said"), [(2, "too fast"), (101, "too old"), (-5, "too fast")])
def test_forms_come_in_their_time(age: int, said: str) -> None:
    token = TOKENS.make(1000)
    with pytest.raises(FormRefused) as caught:
        TOKENS.check(token, 1000 + age)
    assert said in str(caught.value.params["problem_en"])


def test_a_form_counts_under_its_own_digest() -> None:
    first, second = TOKENS.make(1000), TOKENS.make(1000)
    assert TOKENS.check(first, 1003) == TOKENS.check(first, 1100) != TOKENS.check(second, 1003)


@given(st.text(max_size=80))
def test_nothing_else_is_a_token(text: str) -> None:
    with pytest.raises(FormRefused):
        TOKENS.check(text, 1000)


def test_another_installation_made_it() -> None:
    with pytest.raises(FormRefused):
        FormTokens(b"x" * 32, 3, 100).check(TOKENS.make(1000), 1010)


def test_receipts_are_found_however_they_were_typed() -> None:
    receipt, secret = new_receipt(date(2026, 11, 22)), new_secret()
    assert receipt.startswith("GJ-20261122-") and len(secret) == 14
    assert tidy(receipt.lower().replace("-", " ")) == receipt
    assert tidy(f" {secret.lower()} ") == secret
    assert tidy("nothing") == "nothing"
