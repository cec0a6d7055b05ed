from __future__ import annotations

import pytest

from guiju.law.ledger import DisposalCounts, ExchangeCounts, ReviewCounts

from ..ledger import FakeLedger
from .measure import measure, value


@pytest.mark.parametrize(
    ("counts", "expected", "share"),
    [
        (ExchangeCounts(0, 0, 0, 0, 0, 0), "insufficient", None),
        (ExchangeCounts(100, 100, 100, 90, 90, 0), "pass", 100.0),
        (ExchangeCounts(100, 100, 99, 90, 90, 0), "pass", 100.0),  # the unchecked one was held back
        (ExchangeCounts(100, 100, 99, 90, 90, 1), "fail", 99.47),
        (ExchangeCounts(10**6, 10**6, 10**6 - 1, 0, 0, 1), "fail", 99.99),  # never rounded up to 100
    ],
)
def test_coverage(counts: ExchangeCounts, expected: str, share: float | None) -> None:
    result = measure("SVC-01", FakeLedger(exchange_counts=counts))
    assert result.status == expected
    if share is not None:
        assert value(result, "moderated_share") == share


def test_coverage_names_the_records() -> None:
    counts = ExchangeCounts(2, 2, 1, 2, 2, 1, ("r-unchecked", "r-fine"))
    assert measure("SVC-01", FakeLedger(exchange_counts=counts)).records == ("r-unchecked", "r-fine")


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        (DisposalCounts(found=0, stopped=0, waiting=0, kept=0), "insufficient"),
        (DisposalCounts(found=5, stopped=5, waiting=0, kept=5), "pass"),
        (DisposalCounts(found=5, stopped=3, waiting=2, kept=5), "pass"),
        (DisposalCounts(found=5, stopped=3, waiting=1, kept=5), "fail"),
        (DisposalCounts(found=5, stopped=5, waiting=0, kept=4), "fail"),
    ],
)
def test_disposal(counts: DisposalCounts, expected: str) -> None:
    assert measure("ACC-03", FakeLedger(disposal_counts=counts)).status == expected


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        (ReviewCounts(opened=0, decided=0, late=0, open=0, reviewers=0), "insufficient"),
        (ReviewCounts(opened=9, decided=9, late=0, open=0, reviewers=1), "pass"),
        (ReviewCounts(opened=9, decided=8, late=1, open=1, reviewers=1), "fail"),
        (ReviewCounts(opened=9, decided=0, late=1, open=9, reviewers=0), "fail"),
        (ReviewCounts(opened=9000, decided=9000, late=0, open=0, reviewers=2), "fail"),
        (ReviewCounts(opened=9000, decided=9000, late=0, open=0, reviewers=5), "pass"),
        (ReviewCounts(opened=900, decided=900, late=0, open=0, reviewers=5, needed=5), "pass"),
        (ReviewCounts(opened=900, decided=900, late=0, open=0, reviewers=5, needed=6), "fail"),
    ],
)
def test_review_queue(counts: ReviewCounts, expected: str) -> None:
    assert measure("SVC-02", FakeLedger(review_counts=counts)).status == expected


def test_review_queue_by_the_operators_own_ratio() -> None:
    counts = ReviewCounts(opened=30, decided=30, late=0, open=0, reviewers=1)
    assert measure("SVC-02", FakeLedger(review_counts=counts), cases_per_reviewer=20).status == "fail"
