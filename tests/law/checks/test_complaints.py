from __future__ import annotations

import pytest

from guiju.law.ledger import ComplaintChannel, ComplaintCounts, ComplaintTopic

from ..ledger import FakeLedger
from .measure import measure, value


def ledger(
    topic: str, received: int = 0, in_time: int = 0, late: int = 0, days: int = 15, open: bool = True
) -> FakeLedger:
    return FakeLedger(
        channel=ComplaintChannel(open, (ComplaintTopic("content", 5), ComplaintTopic(topic, days))),
        complained={"": ComplaintCounts(9, 9, 0), topic: ComplaintCounts(received, in_time, late)},
    )


@pytest.mark.parametrize(("open", "expected"), [(True, "pass"), (False, "fail")])
def test_complaint_channel(open: bool, expected: str) -> None:
    result = measure("CMP-01", ledger("voice", open=open))
    assert (result.status, value(result, "complaint_kinds")) == (expected, 2)


@pytest.mark.parametrize(
    ("received", "in_time", "late", "share", "expected"),
    [
        (0, 0, 0, None, "insufficient"),
        (3, 0, 0, None, "insufficient"),  # all still within their limit
        (10, 10, 0, 100, "pass"),
        (10, 9, 1, 90, "fail"),
        (20, 19, 1, 95, "pass"),
        (2, 0, 1, 0, "fail"),
    ],
)
def test_complaints_in_time(received: int, in_time: int, late: int, share: int | None, expected: str) -> None:
    result = measure("CMP-02", ledger("", received, in_time, late), min_share=95)
    assert (result.status, value(result, "complaints_in_time")) == (expected, share)


def test_the_share_is_the_operators_to_set() -> None:
    assert measure("CMP-02", ledger("", 10, 10, 0)).status == "insufficient"


@pytest.mark.parametrize(
    ("in_time", "late", "days", "expected"),
    [(1, 0, 15, "pass"), (1, 0, 16, "fail"), (5, 1, 15, "fail"), (0, 0, 15, "insufficient")],
)
def test_personal_requests(in_time: int, late: int, days: int, expected: str) -> None:
    assert measure("CMP-03", ledger("personal_information", 9, in_time, late, days)).status == expected


def test_personal_requests_need_a_declared_limit() -> None:
    assert measure("CMP-03", ledger("voice", 1, 1)).status == "fail"


@pytest.mark.parametrize(
    ("topic", "open", "expected"), [("ip", True, "pass"), ("ip", False, "fail"), ("voice", True, "fail")]
)
def test_ip_channel(topic: str, open: bool, expected: str) -> None:
    assert measure("CMP-04", ledger(topic, open=open)).status == expected
