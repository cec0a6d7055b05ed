from __future__ import annotations

from datetime import date

import msgspec
import pytest

from guiju.law.checks.disclosure import ALGORITHM, SERVICE
from guiju.law.profile import Disclosure, Profile

from .measure import measure, value

FULL = Disclosure(**{part: "已公开" for part in (*SERVICE, *ALGORITHM)}, url="https://x", confirmed_on=date(2026, 9, 1))


@pytest.mark.parametrize(("obligation", "parts"), [("SVC-05", SERVICE), ("SVC-10", ALGORITHM)])
def test_every_part_must_be_published(obligation: str, parts: tuple[str, ...]) -> None:
    assert measure(obligation, profile=Profile(disclosure=FULL)).status == "pass"
    for part in parts:
        result = measure(obligation, profile=Profile(disclosure=msgspec.structs.replace(FULL, **{part: " "})))
        assert (result.status, value(result, "missing_parts")) == ("fail", 1)
        assert part in result.en


@pytest.mark.parametrize("obligation", ["SVC-05", "SVC-10"])
@pytest.mark.parametrize(
    "shown",
    [
        None,
        msgspec.structs.replace(FULL, url=""),
        msgspec.structs.replace(FULL, confirmed_on=None),
        msgspec.structs.replace(FULL, confirmed_on=date(2026, 6, 29)),
    ],
)
def test_unseen_is_not_proven(obligation: str, shown: Disclosure | None) -> None:
    assert measure(obligation, profile=Profile(disclosure=shown)).status == "insufficient"
