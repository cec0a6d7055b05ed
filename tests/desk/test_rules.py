"""The desk's policy and what it makes of a case."""

from __future__ import annotations

from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guiju.desk import DeskPolicy, Signals, opening
from guiju.errors import DeskPolicyInvalid

POLICY = DeskPolicy.load()
SOURCE = resources.files("guiju.desk").joinpath("data", "desk.yaml").read_text("utf-8")
SEVERITIES = ("low", "medium", "high")
RISKS = st.sampled_from(["A.1.f", "A.1.f/minors", "A.1.d", "A.4.a", "A.4.a/minors", "A.2.c", "A.1.h/gambling", ""])


@pytest.mark.parametrize(
    ("signals", "hours", "deadline"),
    [
        (Signals("A.1.h/gambling"), 24, "ordinary"),
        (Signals("A.1.h/gambling", "high"), 8, "high"),
        (Signals("A.1.d", "low"), 4, "terror"),
        (Signals("A.4.a/selfharm", "high"), 4, "self-harm"),
        (Signals("A.1.h/gambling", "low", minor=True), 4, "minors"),
        (Signals("A.4.a/minors", "low"), 4, "minors"),
    ],
)
def test_deadlines(signals: Signals, hours: int, deadline: str) -> None:
    begun = opening(POLICY, signals)
    assert (begun.hours, begun.deadline) == (hours, deadline)


@given(RISKS, st.sampled_from(SEVERITIES), st.integers(0, 10**7), st.integers(0, 10**7), st.booleans())
def test_more_of_a_signal_never_waits_longer(risk: str, severity: str, reach: int, more: int, minor: bool) -> None:
    less = opening(POLICY, Signals(risk, severity, min(reach, more), minor=False))
    worse = SEVERITIES[min(2, SEVERITIES.index(severity) + 1)]
    greater = opening(POLICY, Signals(risk, worse, max(reach, more), minor))
    assert 0 <= less.priority <= greater.priority <= 100
    assert greater.hours <= less.hours


@pytest.mark.parametrize(
    "broken",
    [
        "version: [",
        SOURCE.replace("lease_minutes: 10", "lease_minutes: 0"),
        SOURCE.replace("lease_minutes: 10", ""),
        SOURCE.replace("lease_minutes: 10", "lease_minutes: 10\nsurprise: 1"),
        SOURCE.replace("low: 20, ", ""),
        SOURCE.replace('source: "obligation SVC-02, threshold limit_hours"', "source: x, minors: true"),
    ],
)
def test_mistakes_are_named(broken: str) -> None:
    with pytest.raises(DeskPolicyInvalid) as caught:
        DeskPolicy.load(broken)
    assert caught.value.message("en").partition(": ")[2]


def test_what_is_grave_to_look_at() -> None:
    limits = POLICY.exposure
    assert limits.severe("A.1.f/minors", "low") and limits.severe("A.2.a", "high")
    assert not limits.severe("A.1.h", "medium")
