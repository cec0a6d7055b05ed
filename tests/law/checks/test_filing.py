from __future__ import annotations

from datetime import date

import pytest

from guiju.law.ledger import ModelTraffic
from guiju.law.profile import Algorithm, BaseModel, Filing, Profile, Surface

from ..ledger import FakeLedger
from .measure import measure

ALGORITHM = "网信算备110108823483901230015号"
MODEL = "Beijing-YunQue-20230821"


def filing(kind: str = "model_filing", number: str = MODEL, verified: date | None = date(2026, 9, 10)) -> Filing:
    return Filing(kind, number, notice_url="https://www.cac.gov.cn/notice", verified_on=verified)


@pytest.mark.parametrize(
    ("roles", "filings", "expected"),
    [
        (("provider",), None, "insufficient"),
        (("provider",), (), "fail"),
        (("provider",), (filing(),), "pass"),
        (("provider",), (filing(number="ZheJiang-TongYiQianWen-20230901"),), "pass"),
        (("provider",), (filing(number="Shanghai-Name-202404280013"),), "pass"),
        (("provider",), (filing(number="Beijing-YunQue-20231332"),), "fail"),
        (("provider",), (filing(number="待取得"),), "fail"),
        (("provider",), (filing("model_registration", "Zhejiang-20250101-001"),), "fail"),
        (("provider", "registrant"), (filing("model_registration", "Zhejiang-20250101-001"),), "pass"),
        (("provider",), (Filing("model_filing", MODEL, expires_on=date(2026, 9, 29)),), "fail"),
        (("provider",), (Filing("model_filing", MODEL),), "insufficient"),
        (("provider",), (filing(verified=date(2026, 8, 29)),), "insufficient"),
        (("provider",), (filing(verified=date(2026, 8, 30)),), "pass"),
    ],
)
def test_model_filing(roles: tuple[str, ...], filings: tuple[Filing, ...] | None, expected: str) -> None:
    assert measure("FIL-01", profile=Profile(roles=roles, filings=filings)).status == expected


def test_model_filing_holds_until_the_next_comparison_or_its_end() -> None:
    held = measure("FIL-01", profile=Profile(filings=(filing(),))).validity
    assert held is not None and held.until == date(2026, 10, 11)
    ending = Filing("model_filing", MODEL, None, date(2026, 10, 1), "https://x", date(2026, 9, 10))
    held = measure("FIL-01", profile=Profile(filings=(ending,))).validity
    assert held is not None and held.until == date(2026, 10, 1)


@pytest.mark.parametrize(
    ("number", "seen", "expected"),
    [
        (None, None, "insufficient"),
        ("", date(2026, 9, 29), "fail"),
        ("网信算备12345号", date(2026, 9, 29), "fail"),
        (ALGORITHM, date(2026, 9, 29), "pass"),
        (ALGORITHM, None, "insufficient"),
        (ALGORITHM, date(2026, 8, 1), "insufficient"),
    ],
)
def test_number_shown(number: str | None, seen: date | None, expected: str) -> None:
    filings = None if number is None else (Filing("algorithm", number),)
    profile = Profile(filings=filings, surfaces=(Surface("网站", "https://x", seen),))
    assert measure("FIL-05", profile=profile).status == expected


def test_number_must_show_on_every_surface() -> None:
    filings = (Filing("algorithm", ALGORITHM),)
    both = (Surface("网站", "", date(2026, 9, 1)), Surface("应用", "", date(2026, 9, 20)))
    held = measure("FIL-05", profile=Profile(filings=filings, surfaces=both)).validity
    assert held is not None and held.until == date(2026, 10, 2)
    one = (*both, Surface("小程序"))
    assert measure("FIL-05", profile=Profile(filings=filings, surfaces=one)).status == "insufficient"
    assert measure("FIL-05", profile=Profile(filings=filings)).status == "insufficient"


@pytest.mark.parametrize(
    ("algorithms", "expected"),
    [
        (None, "insufficient"),
        ((), "insufficient"),
        ((Algorithm("对话", "generation"),), "pass"),
        ((Algorithm("对话", "generation"), Algorithm("推荐", "")), "fail"),
        ((Algorithm("对话", "chat"),), "fail"),
    ],
)
def test_categories(algorithms: tuple[Algorithm, ...] | None, expected: str) -> None:
    assert measure("FIL-06", profile=Profile(algorithms=algorithms)).status == expected


@pytest.mark.parametrize(
    ("functions", "expected"),
    [
        (None, "insufficient"),
        (("text_generation", "calls_filed_model"), "pass"),
        (("text_generation", "fine_tuned_model"), "fail"),
        (("self_trained_model",), "fail"),
    ],
)
def test_unmodified(functions: tuple[str, ...] | None, expected: str) -> None:
    assert measure("FIL-12", profile=Profile(functions=functions)).status == expected


@pytest.mark.parametrize(
    ("models", "served", "expected"),
    [
        (None, ("qwen",), "insufficient"),
        ((BaseModel("qwen", "", MODEL),), (), "insufficient"),
        ((BaseModel("qwen", "", MODEL),), ("qwen",), "pass"),
        ((BaseModel("qwen", "", MODEL),), ("qwen", "llama"), "fail"),
        ((BaseModel("qwen", "", ""),), ("qwen",), "fail"),
        ((BaseModel("qwen", "", MODEL), BaseModel("spare")), ("qwen",), "fail"),
    ],
)
def test_base_models(models: tuple[BaseModel, ...] | None, served: tuple[str, ...], expected: str) -> None:
    ledger = FakeLedger(traffic=tuple(ModelTraffic(name, 7) for name in served))
    assert measure("MOD-01", ledger, Profile(base_models=models)).status == expected
