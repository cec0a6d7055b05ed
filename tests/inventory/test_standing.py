from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from guiju.inventory import Facts, remarks, stands_out

NOW = datetime(2026, 6, 1, 4, tzinfo=UTC)
TODAY = date(2026, 6, 1)


def facts(**fields: Any) -> Facts:
    good: dict[str, Any] = {
        "approved": True, "purpose": "customer_service", "created": NOW - timedelta(days=400),
        "reviewed": NOW - timedelta(days=10), "filing_number": "网信算备1", "filing_expires": TODAY + timedelta(days=365),
        "days": [100] * 30, "last_call": NOW, "fields": {},
    }  # fmt: skip
    return Facts(**(good | fields))


@pytest.mark.parametrize(
    ("fields", "kinds"),
    [
        ({}, []),
        ({"approved": False, "filing_number": ""}, []),
        ({"filing_number": ""}, ["no_filing"]),
        ({"filing_expires": TODAY + timedelta(days=60)}, ["filing_ends"]),
        ({"last_call": NOW - timedelta(days=30), "days": [0] * 30}, ["unused"]),
        ({"last_call": None, "created": NOW - timedelta(days=29), "days": [0] * 30, "reviewed": None}, []),
        ({"keys_unused": ["gj-7Kq2"]}, ["unused_keys"]),
        ({"reviewed": NOW - timedelta(days=180)}, ["recertify"]),
        ({"days": [100] * 29 + [400]}, ["volume"]),
        ({"days": [100] * 23 + [400] + [100] * 6}, ["volume"]),
        ({"days": [100] * 22 + [400] + [100] * 7}, []),
        ({"fields": {"medicine": 600}}, ["drift"]),
        ({"fields": {"medicine": 599}}, []),
        ({"fields": {"medicine": 600}, "purpose": "medical"}, []),
        ({"fields": {"medicine": 9}, "days": [10]}, []),
    ],
)
def test_what_is_remarked(fields: dict[str, Any], kinds: list[str]) -> None:
    assert [remark.kind for remark in remarks(facts(**fields), NOW, TODAY)] == kinds


@pytest.mark.parametrize(
    ("before", "day", "out"),
    [([100] * 7, 300, True), ([100] * 7, 290, False), ([0, 0], 1000, False), ([0] * 7, 99, False), ([0] * 7, 100, True), ([10, 500, 20, 700], 900, False)],
)  # fmt: skip
def test_a_day_that_stands_out(before: list[int], day: int, out: bool) -> None:
    assert stands_out(before, day, factor=3.0, least=100) is out


def test_the_day_that_stood_out_is_named() -> None:
    found = remarks(facts(days=[100] * 26 + [5200, 100, 100, 100]), NOW, TODAY)
    assert [remark.zh for remark in found] == ["5月29日 5200 次，此前平均每日约 100 次"]
