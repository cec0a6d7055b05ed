from __future__ import annotations

from datetime import date

import pytest

from guiju.law.ledger import AccountCounts, CareCounts, MinorsContent, MinorsYear
from guiju.law.profile import Profile

from ..ledger import FakeLedger
from .measure import measure, value


@pytest.mark.parametrize(
    ("obligation", "seen", "expected"),
    [
        ("MIN-01", CareCounts(), "insufficient"),
        ("MIN-01", CareCounts(minors=3, denied=2), "pass"),
        ("MIN-01", CareCounts(minors=3, denied=2, bypassed=1, sample=("7",)), "fail"),
        ("ANT-01", CareCounts(), "insufficient"),
        ("ANT-01", CareCounts(personas_denied=1), "pass"),
        ("ANT-01", CareCounts(personas_denied=1, bands_open=1), "fail"),
        ("ANT-02", CareCounts(), "insufficient"),
        ("ANT-02", CareCounts(blocks=9), "insufficient"),
        ("ANT-02", CareCounts(blocks=9, long_blocks=2), "pass"),
        ("ANT-02", CareCounts(blocks=9, long_blocks=2, unreminded=1), "fail"),
        ("ANT-03", CareCounts(), "insufficient"),
        ("ANT-03", CareCounts(blocks=9, introduced=9), "pass"),
        ("ANT-03", CareCounts(blocks=9, introduced=8), "fail"),
        ("ANT-04", CareCounts(), "insufficient"),
        ("ANT-04", CareCounts(crises=2), "pass"),
        ("ANT-04", CareCounts(crises=2, crises_late=1), "fail"),
        ("ANT-05", CareCounts(), "insufficient"),
        ("ANT-05", CareCounts(exits=1), "pass"),
        ("ANT-05", CareCounts(exits=1, retained=1), "fail"),
        ("ANT-05", CareCounts(retained=1), "fail"),
        ("ANT-07", CareCounts(), "insufficient"),
        ("ANT-07", CareCounts(requests=2), "pass"),
        ("ANT-07", CareCounts(requests=2, requests_late=2), "fail"),
    ],
)
def test_minors_and_companions(obligation: str, seen: CareCounts, expected: str) -> None:
    result = measure(obligation, FakeLedger(cared=seen))
    assert result.status == expected
    if expected == "fail" and seen.sample:
        assert result.records == seen.sample


@pytest.mark.parametrize(
    ("counted", "stated", "due"),
    [
        (AccountCounts(10, 5), None, False),
        (AccountCounts(1_000_001, 5), None, True),
        (AccountCounts(10, 100_001), None, True),
        (AccountCounts(1_000_000, 100_000), None, False),
        (AccountCounts(10, 5), 100_001, True),
    ],
)
def test_numbers_of_users_are_watched_and_prove_nothing(counted: AccountCounts, stated: int | None, due: bool) -> None:
    result = measure("ANT-06", FakeLedger(people=counted), Profile(monthly_active_users=stated))
    assert result.status == "insufficient", "the assessment is a document"
    assert ("须提交" in result.zh) is due
    assert value(result, "accounts_registered") == counted.registered


@pytest.mark.parametrize(
    ("obligation", "seen", "expected"),
    [
        ("MIN-03", MinorsContent(pools=4, served=1, banded=1), "fail"),
        ("MIN-03", MinorsContent(pools=5), "insufficient"),
        ("MIN-03", MinorsContent(pools=5, served=9, banded=8), "fail"),
        ("MIN-03", MinorsContent(pools=5, served=9, banded=9), "insufficient"),  # pools that the operator serves itself
        ("MIN-03", MinorsContent(pools=5, served=9, banded=9, pooled=9), "pass"),
        ("MIN-03", MinorsContent(pools=5, served=9, banded=9, pooled=8, unpooled=1), "fail"),
        ("MIN-05", MinorsContent(), "insufficient"),
        ("MIN-05", MinorsContent(affecting=3, prompted=3), "pass"),
        ("MIN-05", MinorsContent(affecting=3, prompted=2, sample=("7",)), "fail"),
        ("MIN-06", MinorsContent(), "insufficient"),
        ("MIN-06", MinorsContent(served=9), "pass"),
        ("MIN-06", MinorsContent(served=9, pushed=1), "fail"),
        ("MIN-09", MinorsContent(bands=5, capped=5), "insufficient"),
        ("MIN-09", MinorsContent(bands=5, capped=5, purchases=2), "pass"),
        ("MIN-09", MinorsContent(bands=5, capped=5, purchases=2, overspent=1), "fail"),
        ("MIN-09", MinorsContent(bands=5, capped=4), "fail"),
        ("MIN-10", MinorsContent(marketing_open=1), "fail"),
        ("MIN-10", MinorsContent(), "insufficient"),
        ("ANT-08", MinorsContent(delivered=9), "insufficient"),  # until the operator sets the limit
    ],
)
def test_what_minors_are_served(obligation: str, seen: MinorsContent, expected: str) -> None:
    assert measure(obligation, FakeLedger(content=seen)).status == expected


@pytest.mark.parametrize(("inducing", "expected"), [(1, "pass"), (2, "fail")])
def test_dependence_is_held_against_the_operators_limit(inducing: int, expected: str) -> None:
    result = measure("ANT-08", FakeLedger(content=MinorsContent(delivered=100, inducing=inducing)), max_rate=1)
    assert result.status == expected and value(result, "inducing_rate") == inducing


DONE = date(2026, 2, 3)


@pytest.mark.parametrize(
    ("years", "expected"),
    [
        ((), "insufficient"),
        ((MinorsYear(2025, accounts=3),), "insufficient"),  # still due in 2026
        ((MinorsYear(2024, accounts=3), MinorsYear(2025, accounts=3, published=DONE, audited=DONE)), "fail"),
        ((MinorsYear(2024, accounts=3), MinorsYear(2025)), "fail"),
        ((MinorsYear(2025, accounts=3, published=DONE, audited=DONE),), "pass"),
        ((MinorsYear(2025, published=DONE, audited=DONE),), "insufficient"),  # nobody used it: nothing to prove
    ],
)
@pytest.mark.parametrize("obligation", ["MIN-07", "MIN-08"])
def test_the_year_before_was_reported_on(obligation: str, years: tuple[MinorsYear, ...], expected: str) -> None:
    result = measure(obligation, FakeLedger(years=years))
    assert result.status == expected
    assert (result.validity is not None and result.validity.until == date(2026, 12, 31)) is (expected == "pass")


def test_a_look_without_a_reason_fails_the_audit() -> None:
    year = MinorsYear(2025, accounts=3, published=DONE, audited=DONE, looks=2, unreasoned=1)
    assert measure("MIN-07", FakeLedger(years=(year,))).status == "fail"
    assert measure("MIN-08", FakeLedger(years=(year,))).status == "pass"
