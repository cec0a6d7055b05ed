from __future__ import annotations

import pytest

from guiju.law.book import rules
from guiju.law.ledger import Ledger
from guiju.law.period import Period
from guiju.law.profile import Profile
from guiju.law.registry import CHECKS, Check, Parameters, check
from guiju.law.result import CheckResult, Figure, percent
from guiju.law.schema import Comparison

from .ledger import ON, FakeLedger


def test_an_id_is_taken_once() -> None:
    with pytest.raises(ValueError, match="registered twice"):
        check("log_retention", zh="", en="")(CHECKS["log_retention"].run)


def test_a_check_without_documentation_is_refused() -> None:
    def silent(ledger: Ledger, profile: Profile, period: Period, parameters: Parameters) -> CheckResult:
        raise AssertionError

    with pytest.raises(ValueError, match="docstring"):
        check("silent", zh="", en="")(silent)
    assert "silent" not in CHECKS


def test_an_unset_threshold_is_named_instead_of_guessed() -> None:
    def never(ledger: Ledger, profile: Profile, period: Period, parameters: Parameters) -> CheckResult:
        raise AssertionError

    asking = Check("asking", "问", "asking", ("limit_hours",), "doc", never)
    parameters = rules().parameters(rules().obligation("CMP-02"))
    result = asking(FakeLedger(), Profile(), Period.ending(ON, 1), parameters)
    assert (result.status, result.zh) == ("insufficient", "运营者尚未设定：公布的答复时限。")


@pytest.mark.parametrize(
    ("part", "whole", "expected"), [(0, 0, None), (0, 9, 0.0), (9, 9, 100.0), (99_999, 100_000, 99.99), (1, 3, 33.33)]
)
def test_percent_never_flatters(part: int, whole: int, expected: float | None) -> None:
    assert percent(part, whole) == expected


@pytest.mark.parametrize(
    ("comparison", "value", "met"),
    [
        (">=", 5, True),
        (">=", 4, False),
        ("<=", 5, True),
        ("<=", 6, False),
        (">", 5, False),
        ("<", 5, False),
        ("==", 5, True),
    ],
)
def test_figures_against_thresholds(comparison: str, value: float, met: bool) -> None:
    assert Figure("records", value, "count", Comparison(comparison), 5).met is met
    assert Figure("records", value).met is None
    assert Figure("records", None, "count", Comparison(comparison), 5).met is None
