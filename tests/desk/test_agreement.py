"""Cohen's kappa, against published tables and its own laws."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guiju.desk import agreement


def table(both_yes: int, first_yes: int, second_yes: int, both_no: int) -> list[tuple[str, str]]:
    counts = {("y", "y"): both_yes, ("y", "n"): first_yes, ("n", "y"): second_yes, ("n", "n"): both_no}
    return [pair for pair, count in counts.items() for _ in range(count)]


def test_a_table_worked_by_hand() -> None:
    found = agreement(table(20, 5, 10, 15))  # observed 0.7, by chance 0.5
    assert found.kappa == pytest.approx(0.4)
    assert (found.low, found.high) == (pytest.approx(0.1511, abs=0.005), pytest.approx(0.6489, abs=0.005))


def test_the_margins_matter_not_only_the_share_agreed() -> None:
    assert agreement(table(45, 15, 25, 15)).kappa == pytest.approx(0.1304, abs=1e-4)
    assert agreement(table(25, 35, 5, 35)).kappa == pytest.approx(0.2593, abs=1e-4)


def test_full_agreement_is_as_sure_as_its_number() -> None:
    few, many = agreement(table(3, 0, 0, 3)), agreement(table(300, 0, 0, 300))
    assert few.kappa == many.kappa == few.high == 1.0
    assert few.low is not None and many.low is not None
    assert few.low < 0.5 < 0.97 < many.low


@pytest.mark.parametrize("pairs", [[], [("fine", "fine")] * 9])
def test_without_two_verdicts_nothing_is_known(pairs: list[tuple[str, str]]) -> None:
    assert agreement(pairs).kappa is None


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), max_size=60))
def test_it_is_bounded_and_blind_to_order_and_names(pairs: list[tuple[str, str]]) -> None:
    found = agreement(pairs)
    turned = agreement([(second, first) for first, second in reversed(pairs)])
    renamed = agreement([(first.upper(), second.upper()) for first, second in pairs])
    assert found.cases == len(pairs)
    if found.kappa is None:
        assert turned.kappa is None
        return
    assert found.low is not None and found.high is not None
    assert -1.0 <= found.low <= found.kappa + 1e-9 and found.kappa - 1e-9 <= found.high <= 1.0
    assert turned.kappa == pytest.approx(found.kappa)
    assert renamed.low == pytest.approx(found.low)
