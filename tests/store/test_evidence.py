from __future__ import annotations

from datetime import timedelta

import pytest

from guiju.errors import InvalidField, NotFound, PermissionDenied, ReasonMissing, TextGone, TextTampered
from guiju.evidence import Exchange, Outcome
from guiju.store import evidence
from guiju.store.actor import Actor
from guiju.store.evidence.queries import Query, matching
from guiju.store.evidence.texts import LOOK
from guiju.store.models import Account, AuditEntry, Case, Integration, Record, RecordText, Sanction
from guiju.store.services import accounts

from .evidence_rows import START, TestChain, verdict

pytestmark = pytest.mark.django_db


def pages(query: Query, limit: int) -> list[tuple[int, ...]]:
    found, cursor = [], None
    while True:
        page = evidence.search(query, cursor, limit)
        found.append(tuple(record.id for record in page.records))
        if page.next is None:
            return found
        cursor = page.next


def test_pages_cover_everything_once_newest_first() -> None:
    chain = TestChain()
    same = START + timedelta(minutes=1)
    written = [chain.write(at=same) for _ in range(7)] + [chain.write(at=START + timedelta(minutes=2))]
    flat = [key for page in pages(Query(), 3) for key in page]
    assert flat == [record.id for record in sorted(written, key=lambda r: (r.at, r.id), reverse=True)]


def test_pages_by_risk_cover_everything_once(integration: Integration) -> None:
    chain = TestChain()
    tags = ("A.4.f", "A.4.f/idcard", "A.4.f/phone", "A.4", "A.4.fx")
    written = [chain.write(prompt=verdict("mask", tags[n % 5])) for n in range(20)]
    both = chain.write(prompt=verdict("mask", "A.4.f"), answer=verdict("mask", "A.4.f/phone"))
    chain.write(prompt=verdict("mask", "A.4.f"), service="other")
    wanted = [record.id for n, record in enumerate(written) if n % 5 < 3] + [both.id]
    found = [key for page in pages(Query(risk="A.4.f", service="chat"), 4) for key in page]
    assert found == wanted[::-1]
    assert set(matching(Query(risk="A.4.f", service="chat")).values_list("id", flat=True)) == set(wanted)


def test_pages_do_not_move_when_records_arrive() -> None:
    chain = TestChain()
    first = [chain.write() for _ in range(4)]
    page = evidence.search(Query(), None, 2)
    chain.write()
    following = evidence.search(Query(), page.next, 2)
    assert [r.id for r in (*page.records, *following.records)] == [r.id for r in reversed(first)]


def test_a_foreign_cursor_is_refused() -> None:
    for cursor in ("x", "1", "1.2.3", "9" * 40 + ".1"):
        with pytest.raises(InvalidField):
            evidence.search(Query(), cursor)


def test_each_field_narrows_the_search() -> None:
    chain = TestChain()
    plain = chain.write()
    bad = chain.write(account="p1", prompt=verdict("block", "A.4.f/idcard"), integration="in-2", service="other")

    def found(query: Query) -> list[int]:
        return [record.id for record in evidence.search(query).records]

    for query in (
        Query(account="p1"),
        Query(integration="in-2"),
        Query(service="other"),
        Query(risk="A.4.f"),
        Query(risk="A.4.f/idcard"),
        Query(action="block"),
        Query(flagged=True),
        Query(content_number=bad.content_number),
        Query(since=bad.at),
        Query(risk="A.4.f", since=START, until=bad.at + timedelta(seconds=1)),
    ):
        assert found(query) == [bad.id], query
    for query in (Query(flagged=False), Query(until=bad.at), Query(action="label", integration="in-1")):
        assert found(query) == [plain.id], query
    assert found(Query(risk="A.4")) == []
    assert found(Query(risk="A.4.f", until=START)) == []


def test_a_record_is_found_by_id_or_number() -> None:
    record = TestChain().write()
    assert evidence.find_record(str(record.id)) == record
    assert evidence.find_record(record.content_number) == record
    for key in ("", "nothing", "9" * 30):
        with pytest.raises(NotFound):
            evidence.find_record(key)


def test_reading_is_recorded_before_the_text_is_seen(compliance: Actor) -> None:
    record = TestChain().write("身份证号", "不能回答")
    texts = evidence.read_text(compliance, record, "投诉核查")
    assert [part.text for part in texts.prompt] == ["身份证号"]
    assert [part.text for part in texts.answer] == ["不能回答"]
    look = AuditEntry.objects.get(action=LOOK)
    assert (look.object_id, look.reason, look.actor) == (str(record.id), "投诉核查", compliance.user)
    assert "身份证" not in str(look.detail)


def test_a_text_that_cannot_be_decrypted_was_still_looked_at(compliance: Actor) -> None:
    record = TestChain().write()
    stored = RecordText.objects.get(record=record)
    stored.prompt = bytes(stored.prompt)[:-1] + b"x"
    stored.save()
    with pytest.raises(TextTampered):
        evidence.read_text(compliance, record, "核查")
    assert AuditEntry.objects.filter(action=LOOK).count() == 1


def test_a_swapped_text_is_noticed(compliance: Actor) -> None:
    chain = TestChain()
    one, two = chain.write("甲"), chain.write("乙")
    RecordText.objects.filter(record=one).update(prompt=RecordText.objects.get(record=two).prompt)
    with pytest.raises(TextTampered):
        evidence.read_text(compliance, one, "核查")


def test_reviewers_read_cases_only(reviewer: Actor) -> None:
    record = TestChain().write()
    with pytest.raises(PermissionDenied):
        evidence.read_text(reviewer, record, "看看")
    assert not AuditEntry.objects.filter(action=LOOK).exists()
    Case.objects.create(record=record, opened_at=START, due_at=START, risk="A.1.f")
    assert evidence.read_text(reviewer, record, "审核").prompt


def test_no_reason_no_text(compliance: Actor) -> None:
    with pytest.raises(ReasonMissing):
        evidence.read_text(compliance, TestChain().write(), "  ")


def test_a_text_never_kept_is_gone(compliance: Actor) -> None:
    with pytest.raises(TextGone):
        evidence.read_text(compliance, TestChain().write("", ""), "核查")


def test_a_prompt_without_an_answer_reads_as_such(compliance: Actor) -> None:
    record = TestChain().write("问", "", outcome=Outcome.BLOCKED)
    assert evidence.read_text(compliance, record, "核查").answer == ()


def test_the_story_tells_it_all(compliance: Actor, integration: Integration) -> None:
    account = Account.objects.create(pseudonym="p1", integration=integration, first_seen=START, last_seen=START)
    chain = TestChain()
    before = chain.write()
    record = chain.write(account="p1", integration=integration.pk, prompt=verdict("block", "A.1.f"))
    case = Case.objects.create(record=record, opened_at=START, due_at=START, risk="A.1.f")
    waiting = evidence.story(record)
    assert waiting.seal is None
    seal = chain.seal()
    accounts.impose(compliance, account, "warn", "辱骂", records=[record.id])
    accounts.impose(compliance, account, "warn", "别的事", records=[before.id])
    evidence.read_text(compliance, record, "核查")

    story = evidence.story(Record.objects.get(pk=record.pk))
    assert isinstance(story.body, Exchange)
    assert story.body.prompt.risk == "A.1.f"
    assert (story.integration, story.chain, story.seal) == (integration, chain.row, seal)
    assert story.previous == bytes(before.hash).hex()
    assert (story.account, story.case, story.text_held) == (account, case, True)
    assert [s.reason for s in story.sanctions] == ["辱骂"]
    assert [look.actor for look in story.looks] == [compliance.user]
    assert Sanction.objects.count() == 2


def test_the_first_record_follows_the_genesis() -> None:
    chain = TestChain()
    assert evidence.story(chain.write()).previous == bytes(chain.row.genesis_hash).hex()
