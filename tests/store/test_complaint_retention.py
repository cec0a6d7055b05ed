"""The words of a complaint go when their retention ends, each kind by its own period; what the figures need stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from importlib import resources

import pytest

from guiju.complaints import Kinds
from guiju.errors import PermissionDenied
from guiju.store.actor import Actor
from guiju.store.models import AuditEntry, Complaint, ComplaintMessage, Delivery, Webhook
from guiju.store.services import complaint_retention, complaints
from guiju.store.services.complaints import Submission

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def sent(actor: Actor, kind: str = "complaint", topic: str = "content", at: datetime = NOW) -> Complaint:
    given = Submission(kind=kind, topic=topic, text="答非所问", contact="me@example.cn")
    return Complaint.objects.get(pk=complaints.submit(actor, given, at).receipt)


def concluded(actor: Actor, desk: Actor, kind: str, topic: str) -> Complaint:
    row = sent(actor, kind, topic)
    complaints.claim(desk, row, NOW)
    complaints.reply(desk, row, "已处理", NOW + DAY / 8, conclude=True)
    return row


def test_each_kind_by_its_own_period(system: Actor, reviewer: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    source = resources.files("guiju.complaints").joinpath("data", "kinds.yaml").read_text("utf-8")
    own = Kinds.load(source.replace("keep: {months: 36,", "keep: {months: 6,", 1))  # complaints alone
    monkeypatch.setattr("guiju.store.complaint_rules.kinds", lambda: own)
    monkeypatch.setattr(complaint_retention, "kinds", lambda: own)
    gone = concluded(system, reviewer, "complaint", "content")
    kept = concluded(system, reviewer, "misuse", "p1_1")
    waiting = sent(system)
    assert complaint_retention.ends(waiting) is None
    due = complaint_retention.ends(Complaint.objects.get(pk=gone.pk))
    assert due is not None and due == datetime(
        2027, 5, 2, 16, 0, tzinfo=UTC
    )  # the day six months later is over in China
    assert complaint_retention.sweep(system, due - timedelta(seconds=1)) == 0
    assert complaint_retention.sweep(system, due) == 1
    gone.refresh_from_db()
    assert (gone.texts_deleted_at, bytes(gone.contact), gone.contact_key) == (due, b"", None)
    assert gone.state == "closed" and gone.answered_at is not None
    assert set(ComplaintMessage.objects.values_list("complaint", flat=True)) == {kept.pk, waiting.pk}
    assert complaints.progress(gone) == ()
    entry = AuditEntry.objects.get(action="complaint.sweep")
    assert (entry.detail["complaints"], entry.detail["messages"]) == (1, 2)


def test_a_kind_nobody_knows_any_more_is_kept_the_longest(system: Actor, reviewer: Actor) -> None:
    row = concluded(system, reviewer, "complaint", "content")
    Complaint.objects.filter(pk=row.pk).update(kind="former")
    assert complaint_retention.sweep(system, NOW + 1000 * DAY) == 0
    assert complaint_retention.sweep(system, NOW + 1200 * DAY) == 1


def test_only_the_server_deletes(reviewer: Actor) -> None:
    with pytest.raises(PermissionDenied):
        complaint_retention.sweep(reviewer, NOW)


def test_the_desk_is_reminded_before_the_end_and_after_it(system: Actor, reviewer: Actor) -> None:
    Webhook.objects.create(name="ops", address="https://hook.example/", created_at=NOW)
    row = sent(system)
    complaints.claim(reviewer, row, row.remind_at)
    assert reviewer.user is not None
    assert complaints.remind(row.remind_at - DAY) == 0
    assert [complaints.remind(row.remind_at), complaints.remind(row.remind_at + DAY / 24)] == [1, 0]
    assert complaints.pressing(reviewer.user, row.remind_at) == complaints.Pressing(0, 1, 0, 1)
    assert [complaints.remind(row.due_at), complaints.remind(row.due_at + DAY)] == [1, 0]
    assert complaints.pressing(reviewer.user, row.due_at + DAY) == complaints.Pressing(1, 0, 0, 0)  # the claim ran out
    events = {one.event: one for one in Delivery.objects.all()}
    assert {"complaint.due_soon", "complaint.overdue"} <= events.keys()
