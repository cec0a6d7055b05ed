"""The review desk in the store: order, exposure, blind second reviews, splits, proposals, figures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import msgspec
import pytest

from guiju.desk import DeskPolicy
from guiju.errors import ExposureReached, InvalidField, InvalidTransition, NothingToSplit, OwnProposal, TookPart
from guiju.evidence import Exchange, RecordedFinding, Verdict, decode
from guiju.store import case_context, desk_exposure, desk_figures, desk_policy
from guiju.store.actor import Actor
from guiju.store.case_opening import Reaches, open_case
from guiju.store.desk_queue import Wanted, hidden_from, queue
from guiju.store.models import (
    Account,
    AuditEntry,
    CareProfile,
    Case,
    CaseClaim,
    CaseSketch,
    Integration,
    RefutedClaim,
    Role,
    Sanction,
    User,
    Violation,
    WordList,
)
from guiju.store.services import case_proposals, case_work, cases, desk_settings, word_lists

from .evidence_rows import START, TestChain

pytestmark = pytest.mark.django_db
NOW = START + timedelta(hours=1)
DAY = timedelta(days=1)
Reviewer = Callable[[str], Actor]


@pytest.fixture
def chain(integration: Integration) -> TestChain:
    return TestChain()


@pytest.fixture
def someone(db: None) -> Reviewer:
    def named(name: str) -> Actor:
        user, _ = User.objects.get_or_create(username=name, defaults={"role": Role.REVIEWER})
        return Actor.of(user)

    return named


@pytest.fixture
def everything_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every decided case is reviewed again."""
    usual = DeskPolicy.load()
    again = msgspec.structs.replace(usual.double_review, per_mille=1000)
    monkeypatch.setattr(desk_policy, "in_force", lambda: msgspec.structs.replace(usual, double_review=again))


def case_of(chain: TestChain, risk: str = "A.1.h/gambling", severity: str = "medium", **fields: object) -> Case:
    """A case as the gateway's writer opens it."""
    found = RecordedFinding("words", risk, "w-1", 900, severity, where="messages[0].content")
    said = fields.pop("said", "线上赌场开户送彩金")
    stopped = Verdict(action="review", findings=(found,), risk=risk, score=900)
    record = chain.write(said, "好的", prompt=stopped, **fields)  # type: ignore[arg-type]
    body = decode(bytes(record.body))
    assert isinstance(body, Exchange)
    told = msgspec.json.encode([{"where": "messages[0].content", "text": said, "role": "user"}]).decode()
    return open_case(record.pk, body, record.at, reach=5, prompt=told)


def decided(case: Case, actor: Actor, verdict: str, now: datetime = NOW, **more: str) -> Case:
    assert cases.claim(actor, case, now)
    return cases.decide(actor, case, verdict, "已核", now=now, **more)


def test_a_case_opens_with_its_place_and_deadline(chain: TestChain, integration: Integration) -> None:
    account = Account.objects.create(pseudonym="kid", integration=integration, first_seen=START, last_seen=START)
    CareProfile.objects.create(account=account, basis="suspected", mode=True, updated_at=START)
    plain = case_of(chain)
    grave = case_of(chain, "A.1.d", "high")
    minors = case_of(chain, account="kid", integration=integration.pk)
    assert (plain.deadline, grave.deadline, minors.deadline) == ("ordinary", "terror", "minors")
    assert (plain.severe, grave.severe, minors.minors) == (False, True, True)
    assert grave.due_at - grave.opened_at == timedelta(hours=4)
    assert [case.pk for case in queue(NOW)] == [grave.pk, minors.pk, plain.pk]
    assert {row.service for row in (plain, grave)} == {"chat"}


def test_a_deadline_that_nears_overtakes(chain: TestChain) -> None:
    mild, grave = case_of(chain, severity="low"), case_of(chain, severity="medium")
    assert queue(NOW).first() == grave
    Case.objects.filter(pk=mild.pk).update(due_at=NOW - timedelta(minutes=1))
    assert queue(NOW).first() == mild


def test_reach_is_counted_anew_only_after_a_while(integration: Integration) -> None:
    reaches = Reaches()
    Account.objects.create(pseudonym="a", integration=integration, first_seen=START, last_seen=START)
    assert reaches.of(integration.pk, START) == 1
    Account.objects.create(pseudonym="b", integration=integration, first_seen=START, last_seen=START)
    assert reaches.of(integration.pk, START + timedelta(minutes=9)) == 1
    assert reaches.of(integration.pk, START + timedelta(minutes=10)) == 2


def test_the_queue_can_be_narrowed(chain: TestChain, someone: Reviewer) -> None:
    gambling, abuse = case_of(chain), case_of(chain, "A.2.e")
    assert cases.claim_next(someone("a"), NOW, Wanted(risk="A.2")) == abuse
    assert cases.claim_next(someone("b"), NOW, Wanted(service="other")) is None
    assert cases.claim_next(someone("b"), NOW, Wanted(due="late")) is None
    assert cases.claim_next(someone("b"), NOW + 2 * DAY, Wanted(due="late", risk="A.1.h")) == gambling


def test_claim_times_are_kept(chain: TestChain, someone: Reviewer) -> None:
    case, one, other = case_of(chain), someone("a"), someone("b")
    cases.claim(one, case, NOW)
    cases.claim(one, case, NOW + timedelta(minutes=5))  # extended: still the same claim
    cases.claim(other, case, NOW + timedelta(minutes=20))
    cases.decide(other, case, "fine", "", now=NOW + timedelta(minutes=21))
    kept = list(CaseClaim.objects.values_list("reviewer__username", "end", "claimed_at", "ended_at"))
    assert kept == [
        ("a", "lapsed", NOW, NOW + timedelta(minutes=15)),
        ("b", "decided", NOW + timedelta(minutes=20), NOW + timedelta(minutes=21)),
    ]
    times = desk_figures.times(NOW, NOW + DAY)
    assert (times.cases, times.handling_p50, times.handling_p95) == (1, 60.0, 60.0)


def test_no_more_of_the_grave_than_a_shift_holds(chain: TestChain, someone: Reviewer) -> None:
    actor = someone("a")
    desk_settings.keep(actor, blur=True, greyscale=True, mute=True, severe_cases=1)
    first, second, mild = case_of(chain, severity="high"), case_of(chain, severity="high"), case_of(chain)
    assert cases.claim_next(actor, NOW) == first
    cases.decide(actor, first, "violation", "", now=NOW + timedelta(minutes=1))
    later = NOW + timedelta(minutes=2)
    assert desk_exposure.of(actor.user, later).full  # type: ignore[arg-type]
    with pytest.raises(ExposureReached):
        cases.claim(actor, second, later)
    assert cases.claim_next(actor, later) == mild
    cases.decide(actor, mild, "fine", "", now=later)
    with pytest.raises(ExposureReached):
        cases.claim_next(actor, later)
    assert cases.claim_next(someone("b"), later) == second
    assert cases.claim_next(actor, NOW + timedelta(hours=9)) is not None  # the next shift; b's claim ran out


def test_own_limits_are_never_looser(someone: Reviewer) -> None:
    with pytest.raises(InvalidField):
        desk_settings.keep(someone("a"), blur=False, greyscale=False, mute=False, severe_cases=10_000)


def test_a_second_review_is_blind_and_changes_nothing(
    chain: TestChain, someone: Reviewer, everything_twice: None
) -> None:
    first, one, other = case_of(chain), someone("a"), someone("b")
    first = decided(first, one, "violation")
    second = Case.objects.get(kind="second")
    assert (second.about, second.risk, second.status) == (first, first.risk, "open")
    assert hidden_from(other.user, first) and not hidden_from(one.user, first)  # type: ignore[arg-type]
    assert cases.claim_next(one, NOW) is None
    with pytest.raises(TookPart):
        cases.claim(one, second, NOW)
    assert case_context.alike(second) == []  # never the case it repeats
    with pytest.raises(InvalidField):
        decided(second, other, "violation", sanction_step="warn")
    cases.decide(other, second, "violation", "", now=NOW)
    assert not hidden_from(other.user, first)  # type: ignore[arg-type]
    assert not Case.objects.filter(kind="settle").exists()
    agreed = desk_figures.agreed(NOW - DAY, NOW + DAY)
    assert (agreed.cases, agreed.same, agreed.kappa) == (1, 1, None)


def test_where_two_differ_a_third_settles_and_prevails(
    chain: TestChain, integration: Integration, someone: Reviewer, everything_twice: None
) -> None:
    Account.objects.create(pseudonym="p1", integration=integration, first_seen=START, last_seen=START)
    first = case_of(chain, account="p1", integration=integration.pk)
    Violation.objects.create(account_id="p1", record_id=first.record_id, at=START, risk=first.risk)
    decided(first, someone("a"), "violation", sanction_step="suspend")
    decided(Case.objects.get(kind="second"), someone("b"), "fine")
    rule = desk_figures.precision(NOW - DAY, NOW + DAY)[0]
    assert (rule.confirmed.hits, rule.confirmed.of) == (1, 1)
    settle = Case.objects.get(kind="settle")
    for took_part in ("a", "b"):
        with pytest.raises(TookPart):
            cases.claim(someone(took_part), settle, NOW)
        assert cases.claim_next(someone(took_part), NOW) is None
    decided(settle, someone("c"), "fine")
    first.refresh_from_db()
    assert (first.verdict, first.overturned_from) == ("fine", "violation")
    assert not Violation.objects.exists()
    assert Sanction.objects.get().lifted_at is not None
    assert AuditEntry.objects.filter(action="case.overturn").count() == 1
    share = desk_figures.overturned(NOW - DAY, NOW + DAY)
    assert (share.hits, share.of) == (1, 1)
    rule = desk_figures.precision(NOW - DAY, NOW + DAY)[0]
    assert (rule.confirmed.hits, rule.confirmed.of) == (0, 1)  # the day was counted before it was overturned
    assert desk_figures.agreed(NOW - DAY, NOW + DAY).same == 0


def test_a_case_is_split_by_part(chain: TestChain, someone: Reviewer) -> None:
    found = (
        RecordedFinding("words", "A.1.h/gambling", "w-1", 900, "low", where="messages[0].content"),
        RecordedFinding("words", "A.1.d", "w-2", 900, "high", where="messages[2].content"),
    )
    record = chain.write("赌", prompt=Verdict(action="review", findings=found, risk="A.1.h/gambling", score=900))
    whole = Case.objects.create(record=record, opened_at=START, due_at=START + DAY, risk="A.1.h/gambling")
    actor, parts = someone("a"), [f.where for f in found]
    cases.claim(actor, whole, NOW)
    for wrong in (parts[:1], [*parts, "elsewhere"], [parts[0], parts[0]]):
        with pytest.raises(NothingToSplit):
            case_work.split(actor, whole, wrong, "", NOW)
    mild, grave = case_work.split(actor, whole, parts, "两件事", NOW)
    whole.refresh_from_db()
    assert (whole.status, whole.verdict) == ("decided", "split")
    assert (mild.risk, grave.risk, grave.severe) == ("A.1.h/gambling", "A.1.d", True)
    assert mild.due_at == grave.due_at == whole.due_at
    assert CaseSketch.objects.filter(pk=mild.pk).exists()
    Violation.objects.create(account=_account(), record_id=record.pk, at=START, risk="A.1.d")
    decided(mild, actor, "fine")
    assert Violation.objects.exists()  # the other part still waits
    decided(grave, actor, "fine")
    assert not Violation.objects.exists()
    with pytest.raises(InvalidTransition):
        case_work.split(actor, whole, parts, "", NOW)


def _account() -> Account:
    return Account.objects.create(
        pseudonym="p9", integration=Integration.objects.get(), first_seen=START, last_seen=START
    )


def test_escalating_and_commenting_stay_with_the_case(chain: TestChain, someone: Reviewer) -> None:
    case = case_of(chain)
    cases.comment(someone("a"), case, "方言", NOW)
    decided(case, someone("a"), "unsure")
    decided(case, someone("b"), "violation")
    assert list(case.notes.values_list("text", "escalation")) == [("方言", False), ("已核", True)]


def test_cases_alike_by_their_words(chain: TestChain) -> None:
    case = case_of(chain, said="加我微信领取内部福利，日结工资，在家就能做")
    alike = case_of(chain, said="加我微信领内部福利，工资日结，在家能做哦")
    case_of(chain, said="请介绍杭州西湖的历史与传说，谢谢")
    assert [found.case for found in case_context.alike(case)] == [alike]


def test_a_word_takes_effect_when_a_second_person_approves(
    chain: TestChain, someone: Reviewer, compliance: Actor, system: Actor
) -> None:
    words = word_lists.create(system, "ours", "自建", "A.3.b", "李", "自建")
    word_lists.set_live(system, word_lists.add_version(system, words, "word,hit,miss\n代开发票,代开发票,开发票\n"))
    case = case_of(chain)
    words = WordList.objects.get(pk="ours")
    proposal = case_proposals.propose_word(someone("a"), case, case_proposals.Word(words, "代办假证"), "反复出现", NOW)
    with pytest.raises(InvalidField):
        case_proposals.propose_word(someone("a"), case, case_proposals.Word(words, "代开发票"), "重复", NOW)
    mine = replace(compliance, user=someone("a").user)
    with pytest.raises(OwnProposal):
        case_proposals.approve(mine, proposal, "", NOW)
    case_proposals.approve(compliance, proposal, "收录", NOW)
    words.refresh_from_db()
    entries = {entry.word: entry for entry in word_lists.entries(words.live)}
    assert entries["代办假证"].source == f"case {case.pk}" and "代开发票" in entries
    with pytest.raises(InvalidTransition):
        case_proposals.approve(compliance, proposal, "", NOW)


def test_a_refuted_claim_goes_to_the_register(chain: TestChain, someone: Reviewer, compliance: Actor) -> None:
    claim = case_proposals.Claim("喝高度白酒可以预防流感病毒", "不能预防", "国家卫健委 2026-03-01")
    proposal = case_proposals.propose_claim(someone("a"), case_of(chain), claim, "广泛传播", NOW)
    case_proposals.approve(compliance, proposal, "", NOW)
    assert RefutedClaim.objects.filter(claim=claim.claim, refutation="不能预防").exists()


def test_figures_of_a_day(chain: TestChain, someone: Reviewer) -> None:
    rows = [case_of(chain) for _ in range(3)]
    decided(rows[0], someone("a"), "violation")
    decided(rows[1], someone("a"), "fine")
    now = NOW + timedelta(minutes=1)
    backlog = desk_figures.backlog(now)
    assert (backlog.waiting, backlog.late, sum(backlog.ages)) == (1, 0, 1)
    daily = desk_figures.days(START - DAY, now)
    assert (sum(daily.opened), sum(daily.decided), sum(daily.late)) == (3, 2, 0)
    rule = desk_figures.precision(START, now)[0]
    assert (rule.rule, rule.confirmed.hits, rule.confirmed.of) == ("w-1", 1, 2)
    staff = desk_figures.staff(START, now, desk_figures.times(START, now))
    assert (staff.reviewers, staff.needed) == (1, 0.0)
