"""What is done about end users' accounts: steps of the ladder, imposed and lifted with reason and evidence."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from guiju.errors import InvalidField, InvalidTransition
from guiju.store import authority_reports, outbox, snapshot_version
from guiju.store.actor import Actor
from guiju.store.acts import act, reasoned
from guiju.store.audit import append
from guiju.store.models import Account, BulkAction, Sanction
from guiju.store.permissions import Permission, require
from guiju.store.validation import clean, fresh

Step = Sanction.Step


@act(Permission.IMPOSE_SANCTIONS)
def impose(
    actor: Actor,
    account: Account,
    step: str,
    reason: str,
    *,
    records: Iterable[int] = (),
    expires_at: datetime | None = None,
    rule: str = "manual",
    bulk: BulkAction | None = None,
) -> Sanction:
    """Apply a step of the ladder to an account from now on; gateways enforce it within a second.

    Args:
        step: ``warn``, ``limit``, ``suspend``, or ``close`` (which needs its own permission and has no expiry).
        records: ids of the records that are the evidence.
        expires_at: when it ends by itself; ``None`` for never.
        rule: the rule of the account policy behind it, or ``manual``. ``bulk``: the bulk action it belongs to.

    Raises:
        PermissionDenied, ReasonMissing; InvalidField: an unknown step, an expiry in the past.
    """
    now = timezone.now()
    if step == Step.CLOSE:
        require(actor, Permission.CLOSE_ACCOUNTS)
        if expires_at is not None:
            raise InvalidField(field="expires_at", problem="a closed account stays closed until it is lifted")
    if expires_at is not None and expires_at <= now:
        raise InvalidField(field="expires_at", problem="must lie in the future")
    row = Sanction(
        account=account,
        step=step,
        rule=rule,
        reason=reasoned(reason),
        records=[int(record) for record in records],
        starts_at=now,
        expires_at=expires_at,
        imposed_by=actor.user,
        bulk=bulk,
    )
    clean(row)
    row.save(force_insert=True)
    detail = {"sanction": row.pk, "step": step, "rule": rule, "records": row.records, "expires_at": expires_at}
    append(actor, "account.impose", account, reason=row.reason, detail=detail)
    outbox.sanctioned(row)
    authority_reports.follow(actor, row)
    snapshot_version.bump()
    return row


@act(Permission.LIFT_SANCTIONS)
def lift(actor: Actor, sanction: Sanction, reason: str) -> Sanction:
    """End a sanction before its time. Reopening a closed account needs the permission to close.

    Raises:
        PermissionDenied, ReasonMissing; InvalidTransition: it was lifted before or has expired.
    """
    row, because, now = fresh(sanction), reasoned(reason), timezone.now()
    if row.step == Step.CLOSE:
        require(actor, Permission.CLOSE_ACCOUNTS)
    if row.lifted_at is not None or (row.expires_at is not None and row.expires_at <= now):
        state = "lifted" if row.lifted_at is not None else "expired"
        raise InvalidTransition(what_zh="处置", what_en="sanction", state=state, target="lifted")
    row.lifted_at, row.lifted_by, row.lift_reason = now, actor.user, because
    row.save(update_fields=["lifted_at", "lifted_by", "lift_reason"])
    append(actor, "account.lift", row.account, reason=because, detail={"sanction": row.pk, "step": row.step})
    outbox.announce("account.restored", {"account": row.account_id, "sanctions": [row.pk]}, now)
    snapshot_version.bump()
    return row


def in_force(now: datetime) -> QuerySet[Sanction]:
    """Every sanction in force at ``now``, of all accounts."""
    unexpired = Q(expires_at=None) | Q(expires_at__gt=now)
    return Sanction.objects.filter(unexpired, lifted_at=None, starts_at__lte=now)


def active(account: Account, now: datetime) -> list[Sanction]:
    """The sanctions of one account in force at ``now``, newest first."""
    return list(in_force(now).filter(account=account).order_by("-starts_at", "-id"))
