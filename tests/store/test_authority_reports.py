"""Reporting an account: by a rule or a person, approved by another, sent once; without what is missing it is not approved."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from guiju.accounts import AccountPolicy
from guiju.errors import InvalidField, InvalidTransition, PermissionDenied, ReportUnfilled, SecondPersonNeeded
from guiju.settings import NoticeSettings
from guiju.store import authority_reports as documents
from guiju.store.actor import Actor
from guiju.store.models import Account, AuditEntry, AuthorityReport, Integration, User, Violation
from guiju.store.services import accounts, authority_reports

from .evidence_rows import TestChain

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(integration: Integration) -> Account:
    now = timezone.now()
    return Account.objects.create(pseudonym="p1", integration=integration, first_seen=now, last_seen=now)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> None:
    values = NoticeSettings(values={"operator": "某公司", "contact": "王 010"})
    monkeypatch.setattr(settings, "GUIJU", settings.GUIJU.model_copy(update={"notices": values}))


def violation(account: Account, text: str = "制毒") -> int:
    now = timezone.now()
    record = TestChain(at=now).write(text, account=account.pk, integration=account.integration_id)
    Violation.objects.create(account=account, record_id=record.pk, at=now, risk="A.1.h/drugs")
    return record.pk


def test_a_rule_that_asks_for_it_prepares_one(account: Account, compliance: Actor, told: None) -> None:
    rule = next(rule for rule in AccountPolicy.load().rules if rule.report)
    record = violation(account)
    sanction = accounts.impose(compliance, account, rule.step, "累计四十分", records=[record], rule=rule.id)
    row = AuthorityReport.objects.get()
    assert (row.state, row.sanction, row.records, row.prepared_by) == ("prepared", sanction, [record], None)
    accounts.impose(compliance, account, "warn", "提醒")  # of no such rule
    assert AuthorityReport.objects.count() == 1
    with pytest.raises(InvalidField):
        authority_reports.approve(compliance, row, "", "", timezone.now())
    row = authority_reports.approve(compliance, row, "市网信办", "同意", timezone.now())
    made = authority_reports.draft(compliance, row)
    assert row.document_sha256 == documents.digest(made) and not made.missing
    assert (
        "A.1.h/drugs 毒品: 1" in made.markdown and "未告知 / not told" in made.markdown and "制毒" not in made.markdown
    )
    row = authority_reports.sent(compliance, row, "2026-7", timezone.now())
    with pytest.raises(InvalidTransition):
        authority_reports.sent(compliance, row, "2026-8", timezone.now())
    acts = AuditEntry.objects.filter(object_id=account.pk, action__contains="report").order_by("id")
    assert list(acts.values_list("action", flat=True)) == ["report.prepare", "report.approve", "account.report"]


def test_whoever_prepares_does_not_approve(account: Account, compliance: Actor, reviewer: Actor, told: None) -> None:
    record, now = violation(account), timezone.now()
    accounts.impose(reviewer, account, "warn", "提醒", records=[record])
    row = authority_reports.prepare(compliance, account, "网信办", "屡犯", now, records=[record])
    with pytest.raises(InvalidTransition):
        authority_reports.prepare(reviewer, account, "网信办", "屡犯", now)
    for act in (
        lambda: authority_reports.approve(compliance, row, "", "", now),
        lambda: authority_reports.refuse(compliance, row, "不必", now),
    ):
        with pytest.raises(SecondPersonNeeded):
            act()
    with pytest.raises(PermissionDenied):
        authority_reports.approve(reviewer, row, "", "", now)
    other = Actor.of(User.objects.create(username="second", role="compliance"))
    with pytest.raises(InvalidTransition):
        authority_reports.sent(other, row, "1", now)
    assert authority_reports.approve(other, row, "", "", now).state == "approved"
    with pytest.raises(InvalidField):
        authority_reports.sent(compliance, row, "1", now, now + timedelta(days=1))


def test_what_is_missing_is_told(account: Account, compliance: Actor, reviewer: Actor) -> None:
    row = authority_reports.prepare(reviewer, account, "网信办", "屡犯", timezone.now())
    with pytest.raises(ReportUnfilled) as caught:
        authority_reports.approve(compliance, row, "", "", timezone.now())
    assert caught.value.params["missing"].split("、") == [
        "运营者名称",
        "联系人及电话",
        "证据（记录编号与哈希，不含原文）",
        "已采取的处置",
    ]
    assert authority_reports.refuse(compliance, row, "证据不足", timezone.now()).state == "refused"
    assert not authority_reports.waiting()
