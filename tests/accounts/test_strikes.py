"""What violations weigh: more when disguised or tried again and again, less with age, the same in any order."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guiju.accounts import AccountHistory, AccountPolicy, Violation, points, rehearse
from guiju.accounts.policy import Decay, Probing
from guiju.accounts.strikes import DAY, MINUTE, probes
from guiju.errors import AccountPolicyInvalid

from .test_policy import SOURCE

PLAIN = AccountPolicy.load(SOURCE)
POLICY = msgspec.structs.replace(
    PLAIN,
    weights={"A.1": 3},
    severities={"low": 50, "high": 200},
    disguise=150,
    probing=Probing(times=3, minutes=10, percent=200),
    decay=(Decay(30, 50), Decay(60, 0)),
)
NOW = 400 * DAY


def one(age: int = 0, **fields: object) -> Violation:
    return Violation("r", NOW - age, **{"risk": "A.2.a", **fields})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("violation", "worth"),
    [
        (one(), 1),
        (one(risk="A.1.a"), 3),
        (one(severity="high"), 2),
        (one(severity="unheard of"), 1),
        (one(risk="A.1.a", disguised=True), 4),  # 4.5, rounded down
        (one(risk="A.1.a", severity="high", disguised=True), 9),
        (one(29 * DAY, risk="A.1.a", severity="high"), 6),
        (one(30 * DAY, risk="A.1.a", severity="high"), 3),
        (one(60 * DAY, risk="A.1.a"), 0),
        (one(-5 * DAY), 1),  # a clock that was moved back makes nothing younger than new
    ],
)
def test_one_violation(violation: Violation, worth: int) -> None:
    assert points([violation], POLICY, NOW) == worth


def test_halves_add_up() -> None:
    low = [Violation(f"r{n}", NOW - n * DAY, "A.2.a", severity="low") for n in range(3)]
    assert points(low, POLICY, NOW) == 1


def test_the_third_try_within_ten_minutes_counts_double() -> None:
    tries = [Violation(f"r{n}", NOW + n * 4 * MINUTE, "A.2.a") for n in range(4)]
    assert probes(tries, POLICY) == {"r2", "r3"}
    assert points(tries, POLICY, NOW + DAY) == 1 + 1 + 2 + 2
    apart = [Violation(f"r{n}", NOW + n * 6 * MINUTE, "A.2.a") for n in range(4)]
    assert probes(apart, POLICY) == frozenset()
    others = [Violation(f"r{n}", NOW, risk) for n, risk in enumerate(("A.2.a", "A.2.b", "A.2.c"))]
    assert probes(others, POLICY) == frozenset()


VIOLATIONS = st.lists(
    st.builds(
        Violation,
        record=st.uuids().map(str),
        at=st.integers(NOW - 90 * DAY, NOW),
        risk=st.sampled_from(["A.1.a", "A.2.a"]),
        severity=st.sampled_from(["low", "medium", "high"]),
        disguised=st.booleans(),
    ),
    max_size=12,
)


@given(VIOLATIONS, st.randoms())
def test_the_order_does_not_matter(violations: list[Violation], random: object) -> None:
    shuffled = list(violations)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert points(violations, POLICY, NOW) == points(shuffled, POLICY, NOW)
    assert probes(violations, POLICY) == probes(shuffled, POLICY)


@given(VIOLATIONS, st.integers(0, 100 * DAY))
def test_time_only_takes_away(violations: list[Violation], later: int) -> None:
    assert points(violations, POLICY, NOW + later) <= points(violations, POLICY, NOW)


@given(VIOLATIONS)
def test_one_more_never_weighs_less_and_disguise_always_weighs_more_or_the_same(violations: list[Violation]) -> None:
    whole = points(violations, POLICY, NOW)
    assert points([*violations, one()], POLICY, NOW) >= whole
    plain = [msgspec.structs.replace(v, disguised=False) for v in violations]
    assert points(plain, POLICY, NOW) <= whole
    assert points(violations, msgspec.structs.replace(POLICY, probing=None), NOW) <= whole


@given(VIOLATIONS)
def test_without_multipliers_it_is_the_sum_of_the_weights(violations: list[Violation]) -> None:
    assert points(violations, PLAIN, NOW) == len(violations)


def test_a_rule_in_the_shadow_is_rehearsed_and_never_taken() -> None:
    rule = "  - {id: trial, points: 2, days: 30, step: limit, hours: 1, shadow: true, zh: 试, en: trial, source: s, confidence: O}\n"
    policy = AccountPolicy.load(SOURCE + rule)
    history = AccountHistory(tuple(Violation(f"r{n}", NOW + n, "A.2.a") for n in range(2)))
    (found,) = rehearse(history, policy, NOW)
    assert (found.rule, found.records) == ("trial", ("r0", "r1"))
    from guiju.accounts import advise, judge

    assert judge(history, policy, NOW) is None and advise(history, policy, NOW) is None
    assert rehearse(AccountHistory(), policy, NOW) == ()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("disguise: 90", "at least 100"),
        ("severities: {fatal: 100}", "only these three"),
        ("severities: {low: -1}", "negative"),
        ("probing: {times: 1, minutes: 10, percent: 200}", "at least 2"),
        ("probing: {times: 3, minutes: 10, percent: 50}", "100"),
        ("decay: [{after_days: 30, percent: 50}, {after_days: 60, percent: 70}]", "falls"),
        ("decay: [{after_days: 60, percent: 50}, {after_days: 30, percent: 20}]", "days rise"),
        ("bulk: {approval_above: -1}", "not negative"),
    ],
)
def test_mistakes_of_the_weighing_are_named(line: str, said: str) -> None:
    with pytest.raises(AccountPolicyInvalid) as caught:
        AccountPolicy.load(f"{line}\n{SOURCE}")
    assert said in str(caught.value.params["detail"])


def test_the_pause_may_neither_be_rehearsed_nor_delayed() -> None:
    for change in ("hours: 24, shadow: true, zh: 连续", "hours: 24, delay_minutes: 5, zh: 连续"):
        with pytest.raises(AccountPolicyInvalid):
            AccountPolicy.load(SOURCE.replace("hours: 24, zh: 连续", change))
