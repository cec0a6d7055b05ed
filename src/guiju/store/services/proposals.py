"""Steps above the set level: proposed by a person or a rule, taken only once a second person approves."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils import timezone

from guiju.accounts import Step
from guiju.errors import InvalidField, InvalidTransition, SecondPersonNeeded
from guiju.store import outbox
from guiju.store.actor import Actor
from guiju.store.acts import act, reasoned
from guiju.store.audit import append, one_at_a_time
from guiju.store.models import Account, Exemption, ProposedStep, Sanction
from guiju.store.permissions import Permission, require
from guiju.store.services import accounts
from guiju.store.validation import clean, fresh

State = ProposedStep.State
LONGEST_EXEMPTION = timedelta(days=365)


@act(Permission.IMPOSE_SANCTIONS)
def propose(
    actor: Actor, account: Account, step: str, reason: str, *, records: Iterable[int] = (), hours: int = 0
) -> ProposedStep:
    """Put a step before a second person: for whoever may not take it, or wants another pair of eyes.

    Raises:
        ReasonMissing; InvalidField: an unknown step. InvalidTransition: one like it waits already.
    """
    rule, now = f"manual.{step}", timezone.now()
    if ProposedStep.objects.filter(account=account, rule=rule, state__in=[State.PENDING, State.DELAYED]).exists():
        raise InvalidTransition(what_zh="处置建议", what_en="proposal", state=State.PENDING, target=State.PENDING)
    row = ProposedStep(
        account=account,
        step=step,
        rule=rule,
        reason=reasoned(reason),
        records=[int(record) for record in records],
        hours=0 if step == Sanction.Step.CLOSE else hours,
        proposed_at=now,
        proposed_by=actor.user,
    )
    clean(row)
    row.save(force_insert=True)
    append(actor, "account.propose", account, reason=row.reason, detail={"step": step, "records": row.records})
    outbox.announce("account.proposed", {"account": account.pk, "step": step, "proposal": row.pk}, now)
    return row


@act(Permission.IMPOSE_SANCTIONS)
def approve(actor: Actor, proposal: ProposedStep, note: str = "") -> Sanction:
    """Take a proposed step; closing needs the permission to close.

    Raises:
        SecondPersonNeeded: the actor proposed it. PermissionDenied. InvalidTransition: it waits no more.
    """
    row = _waiting(actor, proposal)
    if row.step == Sanction.Step.CLOSE:
        require(actor, Permission.CLOSE_ACCOUNTS)
    sanction = _take(actor, row, timezone.now())
    row.note, row.decided_by = note.strip(), actor.user
    row.save()
    append(actor, "account.approve", row.account, reason=row.note, detail={"step": row.step, "sanction": sanction.pk})
    return sanction


@act(Permission.IMPOSE_SANCTIONS)
def refuse(actor: Actor, proposal: ProposedStep, reason: str) -> ProposedStep:
    """Leave a proposed step untaken, with the reason.

    Raises:
        SecondPersonNeeded, ReasonMissing; InvalidTransition: it waits no more.
    """
    row = _waiting(actor, proposal)
    row.note, row.state, row.decided_by, row.decided_at = reasoned(reason), State.REFUSED, actor.user, timezone.now()
    row.save()
    append(actor, "account.refuse", row.account, reason=row.note, detail={"step": row.step, "rule": row.rule})
    return row


@act(Permission.EXEMPT_ACCOUNTS)
def exempt(actor: Actor, account: Account, reason: str, ends_at: datetime) -> Exemption:
    """Let no automatic step follow from an account's violations until ``ends_at``; they are still recorded.

    Raises:
        ReasonMissing; InvalidField: the end is not in the future, or more than a year away.
    """
    now, because = timezone.now(), reasoned(reason)
    if not now < ends_at <= now + LONGEST_EXEMPTION:
        raise InvalidField(field="ends_at", problem="must lie in the future, within a year")
    row = Exemption.objects.create(
        account=account, reason=because, granted_by=actor.user, starts_at=now, ends_at=ends_at
    )
    append(actor, "account.exempt", account, reason=because, detail={"ends_at": ends_at})
    return row


@act(Permission.EXEMPT_ACCOUNTS)
def end_exemption(actor: Actor, exemption: Exemption, reason: str) -> Exemption:
    """End an exemption before its time.

    Raises:
        ReasonMissing; InvalidTransition: it is over.
    """
    row, because, now = fresh(exemption), reasoned(reason), timezone.now()
    if row.ends_at <= now:
        raise InvalidTransition(what_zh="豁免", what_en="exemption", state="ended", target="ended")
    row.ends_at, row.ended_by = now, actor.user
    row.save()
    append(actor, "account.exempt_end", row.account, reason=because)
    return row


def take_delayed(now: datetime) -> int:
    """Take every delayed step whose moment has come; how many.

    An account that was exempted meanwhile, or is bound as strictly by now, is left alone.
    """
    rows = ProposedStep.objects.filter(state=State.DELAYED, apply_at__lte=now).select_related("account")
    keys, taken = list(rows.values_list("pk", flat=True)), 0
    for key in keys:
        with one_at_a_time():
            row = rows.filter(pk=key).first()
            if row is None:
                continue
            if why := _needless(row, now):
                row.state, row.note, row.decided_at = State.REFUSED, why, now
            else:
                _take(Actor.system("upkeep"), row, now)
                taken += 1
            row.save()
    return taken


def _needless(row: ProposedStep, now: datetime) -> str:
    """Why a delayed step is not taken; empty where it is."""
    if Exemption.objects.filter(account=row.account, starts_at__lte=now, ends_at__gt=now).exists():
        return "豁免期内 (exempt)"
    binding = accounts.in_force(now).filter(account=row.account).values_list("step", flat=True)
    if any(Step(step).rank >= Step(row.step).rank for step in binding):
        return "已受不轻于此的处置 (bound as strictly already)"
    return ""


def _waiting(actor: Actor, proposal: ProposedStep) -> ProposedStep:
    row = fresh(proposal)
    if row.state != State.PENDING:
        raise InvalidTransition(what_zh="处置建议", what_en="proposal", state=row.state, target=State.TAKEN)
    if row.proposed_by_id is not None and actor.user is not None and row.proposed_by_id == actor.user.pk:
        raise SecondPersonNeeded()
    return row


def _take(actor: Actor, row: ProposedStep, now: datetime) -> Sanction:
    ends = now + timedelta(hours=row.hours) if row.hours else None
    sanction = accounts.impose(
        actor, row.account, row.step, row.reason, records=row.records, expires_at=ends, rule=row.rule
    )
    row.sanction, row.state, row.decided_at = sanction, State.TAKEN, now
    return sanction
