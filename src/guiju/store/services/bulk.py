"""One step for many accounts at once: looked at first, approved by a second person where there are many, undone whole."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from guiju.accounts import Step
from guiju.errors import InvalidField, InvalidTransition, SecondPersonNeeded, UndoTooLate
from guiju.store import account_policy
from guiju.store.actor import Actor
from guiju.store.acts import act, guarded, reasoned
from guiju.store.audit import append
from guiju.store.models import Account, BulkAction, Sanction
from guiju.store.permissions import Permission, require
from guiju.store.services import accounts
from guiju.store.validation import clean, fresh

State = BulkAction.State
MOST = 5000
"""Accounts in one bulk action."""


@dataclass(frozen=True)
class Preview:
    """What a bulk action would do; nothing was changed.

    Attributes:
        would: accounts that would be sanctioned. ``bound``: those already under this step or a stricter one, left alone.
        unknown: pseudonyms that no account has.
        approval: whether a second person must approve it.
    """

    would: tuple[str, ...]
    bound: tuple[str, ...]
    unknown: tuple[str, ...]
    approval: bool


@guarded(Permission.IMPOSE_SANCTIONS)
def preview(actor: Actor, pseudonyms: Iterable[str], step: str, now: datetime) -> Preview:
    """A dry run over these accounts.

    Raises:
        InvalidField: an unknown step, no account, or more than :data:`MOST`. PermissionDenied: closing without it.
    """
    return _look(actor, pseudonyms, step, now)


@act(Permission.IMPOSE_SANCTIONS)
def create(
    actor: Actor, pseudonyms: Iterable[str], step: str, reason: str, now: datetime, *, hours: int = 0
) -> BulkAction:
    """Apply a step to these accounts, or put it before a second person where there are more than the policy lets one decide.

    Raises:
        InvalidField, PermissionDenied: as `preview`; InvalidField also where no account is left. ReasonMissing.
    """
    seen = _look(actor, pseudonyms, step, now)
    if not seen.would:
        raise InvalidField(field="accounts", problem="none of them would be sanctioned")
    row = BulkAction(
        step=step,
        hours=0 if step == Step.CLOSE else hours,
        reason=reasoned(reason),
        accounts=list(seen.would),
        created_at=now,
        created_by=actor.user,
    )
    clean(row)
    row.save(force_insert=True)
    detail = {"step": step, "accounts": len(seen.would), "approval": seen.approval}
    append(actor, "bulk.create", row, reason=row.reason, detail=detail)
    if not seen.approval:
        _apply(actor, row, now)
    return row


@act(Permission.IMPOSE_SANCTIONS)
def approve(actor: Actor, bulk: BulkAction, now: datetime) -> BulkAction:
    """Apply a bulk action that waits.

    Raises:
        SecondPersonNeeded: the actor made it. PermissionDenied. InvalidTransition: it waits no more.
    """
    row = _waiting(actor, bulk)
    if row.step == Step.CLOSE:
        require(actor, Permission.CLOSE_ACCOUNTS)
    row.decided_by, row.decided_at = actor.user, now
    _apply(actor, row, now)
    return row


@act(Permission.IMPOSE_SANCTIONS)
def refuse(actor: Actor, bulk: BulkAction, reason: str, now: datetime) -> BulkAction:
    """Leave a bulk action unapplied.

    Raises:
        SecondPersonNeeded, ReasonMissing; InvalidTransition: it waits no more.
    """
    row, because = _waiting(actor, bulk), reasoned(reason)
    row.state, row.decided_by, row.decided_at = State.REFUSED, actor.user, now
    row.save()
    append(actor, "bulk.refuse", row, reason=because)
    return row


@act(Permission.LIFT_SANCTIONS)
def undo(actor: Actor, bulk: BulkAction, reason: str, now: datetime) -> int:
    """Lift everything a bulk action imposed that is still in force; how many sanctions.

    Raises:
        UndoTooLate: its window is over. InvalidTransition: it was not applied, or undone before. ReasonMissing.
        PermissionDenied: it closed accounts, and the actor may not reopen them.
    """
    row, because = fresh(bulk), reasoned(reason)
    if row.state != State.APPLIED or row.applied_at is None:
        raise InvalidTransition(what_zh="批量处置", what_en="bulk action", state=row.state, target=State.UNDONE)
    window = account_policy.in_force().bulk.undo_hours
    if now > row.applied_at + timedelta(hours=window):
        raise UndoTooLate(hours=window)
    standing = list(accounts.in_force(now).filter(bulk=row))
    for sanction in standing:
        accounts.lift(actor, sanction, because)
    row.state, row.undone_at, row.undone_by = State.UNDONE, now, actor.user
    row.save()
    append(actor, "bulk.undo", row, reason=because, detail={"lifted": len(standing)})
    return len(standing)


def _look(actor: Actor, pseudonyms: Iterable[str], step: str, now: datetime) -> Preview:
    if step not in Sanction.Step.values:
        raise InvalidField(field="step", problem="unknown step")
    if step == Step.CLOSE:
        require(actor, Permission.CLOSE_ACCOUNTS)
    named = sorted({name.strip() for name in pseudonyms} - {""})
    if not named or len(named) > MOST:
        raise InvalidField(field="accounts", problem=f"1 to {MOST} accounts")
    known = _known(named)
    bound = _bound(known, Step(step), now)
    would = tuple(name for name in named if name in known and name not in bound)
    return Preview(
        would=would,
        bound=tuple(name for name in named if name in bound),
        unknown=tuple(name for name in named if name not in known),
        approval=len(would) > account_policy.in_force().bulk.approval_above,
    )


def _known(named: list[str]) -> set[str]:
    found: set[str] = set()
    for start in range(0, len(named), 500):
        found |= set(Account.objects.filter(pk__in=named[start : start + 500]).values_list("pk", flat=True))
    return found


def _bound(known: set[str], step: Step, now: datetime) -> set[str]:
    """Accounts under this step or a stricter one."""
    as_strict = [other.value for other in Step if other.rank >= step.rank]
    rows = accounts.in_force(now).filter(step__in=as_strict).values_list("account_id", flat=True)
    return known & set(rows)


def _waiting(actor: Actor, bulk: BulkAction) -> BulkAction:
    row = fresh(bulk)
    if row.state != State.PENDING:
        raise InvalidTransition(what_zh="批量处置", what_en="bulk action", state=row.state, target=State.APPLIED)
    if actor.user is not None and row.created_by_id == actor.user.pk:
        raise SecondPersonNeeded()
    return row


def _apply(actor: Actor, row: BulkAction, now: datetime) -> None:
    """Impose the step on every account that is not bound as strictly by now; each leaves its own audit entry."""
    ends = now + timedelta(hours=row.hours) if row.hours else None
    bound = _bound(set(row.accounts), Step(row.step), now)
    chosen = [name for name in row.accounts if name not in bound]
    for account in Account.objects.filter(pk__in=chosen).select_related("integration"):
        records = account.violations.order_by("-at").values_list("record_id", flat=True)[:20]
        accounts.impose(actor, account, row.step, row.reason, records=records, expires_at=ends, rule="bulk", bulk=row)
    row.state, row.applied_at = State.APPLIED, now
    row.save()
    append(actor, "bulk.apply", row, reason=row.reason, detail={"step": row.step, "accounts": len(chosen)})
