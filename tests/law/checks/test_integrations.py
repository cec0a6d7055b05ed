from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest

from guiju.law.ledger import CallerCounts, IntegrationFacts
from guiju.law.result import Validity

from ..ledger import FakeLedger
from .measure import measure, value

LINE = IntegrationFacts(
    id="i1",
    name="客服机器人",
    status="approved",
    owner="张三",
    purpose="客服",
    filing_number="Beijing-RuiYi-20240506",
    filing_expires=None,
    reviewed_on=date(2026, 9, 1),
    requests=10,
    requests_while_unapproved=0,
)


def line(**changes: Any) -> IntegrationFacts:
    return msgspec.structs.replace(LINE, **changes)


@pytest.mark.parametrize(
    ("lines", "callers", "expected"),
    [
        ((), CallerCounts(0, 0, 0), "insufficient"),
        ((line(requests=0),), CallerCounts(0, 5, 0), "insufficient"),
        ((LINE,), CallerCounts(0, 99, 9), "pass"),
        ((LINE,), CallerCounts(1, 0, 0), "fail"),
        ((line(requests_while_unapproved=1),), CallerCounts(0, 0, 0), "fail"),
        ((line(owner=" "),), CallerCounts(0, 0, 0), "fail"),
        ((LINE, line(id="i2", purpose="", requests=0)), CallerCounts(0, 0, 0), "fail"),
        ((line(reviewed_on=None),), CallerCounts(0, 0, 0), "insufficient"),
        ((line(reviewed_on=date(2026, 6, 29)),), CallerCounts(0, 0, 0), "insufficient"),
        ((line(reviewed_on=date(2026, 6, 30)),), CallerCounts(0, 0, 0), "pass"),
        ((LINE, line(id="i2", status="retired", owner="", requests=0)), CallerCounts(0, 0, 0), "pass"),
    ],
)
def test_inventory(lines: tuple[IntegrationFacts, ...], callers: CallerCounts, expected: str) -> None:
    result = measure("API-01", FakeLedger(inventory=lines, caller_counts=callers))
    assert result.status == expected
    assert value(result, "refused") == callers.refused_unknown + callers.refused_unapproved


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ((), "insufficient"),
        ((line(status="applied"),), "insufficient"),
        ((LINE,), "pass"),
        ((line(filing_number=""),), "fail"),
        ((line(filing_number="待补"),), "fail"),
        ((line(filing_number="no number"),), "fail"),
        ((line(filing_expires=date(2026, 9, 29)),), "fail"),
        ((line(filing_expires=date(2026, 9, 30)),), "pass"),
        ((LINE, line(filing_number="", status="suspended")), "pass"),
    ],
)
def test_filing_numbers(lines: tuple[IntegrationFacts, ...], expected: str) -> None:
    assert measure("API-02", FakeLedger(inventory=lines)).status == expected


def test_filing_numbers_hold_until_the_first_lapses() -> None:
    lines = (line(filing_expires=date(2027, 1, 1)), line(filing_expires=date(2026, 12, 1)))
    assert measure("API-02", FakeLedger(inventory=lines)).validity == Validity(None, date(2026, 12, 1))
