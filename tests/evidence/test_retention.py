"""Periods are whole calendar months in China's time and never under the law's minimum."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guiju.errors import RetentionInvalid
from guiju.evidence.retention import Retention

RULES = Retention.load()
MOMENT = st.integers(1_577_836_800_000_000, 2_208_988_800_000_000)  # 2020 to 2040


def us(text: str) -> int:
    return int(datetime.fromisoformat(text + "+08:00").timestamp() * 1_000_000)


@pytest.mark.parametrize(
    ("recorded", "due"),
    [
        ("2026-01-10T00:00", "2026-07-11T00:00"),
        ("2026-01-10T23:59", "2026-07-11T00:00"),
        ("2026-08-31T12:00", "2027-03-01T00:00"),
        ("2027-08-31T12:00", "2028-03-01T00:00"),
    ],
)
def test_six_months_are_over_when_the_day_is_over(recorded: str, due: str) -> None:
    assert RULES.due_at("exchange_text", us(recorded)) == us(due)
    assert not RULES.due("exchange_text", us(recorded), us(due) - 1)
    assert RULES.due("exchange_text", us(recorded), us(due))


@given(MOMENT, MOMENT, st.sampled_from(sorted(RULES.rules)))
def test_the_cutoff_and_the_due_date_agree(at: int, now: int, kind: str) -> None:
    assert RULES.due(kind, at, now) == (at < RULES.cutoff(kind, now))


@given(MOMENT, st.sampled_from(sorted(RULES.rules)))
def test_the_cutoff_is_exact(now: int, kind: str) -> None:
    cutoff = RULES.cutoff(kind, now)
    assert RULES.due(kind, cutoff - 1, now)
    assert not RULES.due(kind, cutoff, now)


@given(MOMENT)
def test_nothing_is_due_before_its_minimum(at: int) -> None:
    for rule in RULES.rules.values():
        assert RULES.due_at(rule.kind, at) - at >= rule.minimum_months * 28 * 86_400_000_000


def test_every_rule_says_where_it_comes_from() -> None:
    for rule in RULES.rules.values():
        assert rule.source and rule.zh and rule.en
        assert rule.keep_months >= rule.minimum_months >= 6


def test_an_operator_may_keep_longer_but_not_shorter() -> None:
    longer = Retention.load(changes={"exchange_text": 12})
    assert longer.due_at("exchange_text", us("2026-01-10T00:00")) == us("2027-01-11T00:00")
    with pytest.raises(RetentionInvalid, match="GJ-3007"):
        Retention.load(changes={"exchange_text": 5})
    with pytest.raises(RetentionInvalid):
        Retention.load(changes={"unknown": 12})
    with pytest.raises(RetentionInvalid):
        RULES.due("unknown", 0, 0)


@pytest.mark.parametrize("document", ["", "rules: 1", "version: x\nrules:\n  - kind: a\n", "version: [", "a: b\n"])
def test_malformed_documents_are_refused(document: str) -> None:
    with pytest.raises(RetentionInvalid):
        Retention.load(document)
