"""Role × action: every service function, called by every role, does what the matrix says and nothing else."""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import inspect
import io
import pkgutil
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from guiju.errors import CandidateDamaged, PermissionDenied, TooFewDecided
from guiju.evidence import RecordedFinding, Verdict
from guiju.incidents import Facts
from guiju.inventory import points
from guiju.law.book import rules
from guiju.law.schema import SetBy
from guiju.moderation import policy_source
from guiju.moderation.checker import Checker
from guiju.moderation.lexicon import Lexicon
from guiju.moderation.models import shelf
from guiju.moderation.rumours import Refuted
from guiju.settings import NoticeSettings
from guiju.store import evidence, model_shelf
from guiju.store import services as package
from guiju.store.actor import SYSTEM_ROLE, Actor
from guiju.store.models import (
    Account,
    Appeal,
    AuditEntry,
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
    GuardianDecision,
    Incident,
    Integration,
    ModelCandidate,
    PolicyVersion,
    ProposedStep,
    Record,
    RefutedClaim,
    Role,
    Sanction,
    Service,
    User,
    Webhook,
    WordList,
    WordListVersion,
)
from guiju.store.permissions import MATRIX, Permission
from guiju.store.services import (
    account_facts,
    accounts,
    appeals,
    authority_reports,
    bulk,
    candidates,
    care_cases,
    case_proposals,
    case_work,
    cases,
    complaint_retention,
    complaints,
    desk_settings,
    documents,
    guardians,
    incidents,
    integrations,
    law,
    minors,
    policies,
    proposals,
    rumours,
    second_factors,
    services,
    sign_ins,
    users,
    webhooks,
    word_lists,
)
from guiju.store.snapshot import Snapshot

from .evidence_rows import TestChain

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
ROLES = (*Role.values, SYSTEM_ROLE)
SOURCE = policy_source.DEFAULT.read_text("utf-8")
PASSWORD = "correct-horse-battery-9"
DAY = date(2026, 1, 1)
EVERY_POINT = integrations.Looked(accepted=frozenset(point.id for point in points()))
NOTICES = NoticeSettings(values={"operator": "某公司", "contact": "王 010"})
HOOK = "https://hook.example/x"


@dataclass
class World:
    """One of everything, made by the system."""

    folder: Path
    service: Service
    integration: Integration
    record: Record
    beside: Record
    candidate: ModelCandidate
    case: Case
    account: Account
    crisis: CareCase
    guardian: GuardianDecision
    incident: Incident
    over: Incident
    sanction: Sanction
    document: Document
    draft: PolicyVersion
    on_trial: PolicyVersion
    words: WordList
    version: WordListVersion
    rumour: RefutedClaim
    person: User
    complaint: Complaint
    appeal: Appeal
    proposal: ProposedStep
    exemption: Exemption
    bulk: BulkAction
    hook: Webhook
    delivery: Delivery


def submission(**fields: str) -> complaints.Submission:
    return complaints.Submission(**{"kind": "complaint", "topic": "content", "text": "不满意", **fields})  # type: ignore[arg-type]


@pytest.fixture
def world(integration: Integration, system: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(settings, "MEDIA_ROOT", tmp_path / "documents")
    monkeypatch.setattr(candidates, "SnapshotLoader", Bare)
    monkeypatch.setattr(model_shelf, "home", lambda: tmp_path / "models")
    now = timezone.now()
    account = Account.objects.create(pseudonym="p1", integration=integration, first_seen=now, last_seen=now)
    CareProfile.objects.create(account=account, basis="suspected", mode=True, updated_at=now)
    chain = TestChain(at=now)
    beside = chain.write(account="p1", integration=integration.pk)
    record = chain.write("从前", account="p1", integration=integration.pk, prompt=two_findings())
    for _ in range(2):
        policies.publish(system, policies.create_draft(system, SOURCE))
    complained = complaints.submit(system, submission(), now)
    appealed = submission(kind="appeal", topic="refusal", content_number=record.content_number)
    appeal = Appeal.objects.get(pk=complaints.submit(system, appealed, now).receipt)
    allowed = settings.GUIJU.webhooks.model_copy(update={"allowed_hosts": ("hook.example",)})
    monkeypatch.setattr(settings, "GUIJU", settings.GUIJU.model_copy(update={"webhooks": allowed, "notices": NOTICES}))
    hook = webhooks.create(system, "ops", HOOK, "generic", ["appeal.decided"], now)[0]
    words = word_lists.create(system, "ours", "自建", "A.3.b", "李", "自建")
    return World(
        folder=tmp_path,
        service=integration.service,
        integration=integration,
        record=record,
        beside=beside,
        candidate=candidate(now),
        case=Case.objects.create(record=record, opened_at=now, due_at=now + timedelta(days=1), risk="A.1.f"),
        account=account,
        crisis=CareCase.objects.create(account=account, service="chat", kind="crisis", opened_at=now, due_at=now),
        guardian=guardians.decide(system, account, "limit", "continuous", value=20),
        incident=incidents.open_incident(system, incidents.Opening("泄露"), now),
        over=incidents.end(system, incidents.open_incident(system, incidents.Opening("篡改"), now), now),
        sanction=accounts.impose(system, account, "warn", "辱骂"),
        document=documents.upload(system, rules().obligations[0].id, None, "报告", "a.pdf", io.BytesIO(b"x"), DAY),
        draft=policies.create_draft(system, SOURCE),
        on_trial=policies.start_trial(system, policies.create_draft(system, SOURCE)),
        words=words,
        rumour=rumours.add(system, "吃大蒜能解酒", "不能", "某机构"),
        version=word_lists.add_version(system, words, "word,hit,miss\n代开发票,代开发票,开发票\n"),
        person=User.objects.create(username="li.lei", role=Role.REVIEWER),
        complaint=Complaint.objects.get(pk=complained.receipt),
        appeal=appeal,
        proposal=proposals.propose(system, account, "limit", "屡犯"),
        exemption=proposals.exempt(system, account, "测试", now + timedelta(days=1)),
        bulk=BulkAction.objects.create(step="limit", reason="批量", accounts=["p1"], created_at=now),
        hook=hook,
        delivery=Delivery.objects.create(webhook=hook, event="x", state="given_up", created_at=now, next_at=now),
    )


def reported(world: World, state: str) -> AuthorityReport:
    """A report of the account that a rule asked for, so far along."""
    now = timezone.now()
    return AuthorityReport.objects.create(
        account=world.account,
        state=state,
        authority="网信办",
        reason="屡犯",
        records=[world.record.pk],
        prepared_at=now,
        decided_at=now,
    )


def paused(world: World) -> Integration:
    Integration.objects.filter(pk=world.integration.pk).update(status="suspended")
    return world.integration


def candidate(now: datetime) -> ModelCandidate:
    """A candidate made from the shipped model and compared with it; its weights are never loaded here."""
    manifest = shelf.MANIFEST.read_bytes()
    name = f"test-{secrets.token_hex(4)}"
    (model_shelf.home() / name).mkdir(parents=True)
    (model_shelf.home() / name / shelf.MANIFEST.name).write_bytes(manifest)
    return ModelCandidate.objects.create(
        name=name,
        base=shelf.manifest().version,
        sha256=hashlib.sha256(manifest).hexdigest(),
        examples=1,
        made_at=now,
        compared_at=now,
    )


class Bare:
    """Stands for the loader: what a snapshot holds besides is not what the matrix asks about."""

    def __init__(self, budget_ms: float) -> None:
        self.checker = Checker.build(Lexicon.compile([]), policy_source.default(), (), (), budget_ms)

    def load(self) -> Snapshot:
        return Snapshot(0, self.checker, "", "")


def without_cases(act: Callable[..., object], *given: object) -> None:
    """Ask for a model where too few cases are decided to make or to measure one."""
    with contextlib.suppress(TooFewDecided, CandidateDamaged):
        act(*given)


def roll_back(world: World, actor: Actor) -> object:
    ModelCandidate.objects.filter(pk=world.candidate.pk).update(state="live", promoted_at=timezone.now())
    return candidates.rollback(actor, "误报增多", timezone.now())


def two_findings() -> Verdict:
    found = [RecordedFinding("words", "A.1.f", "w-1", 900, where=f"messages[{n}].content") for n in (0, 2)]
    return Verdict(action="review", findings=tuple(found), risk="A.1.f", score=900)


def proposed(world: World) -> CaseProposal:
    """A word that a colleague proposed."""
    return CaseProposal.objects.create(
        case=world.case,
        kind="word",
        word_list=world.words,
        text="代办证件",
        reason="反复出现",
        proposed_at=timezone.now(),
    )


def taken(complaint: Complaint, actor: Actor) -> Complaint:
    """The complaint, claimed by the actor whatever its role: whether it may answer is the question."""
    end = timezone.now() + timedelta(minutes=5)
    Complaint.objects.filter(pk=complaint.pk).update(claimed_by=actor.user, claimed_until=end)
    return complaint


def concluded(complaint: Complaint) -> Complaint:
    Complaint.objects.filter(pk=complaint.pk).update(state="closed", closed_at=timezone.now())
    return complaint


def undo_bulk(world: World, actor: Actor) -> object:
    BulkAction.objects.filter(pk=world.bulk.pk).update(state="applied", applied_at=timezone.now())
    return bulk.undo(actor, world.bulk, "误操作", timezone.now())


def decide_appeal(world: World, actor: Actor) -> object:
    taken(world.appeal.complaint, actor)
    return appeals.decide(actor, world.appeal, "granted", "误判", "已恢复", timezone.now())


def held(world: World, actor: Actor) -> Case:
    """The case, claimed by the actor whatever its role: whether it may decide is the question."""
    end = timezone.now() + timedelta(minutes=5)
    Case.objects.filter(pk=world.case.pk).update(claimed_by=actor.user, claimed_until=end)
    return world.case


def threshold() -> tuple[str, str]:
    found = ((o, t) for o in rules().obligations for t in o.thresholds if t.set_by is SetBy.OPERATOR)
    obligation, chosen = next(found)
    return obligation.urn, chosen.name


def change_own_password(world: World, actor: Actor) -> object:
    if actor.user is not None:
        actor.user.set_password("old")
        actor.user.save()
    return users.change_own_password(actor, "old", PASSWORD)


def confirm(world: World, actor: Actor) -> object:
    owner = actor.user or world.person
    return second_factors.confirm(actor, TOTPDevice.objects.create(user=owner, confirmed=False), "000000")


def set_value(world: World, actor: Actor) -> object:
    obligation, name = threshold()
    return law.set_operator_value(actor, obligation, 5, "李", "评估", name)


NOW = timezone.now
ACTS: dict[str, Callable[[World, Actor], object]] = {
    "accounts.impose": lambda w, a: accounts.impose(a, w.account, "suspend", "辱骂", records=[w.record.pk]),
    "accounts.lift": lambda w, a: accounts.lift(a, w.sanction, "误判"),
    "account_facts.tell": lambda w, a: account_facts.tell(
        a, account_facts.Told(w.integration.pk, "p1", "verified"), NOW()
    ),
    "appeals.decide": decide_appeal,
    "bulk.approve": lambda w, a: bulk.approve(a, w.bulk, NOW()),
    "bulk.create": lambda w, a: bulk.create(a, ["p1"], "limit", "屡犯", NOW()),
    "bulk.preview": lambda w, a: bulk.preview(a, ["p1"], "limit", NOW()),
    "bulk.refuse": lambda w, a: bulk.refuse(a, w.bulk, "不必", NOW()),
    "bulk.undo": undo_bulk,
    "proposals.approve": lambda w, a: proposals.approve(a, w.proposal),
    "proposals.end_exemption": lambda w, a: proposals.end_exemption(a, w.exemption, "结束"),
    "proposals.exempt": lambda w, a: proposals.exempt(a, w.account, "测试", NOW() + timedelta(days=9)),
    "proposals.propose": lambda w, a: proposals.propose(a, w.account, "close", "屡犯"),
    "proposals.refuse": lambda w, a: proposals.refuse(a, w.proposal, "不必"),
    "authority_reports.approve": lambda w, a: authority_reports.approve(
        a, reported(w, "prepared"), "网信办", "", NOW()
    ),
    "authority_reports.draft": lambda w, a: authority_reports.draft(a, reported(w, "prepared")),
    "authority_reports.prepare": lambda w, a: authority_reports.prepare(a, w.account, "网信办", "屡犯", NOW()),
    "authority_reports.refuse": lambda w, a: authority_reports.refuse(a, reported(w, "prepared"), "不必", NOW()),
    "authority_reports.sent": lambda w, a: authority_reports.sent(a, reported(w, "approved"), "1", NOW()),
    "webhooks.create": lambda w, a: webhooks.create(a, "two", HOOK, "wecom", [], NOW()),
    "webhooks.retry": lambda w, a: webhooks.retry(a, w.delivery, NOW()),
    "webhooks.update": lambda w, a: webhooks.update(a, w.hook, "停用", active=False),
    "complaints.claim": lambda w, a: complaints.claim(a, w.complaint, NOW()),
    "complaints.close": lambda w, a: complaints.close(a, taken(w.complaint, a), "已答复", NOW()),
    "complaints.note": lambda w, a: complaints.note(a, w.complaint, "转技术", NOW()),
    "complaints.read": lambda w, a: complaints.read(a, w.complaint),
    "complaints.release": lambda w, a: complaints.release(a, taken(w.complaint, a)),
    "complaints.reopen": lambda w, a: complaints.reopen(a, concluded(w.complaint), "补充", NOW()),
    "complaints.reply": lambda w, a: complaints.reply(a, taken(w.complaint, a), "已处理", NOW()),
    "complaints.submit": lambda w, a: complaints.submit(a, submission(), NOW()),
    "complaints.supplement": lambda w, a: complaints.supplement(a, w.complaint, "再补充", NOW()),
    "care_cases.close": lambda w, a: care_cases.close(a, w.crisis, "已联系家长"),
    "care_cases.contacted": lambda w, a: care_cases.contacted(a, w.crisis, "已联系家长"),
    "care_cases.request": lambda w, a: care_cases.request(a, w.account, "copy"),
    "guardians.decide": lambda w, a: guardians.decide(a, w.account, "limit", "daily", value=30),
    "guardians.issue_link": lambda w, a: guardians.issue_link(a, w.account),
    "guardians.revoke_links": lambda w, a: guardians.revoke_links(a, w.account, "遗失"),
    "guardians.withdraw": lambda w, a: guardians.withdraw(a, w.guardian),
    "minors.clear_suspicion": lambda w, a: minors.clear_suspicion(a, w.account, "核验为成年人"),
    "minors.note_yearly": lambda w, a: minors.note_yearly(
        a, w.service, date.today().year - 1, "public", "https://example.com", date(date.today().year, 1, 1)
    ),
    "minors.publish_policy": lambda w, a: minors.publish_policy(a, minors.policy_source.shipped(), "试"),
    "minors.set_profile": lambda w, a: minors.set_profile(a, w.account, basis="stated", band="8_12"),
    "candidates.compare": lambda w, a: without_cases(candidates.compare, a, w.candidate, NOW()),
    "candidates.export_training_set": lambda w, a: candidates.export_training_set(a, w.folder / "cases.jsonl"),
    "candidates.promote": lambda w, a: candidates.promote(a, w.candidate, "更准", NOW()),
    "candidates.retrain": lambda w, a: without_cases(candidates.retrain, a, NOW()),
    "candidates.rollback": lambda w, a: roll_back(w, a),
    "case_proposals.approve": lambda w, a: case_proposals.approve(a, proposed(w), "收录", NOW()),
    "case_proposals.propose_claim": lambda w, a: case_proposals.propose_claim(
        a, w.case, case_proposals.Claim("喝醋防病", "不能预防", "卫健委 2026-03-01"), "传播", NOW()
    ),
    "case_proposals.propose_word": lambda w, a: case_proposals.propose_word(
        a, w.case, case_proposals.Word(w.words, "代写发票"), "反复出现", NOW()
    ),
    "case_proposals.refuse": lambda w, a: case_proposals.refuse(a, proposed(w), "误伤太多", NOW()),
    "case_work.open_beside": lambda w, a: case_work.open_beside(a, w.case, [w.beside.pk], "同一账号"),
    "case_work.split": lambda w, a: case_work.split(
        a, held(w, a), ["messages[0].content", "messages[2].content"], "", NOW()
    ),
    "cases.claim": lambda w, a: cases.claim(a, w.case, NOW()),
    "cases.claim_next": lambda w, a: cases.claim_next(a, NOW()),
    "cases.comment": lambda w, a: cases.comment(a, w.case, "请看第二轮", NOW()),
    "cases.decide": lambda w, a: cases.decide(a, held(w, a), "fine", "", now=NOW()),
    "cases.release": lambda w, a: cases.release(a, held(w, a)),
    "desk_settings.keep": lambda w, a: desk_settings.keep(a, blur=True, greyscale=True, mute=False, severe_cases=20),
    "complaint_retention.sweep": lambda w, a: complaint_retention.sweep(a, NOW()),
    "documents.open_file": lambda w, a: documents.open_file(a, w.document).close(),
    "documents.upload": lambda w, a: documents.upload(
        a, rules().obligations[0].id, w.service, "报告", "a.pdf", io.BytesIO(b"x"), DAY
    ),
    "documents.withdraw": lambda w, a: documents.withdraw(a, w.document, "作废"),
    "evidence.export": lambda w, a: evidence.export(a, w.folder / "package"),
    "evidence.read_text": lambda w, a: evidence.read_text(a, w.record, "核查"),
    "evidence.rotate_data_key": lambda w, a: evidence.rotate_data_key(a),
    "evidence.sweep_retention": lambda w, a: evidence.sweep_retention(a, NOW() + timedelta(days=400)),
    "evidence.verify": lambda w, a: evidence.verify(a),
    "incidents.close": lambda w, a: incidents.close(a, w.over, "已恢复", NOW()),
    "incidents.draft": lambda w, a: incidents.draft(a, w.incident, "first"),
    "incidents.end": lambda w, a: incidents.end(a, w.incident, NOW()),
    "incidents.fill": lambda w, a: incidents.fill(a, w.incident, {"cause": "弱口令"}),
    "incidents.listed": lambda w, a: incidents.listed(a),
    "incidents.note": lambda w, a: incidents.note(a, w.incident, "断网", NOW()),
    "incidents.open_incident": lambda w, a: incidents.open_incident(a, incidents.Opening("泄露"), NOW()),
    "incidents.regrade": lambda w, a: incidents.regrade(a, w.incident, Facts(people=5), "已核数", NOW()),
    "incidents.report_sent": lambda w, a: incidents.report_sent(a, w.incident, "first", "回执 1", NOW()),
    "integrations.approve": lambda w, a: integrations.approve(a, paused(w), EVERY_POINT, "材料齐全"),
    "integrations.rotate_key": lambda w, a: integrations.rotate_key(a, w.integration, timedelta(days=7), NOW()),
    "integrations.create": lambda w, a: integrations.create(
        a, name="新应用", service=w.service, owner="王", purpose="other"
    ),
    "integrations.mark_reviewed": lambda w, a: integrations.mark_reviewed(a, w.integration, "现场核对"),
    "integrations.new_key": lambda w, a: integrations.new_key(a, w.integration),
    "integrations.revoke_key": lambda w, a: integrations.revoke_key(a, w.integration.keys.all()[0], "泄露"),
    "integrations.set_status": lambda w, a: integrations.set_status(a, w.integration, "suspended", "检查"),
    "integrations.update": lambda w, a: integrations.update(a, w.integration, owner="李"),
    "law.run_checks": lambda w, a: law.run_checks(a, w.service, NOW()),
    "law.set_operator_value": set_value,
    "policies.create_draft": lambda w, a: policies.create_draft(a, SOURCE),
    "policies.end_trial": lambda w, a: policies.end_trial(a, w.on_trial),
    "policies.start_trial": lambda w, a: policies.start_trial(a, w.draft, 10),
    "policies.publish": lambda w, a: policies.publish(a, w.draft),
    "policies.rollback": lambda w, a: policies.rollback(a),
    "second_factors.confirm": confirm,
    "second_factors.pending": lambda w, a: second_factors.pending(a),
    "sign_ins.set_language": lambda w, a: sign_ins.set_language(a, "en"),
    "sign_ins.signed_in": lambda w, a: sign_ins.signed_in(a),
    "sign_ins.signed_out": lambda w, a: sign_ins.signed_out(a),
    "services.update": lambda w, a: services.update(a, w.service, name="新名"),
    "users.change_own_password": change_own_password,
    "users.create": lambda w, a: users.create(a, "new", Role.AUDITOR),
    "users.deactivate": lambda w, a: users.deactivate(a, w.person, "离职"),
    "users.reactivate": lambda w, a: users.reactivate(a, w.person, "返岗"),
    "rumours.add": lambda w, a: rumours.add(a, "吃香蕉会变猴子", "不会", "某机构"),
    "rumours.edit": lambda w, a: rumours.edit(a, w.rumour, refutation="不能解酒"),
    "rumours.expire": lambda w, a: rumours.expire(a, w.rumour, "过时", date(2026, 11, 1)),
    "rumours.import_": lambda w, a: rumours.import_(a, [Refuted("喝可乐能杀精", "不能", "某机构")]),
    "users.reset_password": lambda w, a: users.reset_password(a, w.person),
    "users.reset_totp": lambda w, a: users.reset_totp(a, w.person, "丢失"),
    "users.set_role": lambda w, a: users.set_role(a, w.person, Role.COMPLIANCE),
    "word_lists.add_version": lambda w, a: word_lists.add_version(a, w.words, "word\n办证刻章\n"),
    "word_lists.create": lambda w, a: word_lists.create(a, "second", "二", "", "李", "自建"),
    "word_lists.set_live": lambda w, a: word_lists.set_live(a, w.version),
}

QUIET = {
    "bulk.preview",
    "documents.open_file",
    "authority_reports.draft",
    "candidates.compare",
    "candidates.retrain",
    "incidents.draft",
    "incidents.listed",
    "second_factors.pending",
    "complaint_retention.sweep",
    "second_factors.confirm",
    "sign_ins.set_language",
}
"""Acts that change nothing and leave no entry (a confirmation with a wrong code is one, a sweep with nothing due another)."""


def taking_an_actor() -> Iterator[tuple[str, Callable[..., object]]]:
    """Every public function of the services and of evidence whose first parameter is an actor."""
    modules = [importlib.import_module(f"{package.__name__}.{m.name}") for m in pkgutil.iter_modules(package.__path__)]
    for module in (*modules, evidence):
        name = module.__name__.rpartition(".")[2]
        for attribute, value in vars(module).items():
            own = inspect.isfunction(value) and value.__module__.startswith(module.__name__)
            if own and not attribute.startswith("_") and [*inspect.signature(value).parameters][:1] == ["actor"]:
                yield f"{name}.{attribute}", value


FUNCTIONS = dict(taking_an_actor())


def test_every_service_function_asks_a_permission() -> None:
    assert [name for name, function in FUNCTIONS.items() if not hasattr(function, "permission")] == []


def test_every_service_function_has_its_row() -> None:
    assert set(ACTS) == set(FUNCTIONS)


@pytest.mark.parametrize("role", ROLES)
def test_role_by_action(role: str, world: World, actor: Callable[[str], Actor], system: Actor) -> None:
    who = system if role == SYSTEM_ROLE else actor(role)
    wrong = [f"{name}: {said}" for name in ACTS if (said := verdict(name, role, world, who))]
    assert wrong == []


def verdict(name: str, role: str, world: World, who: Actor) -> str:
    """What is wrong with one cell of the matrix, or nothing. Whatever the act changes is taken back."""
    permission: Permission = FUNCTIONS[name].permission  # type: ignore[attr-defined]
    may = permission in MATRIX[role]
    with transaction.atomic():
        newest = AuditEntry.objects.latest("id").pk
        try:
            ACTS[name](world, who)
        except PermissionDenied:
            said = "refused" if may else ""
        else:
            said = "" if may else "allowed"
        names = list(AuditEntry.objects.filter(id__gt=newest).values_list("actor_name", flat=True))
        transaction.set_rollback(True)
    if said:
        return said
    if set(names) != ({who.name} if may and name not in QUIET else set()):
        return f"left entries of {names}"
    return ""


@pytest.mark.parametrize(("role", "may"), [(Role.REVIEWER, False), (Role.COMPLIANCE, True)])
def test_closing_an_account_is_the_compliance_officers(
    role: str, may: bool, world: World, actor: Callable[[str], Actor]
) -> None:
    if may:
        closed = accounts.impose(actor(role), world.account, "close", "屡犯")
        assert closed in accounts.active(world.account, NOW())
    else:
        with pytest.raises(PermissionDenied):
            accounts.impose(actor(role), world.account, "close", "屡犯")


def test_reopening_a_closed_account_too(world: World, actor: Callable[[str], Actor]) -> None:
    closed = accounts.impose(actor(Role.COMPLIANCE), world.account, "close", "屡犯")
    with pytest.raises(PermissionDenied):
        accounts.lift(actor(Role.REVIEWER), closed, "误判")
    accounts.lift(actor(Role.COMPLIANCE), closed, "误判")
    assert closed not in accounts.active(world.account, NOW())
