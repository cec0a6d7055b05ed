"""What follows from violations: weighed, rehearsed, exempted, delayed, or put before a second person."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from guiju.accounts import AccountPolicy
from guiju.errors import InvalidField, InvalidTransition, PermissionDenied, SecondPersonNeeded
from guiju.evidence import Exchange, RecordedFinding, Verdict, decode
from guiju.store.actor import Actor
from guiju.store.consequences import Consequences
from guiju.store.drafts import Draft
from guiju.store.models import (
    Account,
    Case,
    Delivery,
    Integration,
    ProposedStep,
    Record,
    Sanction,
    ShadowStep,
    User,
    Violation,
    Webhook,
)
from guiju.store.services import accounts, proposals

from .evidence_rows import TestChain, verdict

pytestmark = pytest.mark.django_db
HEAD = """\
version: "1"
counted: [block]
rules:
  - {id: row, in_a_row: 3, step: suspend, hours: 24, zh: 连续, en: row, source: s, confidence: M}
  - {id: day, in_a_day: 5, step: suspend, hours: 24, zh: 一天, en: day, source: s, confidence: M}
"""
TAIL = "zh: 累计, en: points, source: s, confidence: O}\n"


def rule(name: str, step: str, points: int, extra: str = "") -> str:
    hours = 0 if step == "close" else 24
    return f"  - {{id: {name}, points: {points}, days: 30, step: {step}, hours: {hours}, {extra}{TAIL}"


class Gateway:
    """Writes violations of one account and draws what follows, as the evidence writer does."""

    def __init__(self, integration: Integration, policy: AccountPolicy) -> None:
        self._chain = TestChain(at=timezone.now() - timedelta(hours=2))
        self._integration = integration
        self._draw = Consequences(lambda: None, policy)

    def violate(self, times: int = 1, found: Verdict | None = None) -> list[Record]:
        return [self._one(found or verdict("block", "A.2.a")) for _ in range(times)]

    def _one(self, found: Verdict) -> Record:
        self._chain.write(account="p1", integration=self._integration.pk)  # a clean prompt breaks the row
        record = self._chain.write(account="p1", integration=self._integration.pk, prompt=found)
        body = decode(bytes(record.body))
        assert isinstance(body, Exchange)
        with transaction.atomic():
            self._draw([(record.pk, Draft(body, violation=True))])
        return record


@pytest.fixture
def gateway(integration: Integration) -> object:
    def of(rules: Iterable[str] = (), head: str = HEAD) -> Gateway:
        return Gateway(integration, AccountPolicy.load(head + "".join(rules)))

    return of


def test_severity_and_disguise_stand_with_the_violation(gateway) -> None:  # type: ignore[no-untyped-def]
    found = Verdict(
        action="block",
        risk="A.2.a",
        findings=(
            RecordedFinding("words", "A.2.a", "w-1", 900, "high"),
            RecordedFinding("words", "A.9.z", "w-2", 900, "low"),
            RecordedFinding("words", "guiju.disguise.zero_width", "d", 900),
        ),
    )
    gateway().violate(1, found)
    row = Violation.objects.get()
    assert (row.severity, row.disguised) == ("high", True)


def test_a_rule_in_the_shadow_counts_once_a_day_and_does_nothing(gateway) -> None:  # type: ignore[no-untyped-def]
    gateway([rule("trial", "limit", 2, "shadow: true, ")]).violate(4)
    assert not Sanction.objects.exists()
    row = ShadowStep.objects.get()
    assert (row.rule, row.step, row.account_id) == ("trial", "limit", "p1")


def test_an_exempted_account_is_recorded_and_left_alone(gateway, compliance: Actor) -> None:  # type: ignore[no-untyped-def]
    made = gateway([rule("warn", "warn", 1)])
    made.violate()
    assert Sanction.objects.count() == 1
    account = Account.objects.get()
    Sanction.objects.all().delete()
    exemption = proposals.exempt(compliance, account, "内部测试", timezone.now() + timedelta(days=1))
    exemption.starts_at -= timedelta(days=1)
    exemption.save()
    made.violate(6)
    assert not Sanction.objects.exists() and Violation.objects.count() == 7
    proposals.end_exemption(compliance, exemption, "测试结束")
    with pytest.raises(InvalidTransition):
        proposals.end_exemption(compliance, exemption, "再次")
    exemption.starts_at = exemption.ends_at = datetime(2020, 1, 1, tzinfo=UTC)
    exemption.save()
    made.violate()
    assert Sanction.objects.exists()


@pytest.mark.parametrize("days", [-1, 0, 366])
def test_an_exemption_ends(compliance: Actor, gateway, days: int) -> None:  # type: ignore[no-untyped-def]
    gateway().violate()
    with pytest.raises(InvalidField):
        proposals.exempt(
            compliance,
            Account.objects.get(),
            "测试",
            timezone.now() + timedelta(days=days, seconds=-1 if days < 1 else 60),
        )


def test_a_delayed_step_waits_for_its_moment(gateway) -> None:  # type: ignore[no-untyped-def]
    gateway([rule("slow", "limit", 2, "delay_minutes: 30, ")]).violate(4)
    row = ProposedStep.objects.get()
    assert row.state == "delayed" and row.apply_at is not None
    assert timedelta() <= row.apply_at - row.proposed_at <= timedelta(minutes=30)
    assert not Sanction.objects.exists()
    assert proposals.take_delayed(row.apply_at - timedelta(seconds=1)) == 0
    assert proposals.take_delayed(row.apply_at) == 1
    assert proposals.take_delayed(row.apply_at) == 0
    sanction = Sanction.objects.get()
    assert (sanction.step, sanction.rule, sanction.imposed_by) == ("limit", "slow", None)


def test_a_delayed_step_is_dropped_where_as_strict_a_one_binds_by_then(gateway, compliance: Actor) -> None:  # type: ignore[no-untyped-def]
    gateway([rule("slow", "limit", 2, "delay_minutes: 30, ")]).violate(2)
    row = ProposedStep.objects.get()
    accounts.impose(compliance, row.account, "suspend", "刷号")
    assert row.apply_at is not None and proposals.take_delayed(max(row.apply_at, timezone.now())) == 0
    row.refresh_from_db()
    assert row.state == "refused" and "bound" in row.note and Sanction.objects.get().step == "suspend"


def test_a_step_above_the_level_waits_for_a_second_person(gateway, reviewer: Actor, compliance: Actor) -> None:  # type: ignore[no-untyped-def]
    Webhook.objects.create(
        name="ops", address="https://x.example", events=["account.proposed"], created_at=timezone.now()
    )
    gateway([rule("close", "close", 3, "automatic: false, ")]).violate(4)
    row = ProposedStep.objects.get()
    assert (row.state, row.step, row.proposed_by) == ("pending", "close", None)
    assert Case.objects.exists() and not Sanction.objects.exists()
    assert Delivery.objects.get().body["step"] == "close"
    with pytest.raises(PermissionDenied):
        proposals.approve(reviewer, row)
    sanction = proposals.approve(compliance, row, "核实无误")
    assert (sanction.step, sanction.expires_at, sanction.imposed_by) == ("close", None, compliance.user)
    with pytest.raises(InvalidTransition):
        proposals.approve(compliance, row)


def test_whoever_proposed_does_not_approve(gateway, reviewer: Actor, compliance: Actor) -> None:  # type: ignore[no-untyped-def]
    gateway().violate()
    account = Account.objects.get()
    row = proposals.propose(compliance, account, "close", "屡犯")
    with pytest.raises(InvalidTransition):
        proposals.propose(reviewer, account, "close", "屡犯")
    for act in (lambda: proposals.approve(compliance, row), lambda: proposals.refuse(compliance, row, "不必")):
        with pytest.raises(SecondPersonNeeded):
            act()
    other = Actor.of(User.objects.create(username="second", role="compliance"))
    assert proposals.refuse(other, row, "证据不足").state == "refused"
    again = proposals.propose(reviewer, account, "suspend", "屡犯", hours=48)
    sanction = proposals.approve(compliance, again)
    assert sanction.expires_at is not None
    assert timedelta(hours=47) < sanction.expires_at - timezone.now() <= timedelta(hours=48)
