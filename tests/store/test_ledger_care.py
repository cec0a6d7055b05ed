"""What checks are told of minors and companions, from rows."""

from __future__ import annotations

from datetime import timedelta

import pytest

from guiju.law.ledger import CareCounts
from guiju.law.period import Period
from guiju.minors import Ledger as Use
from guiju.minors import Span, policy_source
from guiju.minors.calendar import MINUTE
from guiju.store import care
from guiju.store.actor import Actor
from guiju.store.ledger import DatabaseLedger
from guiju.store.models import Account, CareCase, CareEvent, CareProfile, Integration, UsageDay
from guiju.store.moments import micros
from guiju.store.services import guardians

from .evidence_rows import START, TestChain

pytestmark = pytest.mark.django_db
SPAN = Period(START, START + timedelta(days=30))
AT = START + timedelta(days=2)
POLICY = policy_source.default()


@pytest.fixture
def account(integration: Integration) -> Account:
    Integration.objects.update(purpose="companion")
    return Account.objects.create(pseudonym="p1", integration=integration, first_seen=AT, last_seen=AT)


def counts(account: Account) -> CareCounts:
    return DatabaseLedger(account.integration.service, START + timedelta(days=40)).care(SPAN, 120)


def event(kind: str, code: str, minutes: int = 0, weight: int = 0, record: str = "") -> CareEvent:
    at = AT + timedelta(minutes=minutes)
    return CareEvent.objects.create(
        at=at, service="chat", account="p1", kind=kind, code=code, weight=weight, record=record or f"{code}{minutes}"
    )


def use(start: int, length: int) -> None:
    begin = micros(AT) + start * MINUTE
    care.store_usage("p1", Use((Span(begin, begin + length * MINUTE),)), POLICY, AT)


def test_nothing_yet(account: Account) -> None:
    assert counts(account) == CareCounts()


@pytest.mark.parametrize(
    ("length", "reminded", "long", "missed"),
    [
        (119, [], 0, 0),
        (130, [], 1, 0),
        (140, [], 1, 1),
        (140, [125], 1, 0),
        (300, [125], 1, 1),
        (300, [125, 250], 1, 0),
    ],
)
def test_uses_against_reminders(length: int, reminded: list[int], long: int, missed: int, account: Account) -> None:
    use(0, length)
    for minute in reminded:
        event("reminded", "two_hours", minute)
    found = counts(account)
    assert (found.blocks, found.introduced, found.long_blocks, found.unreminded) == (1, 0, long, missed)
    event("reminded", "identity", 1)
    assert counts(account).introduced == 1


def test_two_uses_with_a_pause_are_two(account: Account) -> None:
    use(0, 70)
    use(90, 70)
    assert (counts(account).blocks, counts(account).long_blocks) == (2, 0)
    assert UsageDay.objects.count() == 1


def test_an_exchange_after_the_time_was_used_up(account: Account, system: Actor) -> None:
    chain = TestChain(at=AT)
    event("denied", "daily", -60)
    before = counts(account)
    assert (before.denied, before.bypassed) == (1, 0)
    row = chain.write(account="p1", integration=account.integration_id, at=AT)
    found = counts(account)
    assert found.bypassed == 1 and found.sample == (str(row.pk),)
    guardians.decide(system, account, "limit", "daily", value=90)
    account.guardian_decisions.update(starts_at=AT - timedelta(minutes=30))
    assert counts(account).bypassed == 0, "a guardian decided otherwise"


def test_crises_and_requests_with_their_clocks(account: Account) -> None:
    def case(kind: str, contacted: int | None = None, closed: int | None = None) -> None:
        CareCase.objects.create(
            account=account, service="chat", kind=kind, opened_at=AT, due_at=AT + timedelta(minutes=30),
            contacted_at=None if contacted is None else AT + timedelta(minutes=contacted),
            closed_at=None if closed is None else AT + timedelta(minutes=closed),
        )  # fmt: skip

    case("crisis", contacted=10, closed=600)
    case("crisis", closed=20)
    case("crisis", contacted=40)
    case("crisis")
    case("copy", closed=20)
    case("delete", closed=40)
    found = counts(account)
    assert (found.crises, found.crises_late, found.requests, found.requests_late) == (4, 2, 2, 1)


def test_what_was_denied_said_and_known(account: Account) -> None:
    event("denied", "persona")
    event("exit", "exit")
    event("retention", "stay.dont", 1, weight=0)
    event("retention", "stay.dont", 2, weight=1)
    CareProfile.objects.create(account=account, basis="suspected", mode=True, updated_at=AT)
    found = counts(account)
    assert (found.personas_denied, found.exits, found.retained, found.minors, found.suspected) == (1, 1, 1, 1, 1)
    people = DatabaseLedger(account.integration.service, AT).account_counts(SPAN)
    assert (people.registered, people.active) == (1, 1)
