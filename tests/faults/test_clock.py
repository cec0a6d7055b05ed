"""The clock is moved back: evidence verifies, accounts are judged, quotas neither leak nor lock anybody out."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from django.db import connections

from guiju.errors import QuotaRequests, QuotaTokens
from guiju.evidence.record import Exchange, Outcome, Verdict, new_id
from guiju.gateway.quota import AccountLimiter, Meter
from guiju.settings import EvidenceSettings
from guiju.store import keys, models
from guiju.store.actor import Actor
from guiju.store.consequences import Consequences
from guiju.store.evidence import verify
from guiju.store.snapshot import Limits
from guiju.store.writer import Draft, EvidenceWriter

HOUR = 3_600_000_000
NOON = 1_790_000_000_000_000


class Clock:
    """A clock that goes on by a second each time it is read, and can be put back."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> int:
        self.now += 1_000_000
        return self.now


class Writing:
    """An evidence writer of this process with a clock of its own."""

    def __init__(self, clock: Clock, sanctions: list[int]) -> None:
        self.clock = clock
        settings = EvidenceSettings(seal_every_records=4)
        follow = Consequences(on_sanction=lambda: sanctions.append(1))
        self.writer = EvidenceWriter(keys.vault(), keys.seal_key(), settings, follow, clock)
        self.loop = asyncio.new_event_loop()
        self.writer.start()

    def write(self, *, violation: bool = False) -> None:
        at = self.clock()
        prompt = Verdict(action="block", risk="A.1.d", score=900) if violation else Verdict(action="pass")
        exchange = Exchange(
            account="acc-1", at=at, endpoint="chat.completions", id=new_id(at), integration="in-1", model="m", outcome=Outcome.COMPLETED,
            prompt=prompt, service="chat",
        )  # fmt: skip
        draft = Draft(exchange, '[{"text":"问"}]', '[{"text":"答"}]', violation=violation)
        self.loop.run_until_complete(asyncio.wait_for(self.writer.submit(draft, self.loop), 30))

    def stop(self) -> None:
        self.writer.stop()
        self.loop.close()


@pytest.fixture
def sanctions() -> list[int]:
    return []


@pytest.fixture
def writing(transactional_db: None, sanctions: list[int]) -> Iterator[Writing]:
    service = models.Service.objects.create(slug="chat", name="聊天")
    models.Integration.objects.create(
        id="in-1", name="客服", service=service, owner="王", purpose="assistant", status="approved"
    )
    running = Writing(Clock(), sanctions)
    yield running
    running.stop()
    connections.close_all()


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
