"""Complaints, reports and claims of the public: received, claimed, answered, concluded, reopened; every look recorded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Count, F, Q, QuerySet

from guiju.china import CHINA, china_day
from guiju.complaints import WorkingCalendar, new_receipt, new_secret
from guiju.complaints.receipt import tidy
from guiju.errors import ComplaintUnknown, FormRefused, InvalidField, InvalidTransition
from guiju.store import complaint_words, keys, outbox
from guiju.store.actor import Actor
from guiju.store.acts import act, reasoned
from guiju.store.audit import append, one_at_a_time
from guiju.store.claims import held
from guiju.store.complaint_rules import kind_of
from guiju.store.models import Account, Complaint, ComplaintMessage, Service, User
from guiju.store.permissions import Permission
from guiju.store.services import appeals
from guiju.store.validation import clean, fresh

LEASE = timedelta(hours=8)
"""How long a claim holds."""
REOPEN_WITHIN = timedelta(days=30)
"""How long after its conclusion the author of a complaint can still add to it."""
LOOK = "complaint.read"

State = Complaint.State
Author = ComplaintMessage.Author


@dataclass(frozen=True)
class Submission:
    """What somebody sends in. ``form``: the digest of the form it came on, where it came on one."""

    kind: str
    text: str
    topic: str = ""
    contact: str = ""
    service: str = ""
    content_number: str = ""
    sanction: int | str | None = None
    account: str = ""
    integration: str = ""
    via: str = Complaint.Via.PAGE
    form: str | None = None


@dataclass(frozen=True)
class Receipt:
    """What its author is given. The secret is shown this once and kept nowhere."""

    receipt: str
    secret: str
    due_at: datetime


@dataclass(frozen=True)
class Words:
    """One message in the clear."""

    number: int
    at: datetime
    author: str
    by: str
    text: str


@dataclass(frozen=True)
class File:
    """A complaint read by the desk: its messages and how to reach its author."""

    messages: tuple[Words, ...]
    contact: str


# --- the public's side -----------------------------------------------------------------------------------------------


@act(Permission.RECEIVE_COMPLAINTS)
def submit(actor: Actor, sent: Submission, now: datetime) -> Receipt:
    """Take a complaint in; its time limit runs from now.

    Raises:
        InvalidField: an unknown kind, topic or service, no words or too many. FormRefused: the form was sent before.
        NothingToAppeal: an appeal that names no record or sanction.
    """
    kind, text = kind_of(sent.kind), _words(sent.text)
    if kind.topic(sent.topic) is None:
        raise InvalidField(field="topic", problem="unknown topic")
    if sent.service and not Service.objects.filter(slug=sent.service).exists():
        raise InvalidField(field="service", problem="unknown service")
    calendar, secret = WorkingCalendar.load(), new_secret()
    due = calendar.due(now, kind.limit_of(sent.topic))
    row = Complaint(
        receipt=new_receipt(china_day(now)),
        secret=_hashed(secret),
        kind=kind.id,
        topic=sent.topic,
        service_id=sent.service or None,
        integration_id=sent.integration or None,
        account=Account.objects.filter(pk=sent.account).first() if sent.account else None,
        content_number=sent.content_number.strip(),
        via=sent.via,
        received_at=now,
        due_at=due,
        remind_at=calendar.remind(now, due, kind.remind),
        form=sent.form,
    )
    if contact := sent.contact.replace("\0", "").strip()[:200]:
        row.contact_key_id, row.contact = complaint_words.seal(row.receipt, complaint_words.CONTACT, contact)
    clean_but_form(row)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise FormRefused(problem_zh="已经提交过", problem_en="it was sent before") from None
    complaint_words.add(row, Author.SUBMITTER, text, now)
    if kind.appeal:
        appeals.open_for(row, sent.sanction)
    facts = _facts(row)
    append(actor, "complaint.submit", row, detail=facts)
    outbox.announce("complaint.received", facts, now)
    return Receipt(row.receipt, secret, due)


def clean_but_form(row: Complaint) -> None:
    """The model's own validation, but for the form's digest: the database alone knows whether it was sent before."""
    form, row.form = row.form, None
    clean(row)
    row.form = form


def follow(receipt: str, secret: str) -> Complaint:
    """The complaint behind what its author was given.

    Raises:
        ComplaintUnknown: no such pair; which of the two is wrong is not said.
    """
    row = Complaint.objects.filter(pk=tidy(receipt)).first()
    if not keys.key_hasher().matches(tidy(secret), row.secret if row is not None else "") or row is None:
        raise ComplaintUnknown()
    return row


def progress(row: Complaint) -> tuple[Words, ...]:
    """What its author may see: own words and the desk's answers, not the notes of the desk."""
    return _opened(row, row.messages.exclude(author=Author.NOTE), named=False)


@act(Permission.RECEIVE_COMPLAINTS)
def supplement(actor: Actor, complaint: Complaint, text: str, now: datetime) -> Complaint:
    """Its author adds something; an answered or concluded complaint is open again, with a new time limit.

    Raises:
        InvalidField: no words or too many. InvalidTransition: it was concluded too long ago, or the appeal is decided.
    """
    row, words = fresh(complaint), _words(text)
    if row.state == State.CLOSED and (row.closed_at is None or row.closed_at < now - REOPEN_WITHIN):
        raise InvalidTransition(what_zh="投诉", what_en="complaint", state=row.state, target=State.OPEN)
    if appeals.decided(row):
        raise InvalidTransition(what_zh="申诉", what_en="appeal", state="decided", target=State.OPEN)
    complaint_words.add(row, Author.SUBMITTER, words, now)
    if row.state != State.OPEN:
        _open_again(row, now)
    append(actor, "complaint.supplement", row, detail={"state": row.state})
    return row


# --- the desk's side -------------------------------------------------------------------------------------------------


def queue() -> QuerySet[Complaint]:
    """What waits for an answer, the nearest end of its time limit first."""
    return Complaint.objects.filter(state=State.OPEN).order_by("due_at", "receipt")


@act(Permission.HANDLE_COMPLAINTS)
def claim(actor: Actor, complaint: Complaint, now: datetime) -> bool:
    """Take a complaint, or extend one's own claim; False if somebody else holds it or it is concluded."""
    mine_or_free = Q(claimed_until=None) | Q(claimed_until__lte=now) | Q(claimed_by=actor.user)
    rows = Complaint.objects.filter(mine_or_free, pk=complaint.pk).exclude(state=State.CLOSED)
    claimed = rows.update(claimed_by=actor.user, claimed_until=now + LEASE)
    if claimed:
        append(actor, "complaint.claim", complaint)
    return bool(claimed)


@act(Permission.HANDLE_COMPLAINTS)
def release(actor: Actor, complaint: Complaint) -> bool:
    """Give a claimed complaint back; False if it was not one's own."""
    rows = Complaint.objects.filter(pk=complaint.pk, claimed_by=actor.user)
    given_back = rows.update(claimed_by=None, claimed_until=None)
    if given_back:
        append(actor, "complaint.release", complaint)
    return bool(given_back)


@act(Permission.READ_COMPLAINTS)
def read(actor: Actor, complaint: Complaint) -> File:
    """The words and the contact of a complaint; the look is in the audit log before they leave here."""
    append(actor, LOOK, complaint)
    messages = complaint.messages.select_related("by").order_by("number")
    return File(_opened(complaint, messages, named=True), complaint_words.contact(complaint))


@act(Permission.HANDLE_COMPLAINTS)
def reply(actor: Actor, complaint: Complaint, text: str, now: datetime, *, conclude: bool = False) -> Complaint:
    """Answer a complaint one holds; its first answer is what the time limit asks for.

    Raises:
        LeaseLost: somebody else holds it. InvalidField: no words. InvalidTransition: it is concluded.
    """
    row, words = held(actor, complaint, now), _words(text)
    complaint_words.add(row, Author.STAFF, words, now, actor.user)
    row.state = State.ANSWERED
    if row.answered_at is None:
        row.answered_at = now
    if conclude:
        _conclude(actor, row, now)
    row.save()
    append(actor, "complaint.reply", row, detail={"state": row.state})
    outbox.announce("complaint.answered", _facts(row), now)
    return row


@act(Permission.HANDLE_COMPLAINTS)
def note(actor: Actor, complaint: Complaint, text: str, now: datetime) -> ComplaintMessage:
    """Write a note that only the desk sees."""
    added = complaint_words.add(fresh(complaint), Author.NOTE, _words(text), now, actor.user)
    append(actor, "complaint.note", complaint, detail={"message": added.number})
    return added


@act(Permission.HANDLE_COMPLAINTS)
def close(actor: Actor, complaint: Complaint, reason: str, now: datetime) -> Complaint:
    """Conclude a complaint that was answered, or one that needs no answer, with the reason.

    Raises:
        LeaseLost, ReasonMissing; InvalidTransition: it is concluded already, or it is an appeal nobody decided.
    """
    row, because = held(actor, complaint, now), reasoned(reason)
    if appeals.undecided(row):
        raise InvalidTransition(what_zh="申诉", what_en="appeal", state="undecided", target=State.CLOSED)
    _conclude(actor, row, now)
    row.save()
    append(actor, "complaint.close", row, reason=because)
    return row


@act(Permission.HANDLE_COMPLAINTS)
def reopen(actor: Actor, complaint: Complaint, reason: str, now: datetime) -> Complaint:
    """Open a concluded complaint again, with a new time limit.

    Raises:
        ReasonMissing; InvalidTransition: it is not concluded, or it is a decided appeal.
    """
    row, because = fresh(complaint), reasoned(reason)
    if row.state != State.CLOSED or appeals.decided(row):
        raise InvalidTransition(what_zh="投诉", what_en="complaint", state=row.state, target=State.OPEN)
    _open_again(row, now)
    append(actor, "complaint.reopen", row, reason=because)
    return row


def remind(now: datetime) -> int:
    """Tell the desk of everything that is nearly due, once, and once more when its limit is over; how many were told of."""
    soon = Q(reminded_at=None, remind_at__lte=now)
    over = Q(due_at__lte=now, reminded_at__lt=F("due_at"))
    rows = list(Complaint.objects.filter(soon | over, state=State.OPEN).select_related("claimed_by"))
    if not rows:
        return 0
    told = 0
    with one_at_a_time():
        for row in rows:
            if not Complaint.objects.filter(pk=row.pk, reminded_at=row.reminded_at).update(reminded_at=now):
                continue
            told += 1
            late = row.due_at <= now
            append(Actor.system("upkeep"), "complaint.remind", row, detail={"due_at": row.due_at, "late": late})
            outbox.announce("complaint.overdue" if late else "complaint.due_soon", _reminder(row, now), now)
    return told


@dataclass(frozen=True)
class Pressing:
    """What a handler is reminded of on the desk: counts of complaints that wait for an answer."""

    late: int
    soon: int
    mine_late: int
    mine_soon: int


def pressing(user: User, now: datetime) -> Pressing:
    """What is late and what is nearly due, at the desk and in the hands of ``user``."""
    late, soon = Q(due_at__lte=now), Q(due_at__gt=now, remind_at__lte=now)
    mine = Q(claimed_by=user, claimed_until__gt=now)
    counted = Complaint.objects.filter(state=State.OPEN).aggregate(
        late=Count("pk", filter=late),
        soon=Count("pk", filter=soon),
        mine_late=Count("pk", filter=late & mine),
        mine_soon=Count("pk", filter=soon & mine),
    )
    return Pressing(**counted)


def _reminder(row: Complaint, now: datetime) -> dict[str, object]:
    """What a receiver of reminders needs to find the handler."""
    held_by = row.claimed_by.username if row.claimed_by is not None and (row.claimed_until or now) > now else ""
    return {**_facts(row), "held_by": held_by}


def _words(text: str) -> str:
    words, most = text.replace("\0", "").strip(), settings.GUIJU.complaints.max_length
    if not words:
        raise InvalidField(field="text", problem="empty")
    if len(words) > most:
        raise InvalidField(field="text", problem=f"longer than {most} characters")
    return words


def _hashed(secret: str) -> str:
    return keys.key_hasher().hash(secret)


def _opened(row: Complaint, messages: QuerySet[ComplaintMessage], *, named: bool) -> tuple[Words, ...]:
    vault = keys.vault()
    return tuple(
        Words(
            m.number,
            m.at,
            m.author,
            m.by.username if named and m.by is not None else "",
            complaint_words.read(m, vault),
        )
        for m in messages.order_by("number")
    )


def _open_again(row: Complaint, now: datetime) -> None:
    kind, calendar = kind_of(row.kind), WorkingCalendar.load()
    row.state, row.reopened = State.OPEN, row.reopened + 1
    row.missed = row.missed or row.answered_at is None or row.answered_at > row.due_at
    row.answered_at = None
    row.due_at = calendar.due(now, kind.limit_of(row.topic))
    row.remind_at, row.reminded_at = calendar.remind(now, row.due_at, kind.remind), None
    row.closed_at = row.closed_by = row.claimed_by = row.claimed_until = None
    row.save()


def _conclude(actor: Actor, row: Complaint, now: datetime) -> None:
    row.state, row.closed_at, row.closed_by = State.CLOSED, now, actor.user
    row.claimed_by = row.claimed_until = None


def _facts(row: Complaint) -> dict[str, object]:
    return {
        "receipt": row.receipt,
        "kind": row.kind,
        "topic": row.topic,
        "state": row.state,
        "due_at": row.due_at.astimezone(CHINA).isoformat(),
        "content_number": row.content_number,
    }
