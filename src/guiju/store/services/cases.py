"""Human review: a queue, a lease that runs out by itself, and a decision only its holder can make."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from guiju.errors import ExposureReached, InvalidField, TookPart
from guiju.store import account_policy, desk_exposure, desk_policy, second_reviews
from guiju.store.actor import Actor
from guiju.store.acts import act, reasoned
from guiju.store.audit import append
from guiju.store.case_claims import End, ended, held, take
from guiju.store.desk_queue import EVERYTHING, Wanted, not_theirs, queue, took_part
from guiju.store.models import Account, Case, CaseNote, User, Violation
from guiju.store.permissions import Permission
from guiju.store.services import accounts
from guiju.store.validation import fresh

_TRIES = 20
_REVIEWS = (Case.Kind.SECOND, Case.Kind.SETTLE)


@act(Permission.REVIEW_CASES)
def claim(actor: Actor, case: Case, now: datetime) -> bool:
    """Take a case, or extend one's own claim; False if somebody else holds it or it is decided.

    One conditional UPDATE decides, so that of several who try at once exactly one succeeds.

    Raises:
        TookPart: it reviews what the actor decided. ExposureReached: it is grave, and the shift's limit is reached.
    """
    user, row = _reviewer(actor), fresh(case)
    if took_part(user, row):
        raise TookPart()
    if row.severe and row.claimed_by_id != user.pk:
        _spare(user, now)
    return take(actor, user, row.pk, now)


@act(Permission.REVIEW_CASES)
def claim_next(actor: Actor, now: datetime, wanted: Wanted = EVERYTHING) -> Case | None:
    """Take the most urgent free case of those ``wanted``; ``None`` when there is none.

    Cases this reviewer escalated, and reviews of what he or she decided, are left to others; grave ones too, once the shift
    holds as many as it may.

    Raises:
        ExposureReached: only grave cases are left.
    """
    user = _reviewer(actor)
    free = wanted.of(queue(now), now).exclude(not_theirs(user))
    seen = desk_exposure.of(user, now)
    mild = free.filter(severe=False) if seen.full else free
    while keys := list(mild.values_list("pk", flat=True)[:_TRIES]):
        for key in keys:  # more than one only if others claim at the same moment
            if take(actor, user, key, now):
                return Case.objects.get(pk=key)
    if seen.full and free.exists():
        raise ExposureReached(cases=seen.severe_cases, minutes=seen.severe_minutes)
    return None


@act(Permission.REVIEW_CASES)
def release(actor: Actor, case: Case) -> bool:
    """Give a claimed case back to the queue; False if it was not one's own."""
    given_back = Case.objects.filter(pk=case.pk, status=Case.Status.OPEN, claimed_by=actor.user).update(
        claimed_by=None, claimed_at=None, claimed_until=None
    )
    if given_back:
        ended(case, timezone.now(), End.RELEASED)
        append(actor, "case.release", case)
    return bool(given_back)


@act(Permission.REVIEW_CASES)
def comment(actor: Actor, case: Case, text: str, now: datetime) -> CaseNote:
    """Say something about a case to whoever works on it next; it stays with the case and is never changed.

    Raises:
        ReasonMissing: nothing is said. InvalidField: too long.
    """
    said = reasoned(text)
    if len(said) > 2000:
        raise InvalidField(field="text", problem="longer than 2000 characters")
    row = CaseNote.objects.create(case=fresh(case), at=now, author=actor.user, text=said)
    append(actor, "case.comment", case, reason=said)
    return row


@act(Permission.REVIEW_CASES)
def decide(
    actor: Actor, case: Case, verdict: str, note: str, *, now: datetime, sanction_step: str | None = None
) -> Case:
    """Decide a case one holds.

    ``violation`` may impose a step of the ladder on the account in the same transaction, for as long as the account
    policy gives that step at most. ``fine`` takes back the violation the policy counted against the account, unless another
    part of the exchange is one. ``unsure`` sends the case back to the queue, higher up, for somebody else; it needs a note.

    A second review changes nothing but the figures; where it disagrees, a third case is opened, and that one prevails.

    Raises:
        LeaseLost: the claim has run out or is somebody else's. InvalidTransition: it is decided already.
        InvalidField: an unknown verdict; a sanction without a violation, where the record names no account, or by a review
        of a review. ReasonMissing: a sanction or an escalation without a note.
    """
    if verdict not in (Case.Verdict.VIOLATION, Case.Verdict.FINE, Case.Verdict.UNSURE):
        raise InvalidField(field="verdict", problem="unknown verdict")
    if sanction_step and verdict != Case.Verdict.VIOLATION:
        raise InvalidField(field="sanction_step", problem="only a confirmed violation can be sanctioned")
    row = held(actor, case, now, verdict)
    if sanction_step and row.kind in _REVIEWS:
        raise InvalidField(field="sanction_step", problem="a review of a decision sanctions nobody")
    row.note = reasoned(note) if sanction_step or verdict == Case.Verdict.UNSURE else note.strip()
    row.verdict, row.decided_by, row.decided_at = verdict, actor.user, now
    row.claimed_by = row.claimed_until = None
    if verdict == Case.Verdict.UNSURE:
        row.priority = min(100, row.priority + desk_policy.in_force().escalated_points)
        CaseNote.objects.create(case=row, at=now, author=actor.user, text=row.note, escalation=True)
    else:
        row.status = Case.Status.DECIDED
    row.save()
    ended(row, now, End.ESCALATED if verdict == Case.Verdict.UNSURE else End.DECIDED)
    detail: dict[str, object] = {"record": row.record_id, "verdict": verdict, "sanction_step": sanction_step}
    if row.kind == Case.Kind.FIRST and verdict == Case.Verdict.FINE:
        detail["violations_taken_back"] = _take_back(row)
    if row.kind != Case.Kind.FIRST:
        detail["kind"], detail["about"] = row.kind, row.about_id
    append(actor, "case.decide", row, reason=row.note, detail=detail)
    if sanction_step:
        _sanction(actor, row, sanction_step)
    if row.status == Case.Status.DECIDED:
        second_reviews.follow(actor, row, now)
    return row


def _reviewer(actor: Actor) -> User:
    if actor.user is None:  # no role without a user may review; this holds it for whoever changes the matrix
        raise InvalidField(field="actor", problem="only a person reviews")
    return actor.user


def _spare(user: User, now: datetime) -> None:
    seen = desk_exposure.of(user, now)
    if seen.full:
        raise ExposureReached(cases=seen.severe_cases, minutes=seen.severe_minutes)


def _take_back(case: Case) -> int:
    """Take the counted violation back, unless another part of the exchange waits or is one."""
    others = Case.objects.filter(record_id=case.record_id, kind=Case.Kind.FIRST).exclude(pk=case.pk)
    if others.exclude(verdict__in=(Case.Verdict.FINE, Case.Verdict.SPLIT)).exists():
        return 0
    return Violation.objects.filter(record_id=case.record_id).delete()[0]


def _sanction(actor: Actor, case: Case, step: str) -> None:
    account = Account.objects.filter(pk=case.record.account).first()
    if account is None:
        raise InvalidField(field="sanction_step", problem="the record names no account")
    expires_at = _ends(step, timezone.now())
    accounts.impose(actor, account, step, case.note, records=[case.record_id], expires_at=expires_at)


def _ends(step: str, now: datetime) -> datetime | None:
    """When a step taken by a reviewer ends by itself: after the longest time the account policy gives that step."""
    hours = [rule.hours for rule in account_policy.in_force().rules if rule.step == step]
    return now + timedelta(hours=max(hours)) if hours and all(hours) else None
