from __future__ import annotations

import pytest

from guiju.law.ledger import LabelCounts
from guiju.law.profile import Profile

from ..ledger import FakeLedger
from .measure import measure

CODE = "001191110000802100433B10000"
TEXT = ("text_generation",)


def labels(delivered: int = 10, explicit: int = 8, declared: int = 2, implicit: int = 10, **more: int) -> LabelCounts:
    return LabelCounts(
        delivered, explicit, declared, implicit, more.get("read_back", 10), more.get("numbered", 10), (CODE,)
    )


@pytest.mark.parametrize(
    ("obligation", "counts", "functions", "expected"),
    [
        ("LAB-02", LabelCounts(0, 0, 0, 0, 0, 0), TEXT, "insufficient"),
        ("LAB-02", labels(), TEXT, "pass"),
        ("LAB-02", labels(declared=1), TEXT, "fail"),
        ("LAB-02", labels(), None, "insufficient"),
        ("LAB-02", labels(), ("text_generation", "image_generation"), "insufficient"),
        ("LAB-02", labels(explicit=0), ("text_generation", "image_generation"), "fail"),
        ("LAB-04", labels(), TEXT, "pass"),
        ("LAB-04", labels(implicit=9), TEXT, "fail"),
        ("LAB-06", labels(), TEXT, "pass"),
        ("LAB-06", labels(numbered=9), TEXT, "fail"),
        ("LAB-06", LabelCounts(5, 5, 0, 0, 0, 0), TEXT, "insufficient"),
        ("LAB-07", labels(), TEXT, "pass"),
        ("LAB-07", labels(read_back=9), TEXT, "fail"),
        ("LAB-07", LabelCounts(5, 5, 0, 0, 0, 0), TEXT, "insufficient"),
    ],
)
def test_coverage(obligation: str, counts: LabelCounts, functions: tuple[str, ...] | None, expected: str) -> None:
    ledger = FakeLedger(label_counts=counts)
    assert measure(obligation, ledger, Profile(functions=functions)).status == expected


@pytest.mark.parametrize(
    ("code", "producers", "expected"),
    [
        (None, (CODE,), "insufficient"),
        (CODE, (), "insufficient"),
        (CODE, (CODE,), "pass"),
        (CODE, (CODE, "demo"), "fail"),
        ("DEMO", ("DEMO",), "fail"),
        (CODE[:22] + "20000", (), "fail"),  # position 23 = 2: a propagation code
        (CODE.lower(), (CODE.lower(),), "fail"),
    ],
)
def test_provider_code(code: str | None, producers: tuple[str, ...], expected: str) -> None:
    counts = LabelCounts(1, 1, 0, 1, 1, 1, producers)
    assert measure("LAB-05", FakeLedger(label_counts=counts), Profile(provider_code=code)).status == expected
