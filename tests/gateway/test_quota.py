"""Quotas: never more than allowed in a process, never more than one refresh beyond among several."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guiju.errors import AccessError, QuotaConcurrent, QuotaRequests, QuotaTokens
from guiju.gateway.quota import DAY, MINUTE, AccountLimiter, Meter, day_of, minute_of
from guiju.store.snapshot import Limits

NOON = 1_790_000_000.0 // DAY * DAY + 4 * 3600  # 12:00 in China
STEPS = st.lists(st.tuples(st.floats(0, 40), st.integers(0, 30), st.booleans()), max_size=60)


def admitted(meter: Meter, limits: Limits, now: float) -> bool:
    try:
        meter.admit(limits, now)
    except AccessError:
        return False
    return True


@given(steps=STEPS, limit=st.integers(0, 8))
def test_requests_of_any_minute_stay_within_the_quota(steps: list[tuple[float, int, bool]], limit: int) -> None:
    meter, now, counted = Meter(), NOON, dict[int, int]()
    for pause, _, _ in steps:
        now += pause
        minute = minute_of(now)
        if admitted(meter, Limits(requests_per_minute=limit), now):
            counted[minute] = counted.get(minute, 0) + 1
            meter.leave(0, now)
        else:
            assert counted.get(minute, 0) == limit, "refused before the quota was used up"
        assert counted.get(minute, 0) <= limit


@given(steps=STEPS, limit=st.integers(1, 100))
def test_tokens_of_a_day_stop_further_requests(steps: list[tuple[float, int, bool]], limit: int) -> None:
    meter, now, used = Meter(), NOON, 0
    for pause, tokens, _ in steps:
        now += pause
        assert admitted(meter, Limits(tokens_per_day=limit), now) == (used < limit)
        if used < limit:
            meter.leave(tokens, now)
            used += tokens


@given(st.lists(st.booleans(), max_size=40), st.integers(1, 5), st.integers(0, 5))
def test_exchanges_at_once(begin: list[bool], limit: int, elsewhere: int) -> None:
    meter, running = Meter(), 0
    meter.elsewhere = elsewhere
    for begins in begin:
        if begins:
            fits = running + elsewhere < limit
            assert admitted(meter, Limits(concurrent=limit), NOON) == fits
            running += fits
        elif running:
            meter.leave(0, NOON)
            running -= 1
        assert meter.in_flight == running


@given(steps=STEPS, refresh=st.integers(1, 7))
def test_several_processes_agree_at_every_refresh(steps: list[tuple[float, int, bool]], refresh: int) -> None:
    """Whatever is counted is in the shared total exactly once, and every process learns it."""
    meters, shared, now, used = [Meter(), Meter()], dict[tuple[str, int], int](), NOON, 0
    for turn, (_, tokens, which) in enumerate(steps):
        meter = meters[which]
        meter.admit(Limits(), now)
        meter.leave(tokens, now)
        used += tokens
        if turn % refresh == 0:
            for one in meters:
                for key, amount in one.take_pending().items():
                    shared[key] = shared.get(key, 0) + amount
            for one in meters:
                for (window, start), total in shared.items():
                    one.learn(window, start, total)
            for one in meters:
                assert admitted(one, Limits(tokens_per_day=max(1, used)), now) == (used < max(1, used))
                if used < max(1, used):
                    one.leave(0, now)
            assert shared.get(("d", day_of(now)), 0) == used


def test_which_quota_refuses() -> None:
    for limits, error in (
        (Limits(requests_per_minute=1), QuotaRequests),
        (Limits(concurrent=1), QuotaConcurrent),
        (Limits(tokens_per_day=1), QuotaTokens),
    ):
        meter = Meter()
        meter.admit(limits, NOON)
        if error is not QuotaConcurrent:
            meter.leave(1, NOON)
        with pytest.raises(error):
            meter.admit(limits, NOON)


def test_windows_begin_anew() -> None:
    meter, limits = Meter(), Limits(requests_per_minute=1, tokens_per_day=10)
    assert admitted(meter, limits, NOON)
    meter.leave(10, NOON)
    assert not admitted(meter, limits, NOON + MINUTE)
    midnight = NOON + DAY / 2
    assert not admitted(meter, limits, midnight - 1)
    assert admitted(meter, limits, midnight), "days are days of UTC+8"


def test_a_clock_moved_back_neither_frees_nor_locks() -> None:
    meter, limits = Meter(), Limits(requests_per_minute=1)
    assert admitted(meter, limits, NOON)
    assert not admitted(meter, limits, NOON - 30)
    assert admitted(meter, limits, NOON - 3600), "it was ahead by an hour: that hour is not lost"


def test_days_and_minutes() -> None:
    assert day_of(NOON) == NOON - DAY / 2
    assert (day_of(NOON) + 8 * 3600) % DAY == 0 and minute_of(NOON + 59.9) == NOON


def test_accounts_under_the_step_limit() -> None:
    limiter = AccountLimiter()
    assert [limiter.admit("a", 2, NOON) for _ in range(3)] == [True, True, False]
    assert limiter.admit("b", 2, NOON)
    assert limiter.admit("a", 2, NOON + MINUTE)
