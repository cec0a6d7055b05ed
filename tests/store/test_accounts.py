from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from guiju.errors import InvalidField, InvalidTransition, ReasonMissing
from guiju.store import snapshot_version
from guiju.store.actor import Actor
from guiju.store.models import Account, Integration
from guiju.store.services import accounts

from .evidence_rows import START

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(integration: Integration) -> Account:
    return Account.objects.create(pseudonym="p1", integration=integration, first_seen=START, last_seen=START)


def test_a_sanction_binds_until_it_ends(reviewer: Actor, account: Account) -> None:
    before = snapshot_version.current()
    ends = timezone.now() + timedelta(hours=1)
    sanction = accounts.impose(reviewer, account, "suspend", "辱骂", records=[7], expires_at=ends)
    assert snapshot_version.current() == before + 1
    assert accounts.active(account, sanction.starts_at) == [sanction]
    assert accounts.active(account, ends) == []
    assert accounts.active(account, sanction.starts_at - timedelta(seconds=1)) == []


def test_a_lifted_sanction_binds_no_more(reviewer: Actor, account: Account) -> None:
    sanction = accounts.impose(reviewer, account, "suspend", "辱骂")
    before = snapshot_version.current()
    lifted = accounts.lift(reviewer, sanction, "申诉成立")
    assert (lifted.lifted_by, lifted.lift_reason) == (reviewer.user, "申诉成立")
    assert snapshot_version.current() == before + 1
    assert accounts.active(account, timezone.now()) == []
    with pytest.raises(InvalidTransition):
        accounts.lift(reviewer, sanction, "再次")


@pytest.mark.parametrize("step", ["ban", ""])
def test_unknown_steps_are_refused(reviewer: Actor, account: Account, step: str) -> None:
    with pytest.raises(InvalidField):
        accounts.impose(reviewer, account, step, "辱骂")


def test_an_expiry_lies_in_the_future(reviewer: Actor, compliance: Actor, account: Account) -> None:
    with pytest.raises(InvalidField):
        accounts.impose(reviewer, account, "limit", "辱骂", expires_at=timezone.now())
    with pytest.raises(InvalidField):
        accounts.impose(compliance, account, "close", "辱骂", expires_at=timezone.now() + timedelta(days=1))


def test_no_reason_no_sanction(reviewer: Actor, account: Account) -> None:
    with pytest.raises(ReasonMissing):
        accounts.impose(reviewer, account, "warn", "\n")
    assert not account.sanctions.exists()
