"""Bulk actions: looked at first, approved above the policy's number, applied once, undone within the window."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from guiju.errors import (
    InvalidField,
    InvalidTransition,
    PermissionDenied,
    ReasonMissing,
    SecondPersonNeeded,
    UndoTooLate,
)
from guiju.store.actor import Actor
from guiju.store.models import Account, AuditEntry, BulkAction, Integration, Sanction, User
from guiju.store.services import accounts, bulk

pytestmark = pytest.mark.django_db


@pytest.fixture
def crowd(integration: Integration) -> list[str]:
    now = timezone.now()
    names = [f"p{n:02}" for n in range(25)]
    Account.objects.bulk_create(
        Account(pseudonym=name, integration=integration, first_seen=now, last_seen=now) for name in names
    )
    return names


@pytest.fixture
def second(db: None) -> Actor:
    return Actor.of(User.objects.create(username="second", role="compliance"))


def test_a_dry_run_changes_nothing(reviewer: Actor, crowd: list[str]) -> None:
    accounts.impose(reviewer, Account.objects.get(pk="p00"), "suspend", "先前")
    accounts.impose(reviewer, Account.objects.get(pk="p01"), "warn", "先前")
    before = AuditEntry.objects.count()
    seen = bulk.preview(reviewer, [*crowd[:5], "nobody", " p02 ", ""], "limit", timezone.now())
    assert seen.would == ("p01", "p02", "p03", "p04")
    assert (seen.bound, seen.unknown, seen.approval) == (("p00",), ("nobody",), False)
    assert bulk.preview(reviewer, crowd, "limit", timezone.now()).approval
    assert AuditEntry.objects.count() == before and Sanction.objects.count() == 2


def test_a_few_are_applied_at_once_and_undone_as_a_whole(reviewer: Actor, crowd: list[str]) -> None:
    now = timezone.now()
    row = bulk.create(reviewer, crowd[:3], "limit", "刷量", now, hours=48)
    assert row.state == "applied"
    assert set(Sanction.objects.values_list("account_id", "step", "rule")) == {
        (name, "limit", "bulk") for name in crowd[:3]
    }
    lifted = Sanction.objects.get(account_id="p00")
    accounts.lift(reviewer, lifted, "误判")
    assert bulk.undo(reviewer, row, "名单有误", timezone.now()) == 2
    assert not accounts.in_force(timezone.now()).exists()
    with pytest.raises(InvalidTransition):
        bulk.undo(reviewer, row, "再次", timezone.now())


def test_many_wait_for_a_second_person(reviewer: Actor, second: Actor, crowd: list[str]) -> None:
    now = timezone.now()
    row = bulk.create(reviewer, crowd, "suspend", "水军", now, hours=24)
    assert row.state == "pending" and not Sanction.objects.exists()
    with pytest.raises(SecondPersonNeeded):
        bulk.approve(reviewer, row, now)
    with pytest.raises(InvalidTransition):
        bulk.undo(reviewer, row, "撤回", now)
    accounts.impose(second, Account.objects.get(pk="p03"), "close", "屡犯")  # meanwhile bound more strictly
    bulk.approve(second, row, timezone.now())
    assert Sanction.objects.filter(bulk=row).count() == 24
    with pytest.raises(InvalidTransition):
        bulk.approve(second, row, now)


def test_it_can_be_refused(reviewer: Actor, second: Actor, crowd: list[str]) -> None:
    row = bulk.create(reviewer, crowd, "suspend", "水军", timezone.now())
    with pytest.raises(ReasonMissing):
        bulk.refuse(second, row, " ", timezone.now())
    assert bulk.refuse(second, row, "证据不足", timezone.now()).state == "refused"
    assert not Sanction.objects.exists()


def test_the_window_of_undoing_ends(reviewer: Actor, crowd: list[str]) -> None:
    now = timezone.now()
    row = bulk.create(reviewer, crowd[:2], "warn", "提醒", now)
    with pytest.raises(UndoTooLate):
        bulk.undo(reviewer, row, "太晚", now + timedelta(hours=24, seconds=1))
    assert bulk.undo(reviewer, row, "正好", now + timedelta(hours=24)) == 2


@pytest.mark.parametrize(("named", "step"), [([], "warn"), (["nobody"], "warn"), (["p00"], "banish")])
def test_what_cannot_be_done(reviewer: Actor, crowd: list[str], named: list[str], step: str) -> None:
    with pytest.raises(InvalidField):
        bulk.create(reviewer, named, step, "理由", timezone.now())
    assert not BulkAction.objects.exists()


def test_closing_many_needs_the_permission_to_close(reviewer: Actor, compliance: Actor, crowd: list[str]) -> None:
    with pytest.raises(PermissionDenied):
        bulk.create(reviewer, crowd[:2], "close", "屡犯", timezone.now())
    row = bulk.create(compliance, crowd[:2], "close", "屡犯", timezone.now(), hours=5)
    assert set(Sanction.objects.values_list("expires_at", flat=True)) == {None}
    with pytest.raises(PermissionDenied):
        bulk.undo(reviewer, row, "误操作", timezone.now())
