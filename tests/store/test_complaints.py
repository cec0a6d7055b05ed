"""A complaint from its receipt to its conclusion: encrypted, every look recorded, measured against its limit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from guiju.errors import (
    ComplaintUnknown,
    FormRefused,
    InvalidField,
    InvalidTransition,
    LeaseLost,
    ReasonMissing,
    TooManyMessages,
)
from guiju.store import allowances, models
from guiju.store.actor import Actor
from guiju.store.complaint_figures import figures
from guiju.store.models import AuditEntry, Complaint, Delivery, Service, Webhook
from guiju.store.services import complaints
from guiju.store.services.complaints import Submission

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
"""A Monday, 10:00 in China."""
DAY = timedelta(days=1)


def sent(system: Actor, now: datetime = NOW, **fields: object) -> tuple[Complaint, str]:
    given = {"kind": "complaint", "topic": "content", "text": "答非所问", "contact": "13800138000", **fields}
    receipt = complaints.submit(system, Submission(**given), now)  # type: ignore[arg-type]
    return Complaint.objects.get(pk=receipt.receipt), receipt.secret


def test_words_and_contact_are_encrypted_and_every_look_is_recorded(system: Actor, reviewer: Actor) -> None:
    row, _ = sent(system)
    stored = bytes(row.contact) + bytes(row.messages.get().sealed)
    assert "答非所问".encode() not in stored and b"13800138000" not in stored
    opened = complaints.read(reviewer, row)
    assert ([w.text for w in opened.messages], opened.contact) == (["答非所问"], "13800138000")
    look = AuditEntry.objects.latest("id")
    assert (look.action, look.object_id, look.actor_name) == ("complaint.read", row.pk, reviewer.name)
    assert not AuditEntry.objects.filter(detail__icontains="答非所问").exists()


def test_only_who_has_both_follows_it(system: Actor) -> None:
    row, secret = sent(system)
    assert complaints.follow(row.pk.lower(), secret.replace("-", "").lower()) == row
    for receipt, tried in ((row.pk, "WRNG-WRNG-WRNG"), ("GJ-20261123-ZZZZZZ", secret), ("", "")):
        with pytest.raises(ComplaintUnknown):
            complaints.follow(receipt, tried)


def test_the_time_limit_is_that_of_the_topic(system: Actor) -> None:
    row, _ = sent(system)
    assert row.due_at == datetime(2026, 11, 30, 16, 0, tzinfo=UTC)  # the end of Monday the 30th in China
    personal, _ = sent(system, kind="rights", topic="personal_information")
    assert personal.due_at == datetime(2026, 12, 14, 16, 0, tzinfo=UTC)


def test_it_is_answered_by_its_holder_alone_and_concluded(system: Actor, reviewer: Actor, compliance: Actor) -> None:
    row, secret = sent(system)
    with pytest.raises(LeaseLost):
        complaints.reply(reviewer, row, "已处理", NOW)
    assert complaints.claim(reviewer, row, NOW)
    assert not complaints.claim(compliance, row, NOW)
    with pytest.raises(LeaseLost):
        complaints.reply(compliance, row, "已处理", NOW)
    complaints.note(compliance, row, "内部意见", NOW)
    answered = complaints.reply(reviewer, row, "已更正", NOW + timedelta(hours=1))
    assert answered.answered_at == NOW + timedelta(hours=1)
    assert complaints.claim(compliance, row, NOW + complaints.LEASE)
    with pytest.raises(ReasonMissing):
        complaints.close(compliance, row, " ", NOW + complaints.LEASE)
    complaints.close(compliance, row, "已答复", NOW + complaints.LEASE)
    seen = [w.text for w in complaints.progress(complaints.follow(row.pk, secret))]
    assert seen == ["答非所问", "已更正"]  # not the note
    with pytest.raises(InvalidTransition):
        complaints.reply(compliance, row, "再答", NOW + 2 * DAY)


def test_an_addition_opens_it_again_for_thirty_days(system: Actor, reviewer: Actor) -> None:
    row, _ = sent(system)
    complaints.claim(reviewer, row, NOW)
    complaints.reply(reviewer, row, "已处理", NOW, conclude=True)
    again = complaints.supplement(system, row, "没有解决", NOW + 3 * DAY)
    assert (again.state, again.reopened, again.answered_at) == ("open", 1, None)
    assert again.due_at > row.due_at and again.claimed_by_id is None
    complaints.claim(reviewer, row, NOW + 3 * DAY)
    complaints.reply(reviewer, row, "已解决", NOW + 3 * DAY, conclude=True)
    with pytest.raises(InvalidTransition):
        complaints.supplement(system, row, "又来", NOW + 34 * DAY)


@pytest.mark.parametrize(
    "fields",
    [{"kind": "nothing"}, {"topic": "nothing"}, {"text": " \0 "}, {"text": "长" * 5001}, {"service": "nowhere"}],
)
def test_what_cannot_be_taken(system: Actor, fields: dict[str, str]) -> None:
    with pytest.raises(InvalidField):
        sent(system, **fields)
    assert not Complaint.objects.exists()


def test_a_form_counts_once(system: Actor) -> None:
    sent(system, form="d" * 64)
    with pytest.raises(FormRefused):
        sent(system, form="d" * 64)
    assert Complaint.objects.count() == 1


def test_the_desk_is_reminded_once_before_the_end(system: Actor) -> None:
    Webhook.objects.create(name="desk", address="https://hook.example", created_at=NOW, events=["complaint.due_soon"])
    row, _ = sent(system)
    assert complaints.remind(row.remind_at - timedelta(seconds=1)) == 0
    assert complaints.remind(row.remind_at) == 1
    assert complaints.remind(row.remind_at + DAY) == 0
    delivery = Delivery.objects.get()
    assert (delivery.event, delivery.body["receipt"]) == ("complaint.due_soon", row.pk)
    assert "答非所问" not in str(delivery.body)


def test_what_is_overdue_is_said_so(system: Actor) -> None:
    Webhook.objects.create(name="desk", address="https://hook.example", created_at=NOW)
    row, _ = sent(system)
    Delivery.objects.all().delete()
    assert complaints.remind(row.due_at) == 1
    assert Delivery.objects.get().event == "complaint.overdue"


def test_the_figures_count_in_time_late_and_waiting(system: Actor, reviewer: Actor, service: Service) -> None:
    rows = [sent(system)[0] for _ in range(4)]
    sent(system, kind="misuse", topic="p1_1", service="chat")
    for row, answered in zip(rows[:3], (NOW + DAY, NOW + 2 * DAY, rows[2].due_at + DAY), strict=True):
        complaints.claim(reviewer, row, answered)
        complaints.reply(reviewer, row, "已处理", answered)
    late = complaints.supplement(system, rows[2], "太晚", rows[2].due_at + DAY)
    complaints.claim(reviewer, late, NOW + 9 * DAY)
    complaints.reply(reviewer, late, "抱歉", NOW + 9 * DAY)  # in time the second time, but the first limit was missed
    early, whole = figures(NOW, NOW + 3 * DAY), figures(NOW, NOW + 30 * DAY)
    kept = {f.kind: f for f in early}["complaint"]
    assert (kept.received, kept.in_time, kept.waiting, kept.late) == (4, 2, 1, 1)
    kept = {f.kind: f for f in whole}["complaint"]
    assert (kept.received, kept.in_time, kept.late, kept.waiting, kept.share) == (4, 2, 2, 0, 0.5)
    assert [f.kind for f in figures(NOW, NOW + DAY, "other")] == ["complaint"]


def test_an_address_empties_its_bucket(db: None) -> None:
    for _ in range(5):
        allowances.spend("2001:db8::1", NOW)
    with pytest.raises(TooManyMessages):
        allowances.spend("2001:db8::ffff", NOW)  # one household, one network
    allowances.spend("2001:db8:0:1::1", NOW)
    allowances.spend("2001:db8::1", NOW + timedelta(minutes=10))
    kept = models.Allowance.objects.values_list("pk", flat=True)
    assert len(kept) == 2 and not any("2001" in key for key in kept)
    assert allowances.forget(NOW + timedelta(hours=2)) == 2


def test_two_desks_cannot_both_have_it(system: Actor, actor: Callable[[str], Actor]) -> None:
    row, _ = sent(system)
    first = Actor.of(models.User.objects.create(username="one", role="reviewer"))
    second = Actor.of(models.User.objects.create(username="two", role="reviewer"))
    assert [complaints.claim(first, row, NOW), complaints.claim(second, row, NOW)] == [True, False]
    assert complaints.release(second, row) is False
    assert complaints.release(first, row) is True
    assert complaints.claim(second, row, NOW)
