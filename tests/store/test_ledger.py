from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from guiju.errors import IntegrationSuspended, KeyUnknown
from guiju.evidence import LabelEntry, Outcome, RecordedFailure, Verdict
from guiju.law.ledger import Ledger, ReportCounts
from guiju.law.period import Period
from guiju.store import evidence
from guiju.store.actor import Actor
from guiju.store.ledger import DatabaseLedger
from guiju.store.models import (
    Account,
    AuditEntry,
    AuthorityReport,
    Case,
    Integration,
    Record,
    RecordText,
    Refusal,
    Role,
    Sanction,
    Service,
    User,
    VerifyRun,
    Violation,
)
from guiju.store.services import integrations, word_lists

from .evidence_rows import START, TestChain, implicit, verdict

pytestmark = pytest.mark.django_db
SPAN = Period(START, START + timedelta(days=30))
NOW = START + timedelta(days=40)


@pytest.fixture
def ledger(service: Service) -> Ledger:
    return DatabaseLedger(service, NOW)


def failing(action: str) -> Verdict:
    return Verdict(action=action, failures=(RecordedFailure(detector="words", error="GJ-2010", risks=("A.1.a",)),))


def keys(*records: Record) -> tuple[str, ...]:
    return tuple(str(record.id) for record in records)


def test_an_empty_ledger_answers_everything(ledger: Ledger) -> None:
    assert ledger.exchanges(SPAN).exchanges == 0
    assert ledger.models(SPAN) == ()
    assert ledger.labels(SPAN).delivered == 0
    assert ledger.disposals(SPAN).found == 0
    assert ledger.reviews(SPAN, 24).opened == 0
    assert ledger.retention(6).first_written is None
    assert ledger.chain().last_record is None
    assert ledger.drills(SPAN) == ()
    assert ledger.integrations(SPAN) == ()
    assert ledger.callers(SPAN).unattributed == 0
    assert list(ledger.accounts(SPAN, 1)) == []
    assert ledger.anonymous_violations(SPAN) == 0
    assert ledger.lexicon().entries == 0
    assert ledger.lexicon_changes(SPAN) == ()


def test_exchanges_count_what_was_really_checked(ledger: Ledger) -> None:
    chain = TestChain()
    chain.write()
    chain.write(prompt=verdict("block", "A.1.f"), answer=Verdict(), outcome=Outcome.BLOCKED)
    passed = chain.write(prompt=failing("unchecked"), answer=failing("unchecked"), outcome=Outcome.UNCHECKED)
    held = chain.write(prompt=failing("block"), answer=Verdict(), outcome=Outcome.BLOCKED)
    chain.write(prompt=Verdict(), answer=Verdict(), outcome=Outcome.REFUSED)
    chain.write(service="other")
    chain.write(at=SPAN.end)
    seen = ledger.exchanges(SPAN)
    assert (seen.exchanges, seen.prompts, seen.prompts_checked) == (4, 4, 2)
    assert (seen.answers, seen.answers_checked, seen.passed_unchecked) == (2, 1, 2)
    assert seen.sample[:2] == keys(held, passed)
    assert len(seen.sample) == 4


def test_names_a_client_made_up_do_not_stop_a_count(ledger: Ledger) -> None:
    chain = TestChain()
    for name in ("\0", "a\0\0b", "\\u0000", "\\\0", "\\\\u0000\0", '"failures":[{'):
        chain.write(model=name, upstream=name + "x", prompt=failing("unchecked"))
    assert ledger.exchanges(SPAN).passed_unchecked == 6
    assert sum(m.exchanges for m in ledger.models(SPAN)) == 6
    assert ledger.labels(SPAN).read_back == 6


def test_models_go_by_their_upstream_name(ledger: Ledger) -> None:
    chain = TestChain()
    for upstream in ("a-1", "b-2", "b-2"):
        chain.write(upstream=upstream, model="alias")
    chain.write(upstream="c-3", answer=Verdict(), outcome=Outcome.UPSTREAM_ERROR)
    assert [(m.model, m.exchanges) for m in ledger.models(SPAN)] == [("b-2", 2), ("a-1", 1)]


def test_labels_are_counted_and_read_back(ledger: Ledger, integration: Integration, system: Actor) -> None:
    chain = TestChain()
    for _ in range(3):
        chain.write()  # words and implicit label, rightly
    integrations.update(system, integration, interface_declaration="常显提示")
    chain.write(integration=integration.pk, label=LabelEntry(position="interface"))  # declared, no implicit label
    bare = chain.write(label=LabelEntry(position="interface"))  # an interface nobody declared
    wrong = chain.write(label=LabelEntry(content="x", explicit="ai", implicit=implicit("another"), position="start"))
    broken = chain.write(label=LabelEntry(content="x", explicit="ai", implicit="{no json", position="start"))
    chain.write(answer=verdict("block", "A.1.f"), label=LabelEntry(), outcome=Outcome.BLOCKED)  # a stand-in answer
    seen = ledger.labels(SPAN)
    assert (seen.delivered, seen.explicit, seen.declared) == (7, 5, 1)
    assert (seen.implicit, seen.read_back, seen.numbered) == (5, 3, 3)
    assert seen.producers == ("001191440300123456789X00000",)
    assert seen.sample[0] == str(bare.id)
    assert {str(wrong.id), str(broken.id)} <= set(seen.sample)


def test_an_answer_without_text_needs_no_words(ledger: Ledger) -> None:
    chain, textless = TestChain(), LabelEntry(content="x", implicit=implicit("x"), reason="empty")
    chain.write()
    chain.write(label=textless)  # a tool call alone
    chain.write(label=textless, answer=verdict("block", "A.1.f"), outcome=Outcome.BLOCKED)  # stopped before it was seen
    left = chain.write(label=textless, outcome=Outcome.CLIENT_LEFT)  # its words were to stand at the end
    data = chain.write(label=LabelEntry(reason="structured"), model='"position":"","reason":"empty"}')
    seen = ledger.labels(SPAN)
    assert (seen.delivered, seen.explicit) == (3, 1)
    assert {str(left.id), str(data.id)} <= set(seen.sample[:2])


def test_disposals_follow_policy_and_reviewers(ledger: Ledger) -> None:
    chain = TestChain()
    chain.write(prompt=verdict("block", "A.1.f"))
    chain.write(answer=verdict("mask", "A.4.f"))
    chain.write()
    waiting, fine, confirmed = (chain.write(prompt=verdict("review", "A.1.f")) for _ in range(3))
    for record, status, decided in (
        (waiting, Case.Status.OPEN, ""),
        (fine, Case.Status.DECIDED, Case.Verdict.FINE),
        (confirmed, Case.Status.DECIDED, Case.Verdict.VIOLATION),
    ):
        Case.objects.create(record=record, opened_at=START, due_at=START, risk="A.1.f", status=status, verdict=decided)
    lost = chain.write(prompt=verdict("block", "A.1.f"))
    RecordText.objects.filter(record=lost).delete()
    seen = ledger.disposals(SPAN)
    assert (seen.found, seen.stopped, seen.waiting, seen.kept) == (5, 3, 1, 4)
    assert seen.sample[:2] == keys(confirmed, lost)


def test_reviews_know_what_is_late(ledger: Ledger) -> None:
    chain = TestChain()
    one, two = (User.objects.create(username=name, role=Role.REVIEWER) for name in ("a", "b"))

    def case(opened: datetime, decided: datetime | None, who: User | None = None) -> Record:
        record = chain.write()
        Case.objects.create(
            record=record,
            opened_at=opened,
            due_at=opened,
            risk="A.1.f",
            status=Case.Status.DECIDED if decided else Case.Status.OPEN,
            decided_at=decided,
            decided_by=who,
        )
        return record

    hour = timedelta(hours=1)
    case(START, START + 24 * hour, one)
    late = case(START, START + 25 * hour, two)
    case(START - 48 * hour, START + hour, one)  # opened before the span, decided in it, late
    case(START - 48 * hour, START - 40 * hour, one)  # over before the span
    stuck = case(START, None)
    case(SPAN.end - hour, None)
    case(SPAN.end - hour, SPAN.end + hour, one)
    seen = ledger.reviews(SPAN, 24)
    assert (seen.opened, seen.decided, seen.open, seen.late, seen.reviewers) == (5, 3, 3, 3, 2)
    assert str(late.id) in seen.sample[:3]
    assert str(stuck.id) in seen.sample[:3]


def test_retention_sees_deletions_by_age(ledger: Ledger, system: Actor) -> None:
    chain = TestChain(at=START - timedelta(days=300))
    old = [chain.write() for _ in range(3)]
    young = chain.write(at=START)
    chain.write("", "", at=START)  # never had a text
    assert evidence.sweep_retention(system, NOW).texts == 3
    AuditEntry.objects.filter(action=evidence.retention.SWEEP).update(at=NOW)
    kept = ledger.retention(6)
    assert (kept.deleted_early, kept.deleted_due) == (0, 3)
    assert kept.first_written == kept.oldest_kept == (START - timedelta(days=300)).date()
    RecordText.objects.filter(record=young).delete()  # by whoever
    assert ledger.retention(6).deleted_early == 1
    assert ledger.retention(6).sample[0] == str(young.id)
    assert ledger.retention(36).deleted_early == 7  # measured by a longer rule, every one was early
    assert old[0].has_text


def test_the_chain_counts_what_is_not_sealed(ledger: Ledger, auditor: Actor) -> None:
    chain = TestChain()
    for _ in range(3):
        chain.write()
    seal = chain.seal()
    last = chain.write()
    evidence.verify(auditor)
    facts = ledger.chain()
    assert (facts.records, facts.unsealed, facts.last_record, facts.last_seal) == (4, 1, last.at, seal.at)
    assert facts.last_verification is not None
    assert (facts.last_verification.records, facts.last_verification.problems) == (5, 0)


def test_drills_are_exports_in_the_span(ledger: Ledger) -> None:
    for at, kind, ok in (
        (START, "export", True),
        (START, "verify", True),
        (NOW, "export", True),
        (START, "export", False),
    ):
        row = VerifyRun.objects.create(kind=kind, ok=ok, records=5, seconds=7)
        VerifyRun.objects.filter(pk=row.pk).update(at=at)
    assert [(d.seconds, d.records, d.verified) for d in ledger.drills(SPAN)] == [(7, 5, True), (7, 5, False)]


def backdate(integration: Integration, *moments: datetime) -> None:
    """Move the integration's audit entries to these moments, in order."""
    rows = AuditEntry.objects.filter(object_id=integration.pk, action__startswith="integration.").order_by("id")
    for row, at in zip(rows, moments, strict=True):
        AuditEntry.objects.filter(pk=row.pk).update(at=at)


def test_the_inventory_knows_traffic_while_not_approved(
    ledger: Ledger, integration: Integration, system: Actor
) -> None:
    integrations.set_status(system, integration, "suspended", "检查")
    integrations.set_status(system, integration, "approved", "恢复")
    day = timedelta(days=1)
    backdate(integration, START - day, START + 2 * day, START + 4 * day)
    chain = TestChain()
    for at in (START + day, START + 2 * day + timedelta(seconds=1), START + 3 * day, START + 5 * day):
        chain.write(at=at, integration=integration.pk)
    facts = ledger.integrations(SPAN)
    assert [(f.id, f.status, f.requests, f.requests_while_unapproved) for f in facts] == [
        (integration.pk, "approved", 4, 1)
    ]
    early = Period(START, START + 3 * day)
    assert ledger.integrations(early)[0].status == "suspended"


def test_retired_integrations_show_only_with_traffic(ledger: Ledger, integration: Integration, system: Actor) -> None:
    integrations.set_status(system, integration, "retired", "下线")
    assert ledger.integrations(SPAN) == ()
    TestChain().write(integration=integration.pk)
    assert [f.requests for f in ledger.integrations(SPAN)] == [1]


def test_callers_without_an_approved_integration(ledger: Ledger, integration: Integration) -> None:
    TestChain().write(integration="")
    for code, owner, count in (
        (KeyUnknown.code, "", 3),
        (IntegrationSuspended.code, integration.pk, 5),
        (IntegrationSuspended.code, "in-elsewhere", 7),
        ("GJ-1208", integration.pk, 11),
    ):
        Refusal.objects.create(hour=START, code=code, integration_id=owner, count=count, last_at=START)
    seen = ledger.callers(SPAN)
    assert (seen.unattributed, seen.refused_unknown, seen.refused_unapproved) == (1, 3, 5)


def test_account_histories_hold_turns_and_measures(ledger: Ledger, integration: Integration) -> None:
    chain = TestChain()
    for name in ("p1", "p2"):
        Account.objects.create(pseudonym=name, integration=integration, first_seen=START, last_seen=START)
    bad = [chain.write(account="p1", prompt=verdict("block", "A.1.f")) for _ in range(2)]
    good = chain.write(account="p1")
    chain.write(account="p1", prompt=Verdict(), answer=Verdict(), outcome=Outcome.REFUSED)
    other = chain.write(account="p2", prompt=verdict("block", "A.1.f"))
    chain.write(prompt=verdict("answer_instead", "A.1.f"))
    for record in (*bad, other):
        Violation.objects.create(account_id=record.account, record_id=record.id, at=record.at, risk="A.1.f")
    for step, starts, expires, lifted, records in (
        ("warn", START - timedelta(days=9), START - timedelta(days=1), None, [1]),  # over before the span
        ("suspend", START, START + timedelta(days=1), START + timedelta(hours=1), [1]),
        ("close", START + timedelta(days=2), None, None, []),
    ):
        Sanction.objects.create(
            account_id="p1", step=step, rule="x", reason="辱骂", records=records, starts_at=starts, expires_at=expires,
            lifted_at=lifted,
        )  # fmt: skip
    (history,) = ledger.accounts(SPAN, 2)
    assert history.account == "p1"
    assert [(t.violated, t.record) for t in history.turns] == [
        (True, str(bad[0].id)),
        (True, str(bad[1].id)),
        (False, str(good.id)),
    ]
    assert [(m.kind, m.until, m.stops, m.reasoned) for m in history.measures] == [
        ("suspend", START + timedelta(hours=1), True, True),
        ("close", None, True, False),
    ]
    assert {h.account for h in ledger.accounts(SPAN, 1)} == {"p1", "p2"}
    assert ledger.anonymous_violations(SPAN) == 1


def test_reports_to_authorities_have_their_days(ledger: Ledger, integration: Integration) -> None:
    account = Account.objects.create(pseudonym="p9", integration=integration, first_seen=START, last_seen=START)
    day, states = timedelta(days=1), AuthorityReport.State
    for state, prepared, settled in (
        (states.SENT, START, START + day),
        (states.SENT, START, SPAN.end + day),  # at the end of the span it still waited
        (states.REFUSED, START + day, START + 2 * day),
        (states.PREPARED, SPAN.end - day, None),
        (states.SENT, SPAN.start - 9 * day, SPAN.start - day),  # settled before the span
    ):
        AuthorityReport.objects.create(
            account=account, state=state, prepared_at=prepared, records=[7],
            reported_at=settled if state == states.SENT else None,
            decided_at=settled if state == states.REFUSED else None,
        )  # fmt: skip
    assert ledger.reports(SPAN, 3000) == ReportCounts(asked=4, sent=1, refused=1, waiting=2, late=0)
    late = ledger.reports(SPAN, 2)
    assert (late.late, late.sample) == (1, ("7",))


def test_the_lexicon_counts_words_once(service: Service, compliance: Actor) -> None:
    texts = {
        "one": "word,risk,source,allow,hit,miss\n代开发票,A.3.b,投诉,,代开发票,开发票\n代開發票,A.3.b,投诉,,,\n网上赌场,A.1.f/gambling,,,,\n路口交通,,,1,,\n",
        "two": "word,risk,hit,miss\n代开发票,A.3.c,代开发票,开发票\n",
        "off": "word,risk\n不在用,A.3.c\n",
    }
    for slug, text in texts.items():
        words = word_lists.create(compliance, slug, slug, "", "李", "")
        version = word_lists.add_version(compliance, words, text)
        if slug != "off":
            word_lists.set_live(compliance, version)
    now = timezone.now()
    ledger = DatabaseLedger(service, now)
    facts = ledger.lexicon()
    assert (facts.entries, facts.sourced) == (2, 1)
    assert {c.risk: c.entries for c in facts.by_risk} == {"A.1.f": 1, "A.3.b": 1, "A.3.c": 1}
    today = Period(now - timedelta(hours=1), now + timedelta(hours=1))
    assert [(c.added, c.removed) for c in ledger.lexicon_changes(today)] == [(3, 0), (1, 0)]
    assert ledger.lexicon_changes(Period(START, START + timedelta(days=1))) == ()
