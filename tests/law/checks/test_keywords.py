from __future__ import annotations

from datetime import date

import pytest

from guiju.law.ledger import LexiconChange, LexiconFacts, RiskCount

from ..ledger import ON, FakeLedger, at
from .measure import measure, value


def library(entries: int = 10_000, a1: int = 200, a2: int = 100, sourced: int = 10_000) -> LexiconFacts:
    counts = [RiskCount(f"A.1.{c}", a1) for c in "abcdefgh"] + [RiskCount(f"A.2.{c}", a2) for c in "abcdefghi"]
    return LexiconFacts("v7", entries, tuple(counts), sourced, date(2026, 1, 1))


@pytest.mark.parametrize(("entries", "expected"), [(0, "fail"), (9_999, "fail"), (10_000, "pass")])
def test_total(entries: int, expected: str) -> None:
    assert measure("KWD-01", FakeLedger(words=library(entries))).status == expected


@pytest.mark.parametrize(
    ("obligation", "words", "expected", "short"),
    [
        ("KWD-02", library(), "pass", 0),
        ("KWD-02", library(a1=199), "fail", 8),
        ("KWD-02", library(a2=0), "pass", 0),
        ("KWD-03", library(), "pass", 0),
        ("KWD-03", library(a2=99), "fail", 9),
        ("KWD-03", library(a1=0), "pass", 0),
        ("KWD-03", LexiconFacts("v1", 100, (RiskCount("A.2.a", 100),), 0, ON), "fail", 8),
    ],
)
def test_per_risk(obligation: str, words: LexiconFacts, expected: str, short: int) -> None:
    result = measure(obligation, FakeLedger(words=words))
    assert (result.status, value(result, "risks_short")) == (expected, short)


def changed(*days_ago: int) -> tuple[LexiconChange, ...]:
    return tuple(LexiconChange(at(d), f"v{d}", 1, 0) for d in days_ago)


@pytest.mark.parametrize(
    ("first", "changes", "expected"),
    [
        (None, (), "fail"),
        (date(2026, 9, 27), (), "insufficient"),
        (date(2026, 9, 23), (), "pass"),
        (date(2026, 9, 22), (), "fail"),
        (date(2026, 1, 1), changed(21, 14, 7, 0), "pass"),
        (date(2026, 1, 1), changed(21, 14, 7), "pass"),
        (date(2026, 1, 1), changed(21, 14, 6), "fail"),  # eight days between the last two
        (date(2026, 1, 1), changed(21, 14), "fail"),
    ],
)
def test_updates(first: date | None, changes: tuple[LexiconChange, ...], expected: str) -> None:
    words = LexiconFacts("v" if first else "", 9 if first else 0, (), 0, first)
    assert measure("KWD-04", FakeLedger(words=words, changes=changes)).status == expected


def test_an_update_holds_for_a_week() -> None:
    held = measure("KWD-04", FakeLedger(words=library(), changes=changed(21, 14, 7, 2))).validity
    assert held is not None and (held.since, held.until) == (date(2026, 9, 28), date(2026, 10, 5))


@pytest.mark.parametrize(
    ("words", "changes", "expected"),
    [
        (LexiconFacts("", 0, (), 0, None), (), "fail"),
        (library(), changed(7), "pass"),
        (library(), changed(8), "fail"),
        (library(sourced=9_999), changed(1), "fail"),
    ],
)
def test_feature_library(words: LexiconFacts, changes: tuple[LexiconChange, ...], expected: str) -> None:
    assert measure("GOV-04", FakeLedger(words=words, changes=changes)).status == expected
