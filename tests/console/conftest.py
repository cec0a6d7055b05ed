"""A small installation with one of everything, and a browser for each role."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from guiju.incidents import Facts
from guiju.law.book import rules
from guiju.moderation import policy_source
from guiju.store.actor import Actor
from guiju.store.models import (
    Account,
    AuthorityReport,
    BulkAction,
    CareCase,
    CareProfile,
    Case,
    CaseProposal,
    Complaint,
    Delivery,
    Document,
    Exemption,
    Incident,
    Integration,
    PolicyVersion,
    ProposedStep,
    Record,
    RefutedClaim,
    Role,
    Sanction,
    Service,
    User,
    Violation,
    Webhook,
    WordList,
    WordListVersion,
)
from guiju.store.services import (
    accounts,
    complaints,
    documents,
    incidents,
    integrations,
    law,
    policies,
    proposals,
    rumours,
    services,
    word_lists,
)
from tests.store.evidence_rows import TestChain, verdict

from .kept import Kept

PASSWORD = "guiju-test-password-7"
PROFILE = {
    "roles": ["provider"],
    "functions": ["text_generation"],
    "domains": [],
    "public_in_china": True,
    "opinion_attributes": True,
}


@dataclass
class World:
    """One of everything."""

    service: Service
    integration: Integration
    record: Record
    case: Case
    suggestion: CaseProposal
    account: Account
    crisis: CareCase
    sanction: Sanction
    document: Document
    draft: PolicyVersion
    words: WordList
    version: WordListVersion
    rumour: RefutedClaim
    person: User
    chain: TestChain
    complaint: Complaint
    appealed: Complaint
    proposal: ProposedStep
    exemption: Exemption
    bulk: BulkAction
    delivery: Delivery
    incident: Incident
    report: AuthorityReport


def complain(actor: Actor, **fields: Any) -> Complaint:
    """A complaint somebody sent in."""
    given = {"kind": "complaint", "topic": "content", "text": "生成了错误内容", "contact": "me@example.cn", **fields}
    receipt = complaints.submit(actor, complaints.Submission(**given), timezone.now())
    return Complaint.objects.get(pk=receipt.receipt)


@pytest.fixture(autouse=True)
def _apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No file and no cached figure of one test is seen by another."""
    monkeypatch.setattr(settings, "MEDIA_ROOT", tmp_path / "documents")
    for shelf in ("originals", "films"):
        shutil.rmtree(settings.GUIJU.home / shelf, ignore_errors=True)
    cache.clear()


@pytest.fixture
def system(db: None) -> Actor:
    return Actor.system("test")


@pytest.fixture
def world(db: None) -> World:
    return _WORLD.put()


def _world() -> World:
    system, now = Actor.system("test"), timezone.now()
    service = Service.objects.create(slug="chat", name="聊天")
    services.update(system, service, profile=PROFILE)
    service.refresh_from_db()
    integration = integrations.create(
        system, name="客服机器人", service=service, owner="王芳", purpose="customer_service", status="approved"
    )[0]
    account = Account.objects.create(pseudonym="a1b2c3", integration=integration, first_seen=now, last_seen=now)
    other = Account.objects.create(pseudonym="d4e5f6", integration=integration, first_seen=now, last_seen=now)
    CareProfile.objects.create(account=account, basis="suspected", mode=True, contact="g-77", updated_at=now)
    chain = TestChain(at=now - timedelta(minutes=5))
    record = chain.write(
        "线上赌场开户",
        "抱歉",
        at=now - timedelta(minutes=4),
        account=account.pk,
        integration=integration.pk,
        prompt=verdict("review", "A.1.h/gambling"),
    )
    chain.seal()
    Violation.objects.create(account=account, record_id=record.pk, at=now, risk="A.1.h/gambling")
    policies.publish(system, policies.create_draft(system, policy_source.DEFAULT.read_text("utf-8"), "first"))
    words = word_lists.create(system, "ours", "自建词表", "A.3.b", "李娜", "自建")
    version = word_lists.add_version(system, words, "word,severity,hit,miss\n代开发票,high,代开发票,开发票\n")
    word_lists.set_live(system, version)
    law.run_checks(system, service, now)
    case = Case.objects.create(record=record, opened_at=now, due_at=now + timedelta(days=1), risk="A.1.h/gambling")
    hook = Webhook.objects.create(name="ops", address="https://hook.example/", created_at=now)
    return World(
        service=service,
        integration=integration,
        record=record,
        case=case,
        suggestion=CaseProposal.objects.create(
            case=case, kind="word", word_list=words, text="代办证件", reason="反复出现", proposed_at=now
        ),
        account=account,
        crisis=CareCase.objects.create(account=account, service="chat", kind="crisis", opened_at=now, due_at=now),
        sanction=accounts.impose(system, account, "warn", "辱骂客服", records=[record.pk]),
        document=documents.upload(
            system,
            rules().obligation("GOV-01").urn,
            service,
            "安全制度",
            "制度.pdf",
            io.BytesIO(b"x"),
            date(2026, 1, 1),
        ),
        draft=policies.create_draft(system, policy_source.DEFAULT.read_text("utf-8"), "second"),
        words=words,
        version=version,
        rumour=rumours.add(system, "吃大蒜能解酒", "不能", "某机构"),
        person=User.objects.create(username="li.lei", role=Role.REVIEWER),
        chain=chain,
        complaint=complain(system),
        appealed=complain(system, kind="appeal", topic="refusal", content_number=record.content_number),
        proposal=proposals.propose(system, account, "limit", "屡犯"),
        exemption=proposals.exempt(system, account, "测试", now + timedelta(days=1)),
        bulk=BulkAction.objects.create(step="limit", reason="批量", accounts=[account.pk], created_at=now),
        delivery=Delivery.objects.create(webhook=hook, event="x", state="given_up", created_at=now, next_at=now),
        report=AuthorityReport.objects.create(
            account=other, state="prepared", authority="网信办", reason="屡犯", prepared_at=now
        ),
        incident=incidents.open_incident(system, incidents.Opening("资料外泄", Facts(people=1_200_000)), now),
    )


_WORLD = Kept(_world, shared=lambda world: (world.chain._vault,))


@pytest.fixture
def user_of(db: None) -> Callable[[str], User]:
    """The user of a role, with a password; the same one every time within a test."""

    def of(role: str) -> User:
        user = User.objects.filter(username=f"u-{role}").first()
        return user or User.objects.create_user(f"u-{role}", password=PASSWORD, role=role)

    return of


@pytest.fixture
def browser(user_of: Callable[[str], User]) -> Callable[[str], Client]:
    """A client in which the user of a role is signed in."""

    def of(role: str, **headers: str) -> Client:
        client = Client(headers=headers or None)
        client.force_login(user_of(role), backend="django.contrib.auth.backends.ModelBackend")
        return client

    return of
