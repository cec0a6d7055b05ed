from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from guiju.errors import InvalidField, InvalidTransition, LeaseLost, ReasonMissing
from guiju.store import desk_queue
from guiju.store.actor import Actor
from guiju.store.models import Account, AuditEntry, Case, Integration, Record, Role, Sanction, User, Violation
from guiju.store.services import cases

from .evidence_rows import START, TestChain, verdict

pytestmark = pytest.mark.django_db
NOW = START + timedelta(hours=1)


@pytest.fixture
def record(integration: Integration) -> Record:
    Account.objects.create(pseudonym="p1", integration=integration, first_seen=START, last_seen=START)
    return TestChain().write("坏话", "", integration=integration.pk, account="p1", prompt=verdict("review", "A.1.f"))


@pytest.fixture
def case(record: Record) -> Case:
    return open_case(record)


@pytest.fixture
def other(db: None) -> Actor:
    return Actor.of(User.objects.create(username="second", role=Role.REVIEWER))


def open_case(record: Record, priority: int = 50, at: datetime = START) -> Case:
    due = at + timedelta(hours=24)
    return Case.objects.create(record=record, opened_at=at, due_at=due, priority=priority, risk="A.1.f")


def test_the_queue_is_by_priority_then_due_time() -> None:
    chain = TestChain()
    late = open_case(chain.write(), 50, START + timedelta(hours=2))
    early = open_case(chain.write(), 50, START)
    urgent = open_case(chain.write(), 90, START + timedelta(hours=3))
    assert list(desk_queue.queue(NOW)) == [urgent, early, late]


def test_a_claim_holds_until_it_runs_out(case: Case, reviewer: Actor, other: Actor) -> None:
    assert cases.claim(reviewer, case, NOW)
    assert not cases.claim(other, case, NOW + timedelta(minutes=9))
    assert cases.claim(reviewer, case, NOW + timedelta(minutes=9))
    assert not cases.claim(other, case, NOW + timedelta(minutes=11))
    assert cases.claim(other, case, NOW + timedelta(minutes=19))


def test_next_skips_what_others_hold(reviewer: Actor, other: Actor) -> None:
    chain = TestChain()
    first, second = open_case(chain.write(), 90), open_case(chain.write(), 10)
    assert cases.claim_next(reviewer, NOW) == first
    assert cases.claim_next(other, NOW) == second
    assert cases.claim_next(other, NOW) is None


def test_a_released_case_is_free_again(case: Case, reviewer: Actor, other: Actor) -> None:
    cases.claim(reviewer, case, NOW)
    assert not cases.release(other, case)
    assert cases.release(reviewer, case)
    assert cases.claim(other, case, NOW)


def test_deciding_needs_a_live_claim_of_ones_own(case: Case, reviewer: Actor, other: Actor) -> None:
    with pytest.raises(LeaseLost):
        cases.decide(reviewer, case, "fine", "", now=NOW)
    cases.claim(reviewer, case, NOW)
    with pytest.raises(LeaseLost):
        cases.decide(other, case, "fine", "", now=NOW)
    with pytest.raises(LeaseLost):
        cases.decide(reviewer, case, "fine", "", now=NOW + timedelta(minutes=10))
    assert cases.decide(reviewer, case, "fine", "", now=NOW).status == Case.Status.DECIDED


def test_a_decided_case_stays_decided(case: Case, reviewer: Actor) -> None:
    cases.claim(reviewer, case, NOW)
    cases.decide(reviewer, case, "violation", "辱骂", now=NOW)
    assert not cases.claim(reviewer, case, NOW)
    with pytest.raises(InvalidTransition):
        cases.decide(reviewer, case, "fine", "", now=NOW)
    assert not desk_queue.queue(NOW).exists()


def test_a_violation_may_sanction_the_account(case: Case, reviewer: Actor) -> None:
    cases.claim(reviewer, case, NOW)
    cases.decide(reviewer, case, "violation", "反复辱骂", now=NOW, sanction_step="suspend")
    sanction = Sanction.objects.get()
    assert (sanction.account_id, sanction.step, sanction.records) == ("p1", "suspend", [case.record_id])
    assert sanction.imposed_by == reviewer.user
    assert sanction.expires_at is not None
    assert sanction.expires_at - sanction.starts_at > timedelta(hours=167)
    actions = list(AuditEntry.objects.order_by("id").values_list("action", flat=True))[-2:]
    assert actions == ["case.decide", "account.impose"]


def test_a_sanction_that_cannot_be_leaves_the_case_undecided(reviewer: Actor) -> None:
    case = open_case(TestChain().write())  # names no account
    cases.claim(reviewer, case, NOW)
    with pytest.raises(InvalidField):
        cases.decide(reviewer, case, "violation", "x", now=NOW, sanction_step="warn")
    case.refresh_from_db()
    assert case.status == Case.Status.OPEN
    assert not AuditEntry.objects.filter(action="case.decide").exists()


def test_sanctions_need_a_violation_and_a_reason(case: Case, reviewer: Actor) -> None:
    cases.claim(reviewer, case, NOW)
    with pytest.raises(InvalidField):
        cases.decide(reviewer, case, "fine", "x", now=NOW, sanction_step="warn")
    with pytest.raises(ReasonMissing):
        cases.decide(reviewer, case, "violation", " ", now=NOW, sanction_step="warn")


def test_fine_takes_the_counted_violation_back(case: Case, reviewer: Actor) -> None:
    Violation.objects.create(account_id="p1", record_id=case.record_id, at=START, risk="A.1.f")
    cases.claim(reviewer, case, NOW)
    cases.decide(reviewer, case, "fine", "玩笑", now=NOW)
    assert not Violation.objects.exists()
    assert AuditEntry.objects.get(action="case.decide").detail["violations_taken_back"] == 1


def test_an_escalated_case_goes_to_somebody_else(case: Case, reviewer: Actor, other: Actor) -> None:
    cases.claim(reviewer, case, NOW)
    with pytest.raises(ReasonMissing):
        cases.decide(reviewer, case, "unsure", "", now=NOW)
    row = cases.decide(reviewer, case, "unsure", "方言看不懂", now=NOW)
    assert row.status == Case.Status.OPEN
    assert row.priority == 80
    assert cases.claim_next(reviewer, NOW) is None
    assert cases.claim_next(other, NOW) == case
