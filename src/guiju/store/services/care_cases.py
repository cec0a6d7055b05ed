"""What people must do for an account: reach a contact in a crisis, decide an appeal, hand over or delete a chat."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from guiju.errors import InvalidField, InvalidTransition
from guiju.store import care
from guiju.store.actor import Actor
from guiju.store.acts import act, reasoned
from guiju.store.audit import append
from guiju.store.models import Account, CareCase
from guiju.store.permissions import Permission
from guiju.store.validation import clean, fresh

UNDER_WAY = ("open", "contacted")
REQUESTS = ("appeal", "copy", "delete")
"""What a user can ask for."""


@act(Permission.HANDLE_CARE)
def request(actor: Actor, account: Account, kind: str, statement: str = "") -> CareCase:
    """Take a user's request in; one of a kind that is under way is given back instead of a second.

    Raises:
        InvalidField: no such kind, or a statement too long.
    """
    if kind not in REQUESTS:
        raise InvalidField(field="kind", problem=", ".join(REQUESTS))
    if len(statement) > 2000:
        raise InvalidField(field="statement", problem="longer than 2000 characters")
    under_way = CareCase.objects.filter(account=account, kind=kind, state__in=UNDER_WAY).first()
    if under_way is not None:
        return under_way
    now, days = timezone.now(), care.policy_in_force().companion.request_days.value
    row = CareCase(
        account=account,
        service=account.integration.service_id,
        kind=kind,
        statement=statement.strip(),
        opened_at=now,
        due_at=now + timedelta(days=days),
    )
    clean(row)
    row.save(force_insert=True)
    append(actor, "care.open", row, detail={"kind": kind, "account": account.pk})
    return row


@act(Permission.HANDLE_CARE)
def contacted(actor: Actor, case: CareCase, note: str) -> CareCase:
    """Record that the guardian or emergency contact was reached, and how.

    Raises:
        ReasonMissing; InvalidTransition: the case is not open.
    """
    row, said = fresh(case), reasoned(note)
    if row.state != CareCase.State.OPEN or row.kind != CareCase.Kind.CRISIS:
        raise _not_from(row, "contacted")
    row.state, row.contacted_at, row.handled_by = CareCase.State.CONTACTED, timezone.now(), actor.user
    row.note = said
    row.save()
    append(actor, "care.contact", row, reason=said, detail={"account": row.account_id})
    return row


@act(Permission.HANDLE_CARE)
def close(actor: Actor, case: CareCase, note: str, *, refused: bool = False) -> CareCase:
    """End a case: what was done, or why not. A crisis ends only after its contact was reached or the note says why not.

    Raises:
        ReasonMissing; InvalidTransition: it was closed before.
    """
    row, said = fresh(case), reasoned(note)
    if row.state not in UNDER_WAY:
        raise _not_from(row, "done")
    row.state = CareCase.State.REFUSED if refused else CareCase.State.DONE
    row.closed_at, row.handled_by = timezone.now(), actor.user
    row.note = f"{row.note}\n{said}".strip()
    row.save()
    append(actor, "care.close", row, reason=said, detail={"account": row.account_id, "state": row.state})
    return row


def under_way() -> QuerySet[CareCase]:
    """The cases that wait, those due first."""
    return CareCase.objects.filter(state__in=UNDER_WAY).select_related("account__integration").order_by("due_at", "id")


def _not_from(row: CareCase, target: str) -> InvalidTransition:
    return InvalidTransition(what_zh="关怀事项", what_en="care case", state=row.state, target=target)
