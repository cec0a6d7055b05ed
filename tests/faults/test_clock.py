"""The clock is moved back: evidence verifies, accounts are judged, quotas neither leak nor lock anybody out."""

from __future__ import annotations

import pytest

from guiju.errors import QuotaRequests, QuotaTokens
from guiju.gateway.quota import AccountLimiter, Meter
from guiju.store import models
from guiju.store.actor import Actor
from guiju.store.evidence import verify
from guiju.store.snapshot import Limits
from tests.faults.writing import Writing

HOUR = 3_600_000_000


def test_evidence_verifies(writing: Writing) -> None:
    for step in (0, -HOUR, -24 * HOUR, 30 * 24 * HOUR, -HOUR):
        writing.clock.now += step
        for _ in range(5):
            writing.write()
    writing.clock.now -= 48 * HOUR
    another = Writing(writing.clock, [])  # a process that starts in what it takes for the past
    another.write()
    another.stop()
    writing.stop()
    report = verify(Actor.system("test"))
    assert report.ok, report.problems
    assert report.records >= 26 and models.Seal.objects.count() >= 5


def paused() -> bool:
    return models.Sanction.objects.filter(account="acc-1", step="suspend").exists()


def test_three_in_a_row_are_three_in_a_row(writing: Writing, sanctions: list[int]) -> None:
    writing.write(violation=True)
    writing.write(violation=True)
    writing.clock.now -= HOUR
    assert not paused()
    writing.write(violation=True)
    assert paused() and sanctions, "the gateway was not told"


def test_a_harmless_prompt_in_between_still_counts(writing: Writing) -> None:
    writing.write(violation=True)
    writing.write(violation=True)
    writing.clock.now -= HOUR
    writing.write()
    writing.clock.now += HOUR
    writing.write(violation=True)
    assert not paused()


def test_requests_a_minute() -> None:
    meter, limits = Meter(), Limits(requests_per_minute=2)
    now = 1_790_000_030.0
    meter.admit(limits, now)
    meter.admit(limits, now)
    for back in (0.0, 35.0):  # within the minute, and across its edge: no second helping
        with pytest.raises(QuotaRequests):
            meter.admit(limits, now - back)
    meter.admit(limits, now - 3600)  # an hour back: nobody waits for that hour to pass
    meter.admit(limits, now - 3600)
    with pytest.raises(QuotaRequests):
        meter.admit(limits, now - 3600)


def test_tokens_a_day() -> None:
    meter, limits = Meter(), Limits(tokens_per_day=100)
    now = 1_790_000_000.0
    meter.admit(limits, now)
    meter.leave(100, now)
    for back in (0.0, 3600.0, 86_400.0):
        with pytest.raises(QuotaTokens):
            meter.admit(limits, now - back)
    meter.admit(limits, now - 3 * 86_400)


def test_a_limited_account() -> None:
    limiter = AccountLimiter()
    now = 1_790_000_030.0
    assert limiter.admit("a", 1, now) and not limiter.admit("a", 1, now) and not limiter.admit("a", 1, now - 35)
    assert limiter.admit("a", 1, now - 3600)
