"""Appeals: decided by somebody else, answered, restored where granted, counted against the rule that fired."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from guiju.errors import (
    InvalidField,
    InvalidTransition,
    LeaseLost,
    NothingToAppeal,
    PermissionDenied,
    ReasonMissing,
    SameDecider,
)
from guiju.store import notices, sanction_numbers, snapshot_version
from guiju.store.actor import Actor
from guiju.store.models import Account, Appeal, Complaint, Integration, Record, Sanction, User, Violation
from guiju.store.services import accounts, appeals, cases, complaints
from guiju.store.services.complaints import Submission

from .evidence_rows import TestChain, verdict

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(integration: Integration) -> Account:
    now = timezone.now()
    return Account.objects.create(pseudonym="p1", integration=integration, first_seen=now, last_seen=now)


@pytest.fixture
def record(account: Account) -> Record:
    record = TestChain(at=timezone.now() - timedelta(minutes=5)).write(
        account=account.pk, integration=account.integration_id, prompt=verdict("block", "A.1.h/gambling")
    )
    Violation.objects.create(account=account, record_id=record.pk, at=record.at, risk="A.1.h/gambling")
    return record


@pytest.fixture
def second(db: None) -> Actor:
    return Actor.of(User.objects.create(username="second", role="reviewer"))


def appealed(system: Actor, **fields: object) -> Appeal:
    given = {"kind": "appeal", "topic": "refusal", "text": "我没有违规", **fields}
    receipt = complaints.submit(system, Submission(**given), timezone.now())  # type: ignore[arg-type]
    return Appeal.objects.get(pk=receipt.receipt)


def decided(actor: Actor, appeal: Appeal, outcome: str) -> Appeal:
    now = timezone.now()
    complaints.claim(actor, appeal.complaint, now)
    return appeals.decide(actor, appeal, outcome, "复核", "处理结果如下", now)


def test_the_receipt_of_a_refusal_finds_record_account_and_sanction(
    system: Actor, reviewer: Actor, account: Account, record: Record
) -> None:
    sanction = accounts.impose(reviewer, account, "suspend", "赌博", records=[record.pk])
    appeal = appealed(system, content_number=record.content_number)
    assert (appeal.record, appeal.account, appeal.sanction) == (record, account, sanction)


def test_somebody_else_decides(system: Actor, reviewer: Actor, second: Actor, account: Account, record: Record) -> None:
    accounts.impose(reviewer, account, "suspend", "赌博", records=[record.pk])
    appeal = appealed(system, content_number=record.content_number)
    complaints.claim(reviewer, appeal.complaint, timezone.now())
    with pytest.raises(SameDecider):
        appeals.decide(reviewer, appeal, "granted", "复核", "好", timezone.now())
    assert not appeals.may_decide(User.objects.get(pk=reviewer.user.pk), appeal)  # type: ignore[union-attr]
    complaints.release(reviewer, appeal.complaint)
    with pytest.raises(LeaseLost):
        appeals.decide(second, appeal, "granted", "复核", "好", timezone.now())
    assert decided(second, appeal, "rejected").outcome == "rejected"


def test_the_reviewer_of_the_case_is_a_first_decider_too(
    system: Actor, reviewer: Actor, second: Actor, record: Record
) -> None:
    from guiju.store.models import Case

    now = timezone.now()
    case = Case.objects.create(record=record, opened_at=now, due_at=now, risk="A.1.h")
    cases.claim(reviewer, case, now)
    cases.decide(reviewer, case, "violation", "", now=now)
    appeal = appealed(system, content_number=record.content_number)
    assert appeals.first_deciders(appeal) == {reviewer.user.pk}  # type: ignore[union-attr]
    complaints.claim(reviewer, appeal.complaint, now)
    with pytest.raises(SameDecider):
        appeals.decide(reviewer, appeal, "rejected", "复核", "好", now)


def test_granting_restores_everything_that_rests_on_it(
    system: Actor, reviewer: Actor, second: Actor, account: Account, record: Record
) -> None:
    suspended = accounts.impose(reviewer, account, "suspend", "赌博", records=[record.pk])
    warned = accounts.impose(reviewer, account, "warn", "赌博", records=[record.pk])
    other = accounts.impose(reviewer, account, "limit", "辱骂", records=[7])
    before = snapshot_version.current()
    appeal = decided(second, appealed(system, content_number=record.content_number), "granted")
    assert set(appeal.restored) == {suspended.pk, warned.pk}
    assert accounts.active(account, timezone.now()) == [other]
    assert not Violation.objects.exists()
    assert snapshot_version.current() > before
    assert Sanction.objects.get(pk=suspended.pk).lifted_by == second.user
    complaint = Complaint.objects.get(pk=appeal.pk)
    assert (complaint.state, complaint.answered_at is not None) == ("closed", True)
    assert [w.text for w in complaints.progress(complaint)] == ["我没有违规", "处理结果如下"]


def test_the_effect_on_the_rules_precision_is_counted(system: Actor, second: Actor, account: Account) -> None:
    chain = TestChain(at=timezone.now() - timedelta(hours=1))
    for outcome in ("granted", "rejected", "granted"):
        record = chain.write(account=account.pk, prompt=verdict("block", "A.1.h/gambling"))
        decided(second, appealed(system, content_number=record.content_number), outcome)
    (found,) = appeals.precision()
    assert (found.detector, found.rule, found.decided, found.right) == ("words", "w-1", 3, 1)
    assert found.share == pytest.approx(1 / 3)
    assert appeals.precision(timezone.now() + timedelta(days=1)) == []


def test_rejecting_leaves_everything(
    system: Actor, reviewer: Actor, second: Actor, account: Account, record: Record
) -> None:
    sanction = accounts.impose(reviewer, account, "suspend", "赌博", records=[record.pk])
    appeal = decided(second, appealed(system, content_number=record.content_number), "rejected")
    assert appeal.restored == []
    assert accounts.active(account, timezone.now()) == [sanction]
    assert Violation.objects.exists()
    with pytest.raises(InvalidTransition):
        decided(second, appeal, "granted")
    with pytest.raises(InvalidTransition):
        complaints.reopen(second, appeal.complaint, "再审", timezone.now())


def test_an_appeal_is_not_concluded_undecided(system: Actor, second: Actor, record: Record) -> None:
    appeal = appealed(system, content_number=record.content_number)
    complaints.claim(second, appeal.complaint, timezone.now())
    with pytest.raises(InvalidTransition):
        complaints.close(second, appeal.complaint, "不审了", timezone.now())
    with pytest.raises(InvalidField):
        appeals.decide(second, appeal, "perhaps", "复核", "好", timezone.now())
    with pytest.raises(InvalidField):
        appeals.decide(second, appeal, "granted", "复核", " ", timezone.now())
    with pytest.raises(ReasonMissing):
        appeals.decide(second, appeal, "granted", " ", "好", timezone.now())


@pytest.mark.parametrize("fields", [{"content_number": "nothing"}, {}, {"account": "p1"}, {"sanction": 999999}])
def test_there_must_be_something_to_appeal(system: Actor, account: Account, fields: dict[str, object]) -> None:
    with pytest.raises(NothingToAppeal):
        appealed(system, **fields)
    assert not Complaint.objects.exists()


def test_nobody_appeals_for_another_account_by_number(
    system: Actor, reviewer: Actor, account: Account, actor: Callable[[str], Actor]
) -> None:
    sanction = accounts.impose(reviewer, account, "suspend", "赌博", records=[7])
    with pytest.raises(NothingToAppeal):
        appealed(system, sanction=sanction.pk)
    assert appealed(system, sanction=sanction.pk, account=account.pk).sanction == sanction
    assert appealed(system, account=account.pk, topic="sanction").sanction == sanction


def test_whoever_was_told_of_a_sanction_appeals_by_its_number(
    system: Actor, reviewer: Actor, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = {"operator": "某公司", "contact": "王", "appeal_address": "https://x.example/public/"}
    filled = settings.GUIJU.notices.model_copy(update={"values": values})
    monkeypatch.setattr(settings, "GUIJU", settings.GUIJU.model_copy(update={"notices": filled}))
    sanction = accounts.impose(reviewer, account, "suspend", "刷号")  # rests on no record
    told = sanction_numbers.number(sanction)
    assert told.startswith(f"{sanction.pk}-") and told in notices.of_sanction(sanction).zh
    appeal = appealed(system, sanction=f" {told.lower().replace('-', ' － ')} ", topic="sanction")
    assert (appeal.sanction, appeal.account, appeal.record) == (sanction, account, None)
    guessed = f"{sanction.pk}-{'0' * 8}"
    for wrong in (guessed, str(sanction.pk), f"{sanction.pk + 1}-{told.split('-')[1]}", "-", "14-7F3A09BC'"):
        with pytest.raises(NothingToAppeal):
            appealed(system, sanction=wrong)


def test_who_is_taken_for_a_minor_appeals_without_a_sanction(system: Actor, account: Account, second: Actor) -> None:
    appeal = appealed(system, account=account.pk, topic="minor")
    assert (appeal.account, appeal.record, appeal.sanction) == (account, None, None)
    assert decided(second, appeal, "granted").restored == []


def test_reopening_a_closed_account_needs_the_permission_to_close(
    system: Actor, compliance: Actor, second: Actor, account: Account, record: Record
) -> None:
    accounts.impose(system, account, "close", "屡犯", records=[record.pk])
    appeal = appealed(system, content_number=record.content_number)
    with pytest.raises(PermissionDenied):
        decided(second, appeal, "granted")
    complaints.release(second, appeal.complaint)
    assert len(decided(compliance, appeal, "granted").restored) == 1
