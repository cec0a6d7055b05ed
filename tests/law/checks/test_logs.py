from __future__ import annotations

from datetime import date

import pytest

from guiju.law.ledger import ChainFacts, Drill, Retention, Verification
from guiju.law.result import Validity

from ..ledger import FakeLedger, at
from .measure import measure, value

LONG_AGO, SIX_MONTHS, LATELY = date(2025, 1, 1), date(2026, 3, 30), date(2026, 8, 1)


@pytest.mark.parametrize(
    ("kept", "expected"),
    [
        (Retention(None, None, 0, 0), "insufficient"),
        (Retention(LATELY, LATELY, 0, 0), "insufficient"),  # too young, nothing lost
        (Retention(date(2026, 3, 31), date(2026, 3, 31), 0, 0), "insufficient"),  # a day short of six months
        (Retention(SIX_MONTHS, SIX_MONTHS, 0, 0), "pass"),
        (Retention(LONG_AGO, LONG_AGO, 0, 0), "pass"),
        (Retention(LONG_AGO, SIX_MONTHS, 0, 700), "pass"),  # older ones were deleted when due
        (Retention(LONG_AGO, SIX_MONTHS, 0, 0), "fail"),  # older ones are gone without a deletion on record
        (Retention(LATELY, None, 0, 0), "fail"),
        (Retention(LATELY, LATELY, 1, 0), "fail"),
        (Retention(LONG_AGO, LONG_AGO, 3, 90), "fail"),
    ],
)
def test_retention(kept: Retention, expected: str) -> None:
    assert measure("LOG-01", FakeLedger(kept=kept), check="log_retention").status == expected


def test_retention_shows_how_long() -> None:
    result = measure("LOG-01", FakeLedger(kept=Retention(LATELY, LATELY, 0, 0)), check="log_retention")
    assert value(result, "running_days") == 60


@pytest.mark.parametrize(
    ("records", "verification", "expected"),
    [
        (0, None, "insufficient"),
        (9, None, "insufficient"),
        (9, Verification(at(0), 9, 0), "pass"),
        (9, Verification(at(7), 9, 0), "pass"),
        (9, Verification(at(8), 9, 0), "insufficient"),
        (9, Verification(at(0), 9, 1), "fail"),
        (9, Verification(at(90), 9, 1), "fail"),  # a problem does not age away
    ],
)
def test_chain(records: int, verification: Verification | None, expected: str) -> None:
    facts = ChainFacts(records, at(0), at(0), 0, verification)
    assert measure("LOG-01", FakeLedger(chain_facts=facts), check="evidence_chain").status == expected


def test_chain_says_until_when() -> None:
    facts = ChainFacts(9, at(0), at(0), 0, Verification(at(2), 9, 0))
    result = measure("LOG-01", FakeLedger(chain_facts=facts), check="evidence_chain")
    assert result.validity == Validity(date(2026, 9, 28), date(2026, 10, 5))


def drill(days_ago: int, seconds: int = 60, verified: bool = True) -> Drill:
    return Drill(f"x-{days_ago}", at(days_ago), seconds, 1000, verified)


@pytest.mark.parametrize(
    ("exports", "first", "expected"),
    [
        ((), None, "insufficient"),
        ((), LATELY, "insufficient"),
        ((), LONG_AGO, "fail"),
        ((drill(400),), LONG_AGO, "fail"),
        ((drill(10, verified=False),), LONG_AGO, "fail"),
        ((drill(300), drill(10)), LONG_AGO, "pass"),
    ],
)
def test_export_drill(exports: tuple[Drill, ...], first: date | None, expected: str) -> None:
    ledger = FakeLedger(exports=exports, kept=Retention(first, first, 0, 0))
    assert measure("LOG-05", ledger).status == expected


def test_inspection_pack_must_be_quick_and_quarterly() -> None:
    assert measure("GOV-05", FakeLedger(exports=(drill(10),))).status == "pass"
    assert measure("GOV-05", FakeLedger(exports=(drill(10, seconds=25 * 3600),))).status == "fail"
    assert measure("GOV-05", FakeLedger(exports=(drill(93),))).status == "insufficient"
    assert measure("GOV-05", FakeLedger(exports=(drill(93),)), drill_days=120).status == "pass"
    assert measure("GOV-05", FakeLedger(exports=(drill(300), drill(10)))).records == ("x-10",)
