"""Human review: a queue, a lease that runs out by itself, and a decision only its holder can make."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from guiju.errors import InvalidField, InvalidTransition, LeaseLost
from guiju.store import account_policy
from guiju.store.actor import Actor
from guiju.store.acts import act, reasoned
from guiju.store.audit import append
from guiju.store.models import Account, Case, Violation
from guiju.store.permissions import Permission
from guiju.store.services import accounts
from guiju.store.validation import fresh

LEASE = timedelta(minutes=10)
"""How long a claim holds; claiming again while holding it extends it."""

ESCALATED_PRIORITY = 90
"""Where a case goes in the queue, at the least, when a reviewer could not tell."""


def queue(now: datetime) -> QuerySet[Case]:
    """Cases nobody holds at ``now``, the most urgent first."""
    free = Q(claimed_until=None) | Q(claimed_until__lte=now)
    return Case.objects.filter(free, status=Case.Status.OPEN).order_by("-priority", "due_at", "id")


@act(Permission.REVIEW_CASES)
def claim(actor: Actor, case: Case, now: datetime) -> bool:
    """Take a case, or extend one's own claim; False if somebody else holds it or it is decided.

    One conditional UPDATE decides, so that of several who try at once exactly one succeeds.
    """
    return _claim(actor, case.pk, now)


@act(Permission.REVIEW_CASES)
def claim_next(actor: Actor, now: datetime) -> Case | None:
    """Take the most urgent free case; ``None`` when the queue is empty.

    Cases this reviewer escalated are left to others.
    """
    free = queue(now).exclude(verdict=Case.Verdict.UNSURE, decided_by=actor.user)
    for key in free.values_list("pk", flat=True)[:20]:  # more than one only if others claim at the same moment
        if _claim(actor, key, now):
            return Case.objects.get(pk=key)
    return None


@act(Permission.REVIEW_CASES)
def release(actor: Actor, case: Case) -> bool:
    """Give a claimed case back to the queue; False if it was not one's own."""
    given_back = Case.objects.filter(pk=case.pk, status=Case.Status.OPEN, claimed_by=actor.user).update(
        claimed_by=None, claimed_at=None, claimed_until=None
    )
    if given_back:
        append(actor, "case.release", case)
    return bool(given_back)


@act(Permission.REVIEW_CASES)
def decide(
    actor: Actor, case: Case, verdict: str, note: str, *, now: datetime, sanction_step: str | None = None
) -> Case:
    """Decide a case one holds.

    ``violation`` may impose a step of the ladder on the account in the same transaction, for as long as the account
    policy gives that step at most. ``fine`` takes back the
    violation the policy counted against the account. ``unsure`` sends the case back to the queue, higher up, for
    somebody else; it needs a note.

    Raises:
        LeaseLost: the claim has run out or is somebody else's. InvalidTransition: it is decided already.
        InvalidField: an unknown verdict; a sanction without a violation, or where the record names no account.
        ReasonMissing: a sanction or an escalation without a note.
    """
    if verdict not in Case.Verdict.values:
        raise InvalidField(field="verdict", problem="unknown verdict")
    if sanction_step and verdict != Case.Verdict.VIOLATION:
        raise InvalidField(field="sanction_step", problem="only a confirmed violation can be sanctioned")
    row = fresh(case)
    if row.status == Case.Status.DECIDED:
        raise InvalidTransition(what_zh="案件", what_en="case", state=row.status, target=verdict)
    if row.claimed_by_id != getattr(actor.user, "pk", None) or row.claimed_until is None or row.claimed_until <= now:
        raise LeaseLost(case=row.pk)
    row.note = reasoned(note) if sanction_step or verdict == Case.Verdict.UNSURE else note.strip()
    row.verdict, row.decided_by, row.decided_at = verdict, actor.user, now
    row.claimed_by = row.claimed_until = None
    if verdict == Case.Verdict.UNSURE:
        row.priority = max(row.priority, ESCALATED_PRIORITY)
    else:
        row.status = Case.Status.DECIDED
    row.save()
    detail: dict[str, object] = {"record": row.record_id, "verdict": verdict, "sanction_step": sanction_step}
    if verdict == Case.Verdict.FINE:
        detail["violations_taken_back"] = Violation.objects.filter(record_id=row.record_id).delete()[0]
    append(actor, "case.decide", row, reason=row.note, detail=detail)
    if sanction_step:
        _sanction(actor, row, sanction_step)
    return row


def _claim(actor: Actor, key: int, now: datetime) -> bool:
    mine_or_free = Q(claimed_until=None) | Q(claimed_until__lte=now) | Q(claimed_by=actor.user)
    claimed = Case.objects.filter(mine_or_free, pk=key, status=Case.Status.OPEN).update(
        claimed_by=actor.user, claimed_at=now, claimed_until=now + LEASE
    )
    if claimed:
        append(actor, "case.claim", Case(pk=key))
    return bool(claimed)


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
