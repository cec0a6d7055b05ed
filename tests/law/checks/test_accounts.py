from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guiju.law.checks.accounts import triggers
from guiju.law.ledger import AccountHistory, Measure, ReportCounts, Turn

from ..ledger import FakeLedger, at
from .measure import measure, value

START = at(5, hour=1)


def turns(pattern: str, start: datetime = START, apart: timedelta = timedelta(minutes=1)) -> tuple[Turn, ...]:
    """``x`` for a violation, ``.`` for none, one after the other; record ids are r0, r1, …"""
    return tuple(Turn(start + i * apart, mark == "x", f"r{i}") for i, mark in enumerate(pattern))


def pause(turn: Turn, seconds: float = 1, kind: str = "suspend", stops: bool = True, reasoned: bool = True) -> Measure:
    began = turn.at + timedelta(seconds=seconds)
    return Measure(began, began + timedelta(hours=1), kind, stops, reasoned)


@pytest.mark.parametrize(
    ("pattern", "met_at"),
    [
        ("", []),
        ("xx.xx.", []),
        ("xxx", ["r2"]),
        (".xxx.", ["r3"]),
        ("xx.xx.x", ["r6"]),  # the fifth of the day
        ("xxx.xx", ["r2", "r5"]),  # three in a row, then the fifth of the day
        ("xxxxxx", ["r2", "r4"]),  # a row starts anew after it was met; the sixth of a day is not counted again
        ("xxxxxxxx", ["r2", "r4", "r7"]),
    ],
)
def test_when_the_rule_is_met(pattern: str, met_at: list[str]) -> None:
    history = AccountHistory("a", turns(pattern), ())
    assert [t.record for t in triggers(history, 3, 5)] == met_at


def test_a_day_is_a_day_in_china() -> None:
    late = at(5, hour=23)
    pattern = turns("x.x.x.x.x", late + timedelta(minutes=50), timedelta(minutes=2))
    assert pattern[4].at.day != pattern[5].at.day
    assert list(triggers(AccountHistory("a", pattern, ()), 3, 5)) == []


@given(st.text("x.", max_size=40))
def test_every_long_enough_row_is_met(pattern: str) -> None:
    met = list(triggers(AccountHistory("a", turns(pattern), ()), 3, 5))
    assert bool(met) is ("xxx" in pattern or pattern.count("x") >= 5)


@pytest.mark.parametrize(
    ("measures", "expected"),
    [
        ((), "fail"),
        ((pause(turns("xxx")[2]),), "pass"),
        ((pause(turns("xxx")[2], seconds=59),), "pass"),
        ((pause(turns("xxx")[2], seconds=61),), "fail"),
        ((pause(turns("xxx")[2], kind="warn", stops=False),), "fail"),
        ((pause(turns("xxx")[2], seconds=-7200),), "fail"),  # ended before the rule was met
    ],
)
def test_pause_rule(measures: tuple[Measure, ...], expected: str) -> None:
    ledger = FakeLedger(histories=(AccountHistory("a", turns("xxx"), measures),))
    result = measure("SVC-03", ledger)
    assert result.status == expected
    assert result.records == ("r2",)


def test_pause_rule_without_a_case_proves_nothing() -> None:
    assert measure("SVC-03").status == "insufficient"
    calm = FakeLedger(histories=(AccountHistory("a", turns("x.x.x"), ()),))
    assert measure("SVC-03", calm).status == "insufficient"


def test_pause_rule_counts_each_account_apart() -> None:
    good = AccountHistory("a", turns("xxx"), (pause(turns("xxx")[2]),))
    bad = AccountHistory("b", turns("xxxxx"), ())
    result = measure("SVC-03", FakeLedger(histories=(good, bad)))
    assert (result.status, value(result, "triggers"), value(result, "missed")) == ("fail", 3, 2)


@pytest.mark.parametrize(
    ("measures", "expected", "unreasoned"),
    [
        ((), "fail", 0),
        ((pause(turns("x")[0], kind="warn", stops=False),), "pass", 0),
        ((pause(turns("x")[0], reasoned=False),), "fail", 1),
        ((Measure(START - timedelta(days=9), None, "limit", False, True),), "pass", 0),
        ((Measure(START - timedelta(days=9), START - timedelta(days=8), "limit", False, True),), "fail", 0),
    ],
)
def test_accounts_handled(measures: tuple[Measure, ...], expected: str, unreasoned: int) -> None:
    ledger = FakeLedger(histories=(AccountHistory("a", turns("x.x.x"), measures),), unnamed=4)
    result = measure("ACC-01", ledger)
    assert result.status == expected
    assert value(result, "unreasoned") == unreasoned
    assert value(result, "anonymous") == 4


@pytest.mark.parametrize(
    ("reported", "expected"),
    [
        (ReportCounts(), "insufficient"),
        (ReportCounts(asked=2, sent=1, waiting=1), "pass"),
        (ReportCounts(asked=2, sent=1, waiting=1, late=1, sample=("r9",)), "fail"),
    ],
)
def test_the_last_step_of_the_ladder_is_measured(reported: ReportCounts, expected: str) -> None:
    result = measure("ACC-01", FakeLedger(reported=reported))
    assert result.status == expected
    assert value(result, "reports_late") == reported.late and set(result.records) == set(reported.sample)


def test_few_violations_call_for_no_measure_until_the_operator_says_so() -> None:
    ledger = FakeLedger(histories=(AccountHistory("a", turns("x.x"), ()),))
    assert measure("ACC-01", ledger).status == "insufficient"
    assert measure("ACC-01", ledger, violations=2).status == "fail"
