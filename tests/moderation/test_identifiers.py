"""Identifiers with their check digits, and the near misses."""

from __future__ import annotations

import pytest

from guiju.moderation.identifiers import CHECKS

VALID = {
    "resident_id": ["11010119900307803x", "110101 19900307 803x"],
    "bank_card": ["4111111111111111", "5555 5555 5555 4444", "378282246310005", "6222021234567890128"],
    "credit_code": ["91350100m000100y43"],
    "mobile": ["13912345678", "+86 139-1234-5678"],
    "secret": ["9f8a7b6c5d4e3f2a1b0c9d8e", "proj-a8k2m4n6p9q1r3t5v7x0"],
}
INVALID = {
    "resident_id": [
        "110101199003078031",
        "11010119900230803x",
        "990101199003078036",
        "1101011990030780",
        "110101209903078036x",
    ],
    "bank_card": ["4111111111111112", "0000000000000000", "411111111111", "123456789012345"],
    "credit_code": ["91350100m000100y44", "9135010om000100y43", "11010119900307803x", "91350100"],
    "mobile": ["13800138000", "13333333333", "1391234567"],
    "secret": ["xxxxxxxxxxxxxxxxxxxxxxxx", "learning-rate-schedule", "12345678901234567890"],
}


@pytest.mark.parametrize(("name", "value"), [(n, v) for n, values in VALID.items() for v in values])
def test_valid(name: str, value: str) -> None:
    assert CHECKS[name](value)


@pytest.mark.parametrize(("name", "value"), [(n, v) for n, values in INVALID.items() for v in values])
def test_invalid(name: str, value: str) -> None:
    assert not CHECKS[name](value)


def test_every_check_has_its_table() -> None:
    assert set(CHECKS) == set(VALID) == set(INVALID)


def test_exactly_one_check_character_fits_a_resident_number() -> None:
    body = "44052419800101001"
    assert sum(CHECKS["resident_id"](body + c) for c in "0123456789x") == 1
