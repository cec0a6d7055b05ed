"""Integrations: the inventory of applications that call, their approval, and their keys (duty 3, 接口底数)."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from guiju.errors import ChecklistOpen, InvalidField, InvalidTransition
from guiju.inventory import Form, look, still_open
from guiju.law.book import rules
from guiju.store import keys, snapshot_version
from guiju.store.actor import Actor
from guiju.store.acts import act, reasoned
from guiju.store.audit import append
from guiju.store.models import Integration, IntegrationKey, Service
from guiju.store.permissions import Permission, require
from guiju.store.validation import change, clean, find, fresh

Status = Integration.Status

LONGEST_OVERLAP = timedelta(days=90)


@dataclass(frozen=True)
class Looked:
    """How a person went through a checklist: points confirmed by having looked, open ones accepted all the same."""

    confirmed: frozenset[str] = frozenset()
    accepted: frozenset[str] = frozenset()


TRANSITIONS: dict[str, frozenset[str]] = {
    Status.APPLIED: frozenset({Status.APPROVED, Status.RETIRED}),
    Status.APPROVED: frozenset({Status.SUSPENDED, Status.RETIRED}),
    Status.SUSPENDED: frozenset({Status.APPROVED, Status.RETIRED}),
    Status.RETIRED: frozenset(),
}
"""Which status may follow which. Retired is the end: a new application gets a new line."""

OPEN_FIELDS = frozenset(
    {"name", "owner", "contact", "requests_per_minute", "tokens_per_day", "concurrent", "blocked_style"}
)
"""Fields that whoever edits integrations may set."""

APPROVED_FIELDS = frozenset(
    {
        "purpose",
        "purpose_note",
        "minors",
        "models_allowed",
        "filing_number",
        "filing_expires",
        "expires",
        "label_position",
        "label_text",
        "interface_declaration",
        "allow_media",
    }
)
"""Fields that were part of what was approved: setting them needs the permission to approve."""


@act(Permission.REGISTER_INTEGRATIONS)
def create(
    actor: Actor,
    /,
    *,
    name: str,
    service: Service | str,
    owner: str,
    purpose: str,
    status: str = Status.APPLIED,
    **fields: object,
) -> tuple[Integration, str]:
    """Register an integration and issue its first key.

    Args:
        service: the service, or its slug.
        status: ``applied``, or ``approved`` by an actor who may approve.
        fields: any of :data:`OPEN_FIELDS` and :data:`APPROVED_FIELDS`.

    Returns:
        the integration, and the key, which is nowhere stored and cannot be shown again.

    Raises:
        PermissionDenied, InvalidField, NotFound (the service).
    """
    if status != Status.APPLIED:
        require(actor, Permission.APPROVE_INTEGRATIONS)
        if status != Status.APPROVED:
            raise InvalidField(field="status", problem="a new integration is applied or approved")
    row = Integration(
        id=f"in-{secrets.token_hex(8)}",
        service=find(Service, service if isinstance(service, str) else service.pk),
        purpose=purpose,
        status=status,
        reviewed_at=timezone.now() if status == Status.APPROVED else None,
    )
    change(row, {"name": name.strip(), "owner": owner.strip(), **fields}, OPEN_FIELDS | APPROVED_FIELDS)
    _check(row)
    row.save(force_insert=True)
    key, secret = _issue(row, None)
    append(
        actor,
        "integration.create",
        row,
        detail={
            "name": row.name,
            "service": row.service_id,
            "owner": row.owner,
            "purpose": purpose,
            "status": status,
            "key": key.prefix,
        },
    )
    snapshot_version.bump()
    return row, secret


@act(Permission.EDIT_INTEGRATIONS)
def update(actor: Actor, /, integration: Integration, **fields: object) -> Integration:
    """Change fields of an integration; what belongs to its approval only by who may approve.

    Raises:
        PermissionDenied, InvalidField; InvalidTransition for a retired one.
    """
    row = fresh(integration)
    if row.status == Status.RETIRED:
        raise _no_way(row, "edited")
    changed = change(row, fields, OPEN_FIELDS | APPROVED_FIELDS)
    if changed.keys() & APPROVED_FIELDS:
        require(actor, Permission.APPROVE_INTEGRATIONS)
    if "interface_declaration" in changed:
        row.interface_declared_at = timezone.now() if row.interface_declaration else None
    _check(row)
    if changed:
        row.save()
        append(actor, "integration.update", row, detail={"changed": changed})
        snapshot_version.bump()
    return row


@act(Permission.APPROVE_INTEGRATIONS)
def approve(actor: Actor, integration: Integration, looked: Looked, reason: str) -> Integration:
    """Let an integration call after its checklist was gone through; what became of each point is kept with it.

    Raises:
        ReasonMissing; ChecklistOpen: naming the points nobody met, confirmed or accepted. InvalidTransition.
    """
    row = fresh(integration)
    if Status.APPROVED not in TRANSITIONS[row.status]:
        raise _no_way(row, Status.APPROVED)
    return _set_status(actor, row, Status.APPROVED, reason, _gone_through(row, looked))


@act(Permission.SUSPEND_INTEGRATIONS)
def set_status(actor: Actor, integration: Integration, status: str, reason: str) -> Integration:
    """Approve, suspend or retire. Suspending needs the permission to suspend, everything else the one to approve.

    Approving this way looks at what the form says alone and keeps that; :func:`approve` goes through the checklist.

    Raises:
        PermissionDenied, ReasonMissing, InvalidTransition.
    """
    found = look(form_of(integration), timezone.localdate()) if status == Status.APPROVED else {}
    return _set_status(actor, integration, status, reason, {name: str(state) for name, state in found.items()})


def _set_status(
    actor: Actor, integration: Integration, status: str, reason: str, checklist: dict[str, str]
) -> Integration:
    row, because = fresh(integration), reasoned(reason)
    if status != Status.SUSPENDED:
        require(actor, Permission.APPROVE_INTEGRATIONS)
    if status not in TRANSITIONS[row.status]:
        raise _no_way(row, status)
    before, row.status, row.status_reason = row.status, status, because
    if status == Status.APPROVED:
        row.reviewed_at, row.checklist = timezone.now(), checklist
    row.save()
    detail: dict[str, object] = {"before": before, "after": status}
    append(
        actor,
        "integration.status",
        row,
        reason=because,
        detail=detail | ({"checklist": checklist} if checklist else {}),
    )
    snapshot_version.bump()
    return row


@act(Permission.APPROVE_INTEGRATIONS)
def mark_reviewed(actor: Actor, integration: Integration, note: str, looked: Looked | None = None) -> Integration:
    """Certify a line of the inventory again: a person compared it with reality; ``note`` says how.

    With ``looked`` its checklist is gone through as for an approval.

    Raises:
        ReasonMissing; ChecklistOpen: as :func:`approve`.
    """
    row, because = fresh(integration), reasoned(note)
    detail: dict[str, object] = {}
    if looked is not None:
        row.checklist = _gone_through(row, looked)
        detail = {"checklist": row.checklist}
    row.reviewed_at = timezone.now()
    row.save(update_fields=["reviewed_at", "checklist", "updated_at"])
    append(actor, "integration.review", row, reason=because, detail=detail)
    return row


def _gone_through(row: Integration, looked: Looked) -> dict[str, str]:
    """What became of each point of the checklist, once none is open."""
    found = look(form_of(row), timezone.localdate(), looked.confirmed, looked.accepted)
    if left := still_open(found):
        raise ChecklistOpen(points="、".join(p.zh for p in left), points_en=", ".join(p.en for p in left))
    return {name: str(state) for name, state in found.items()}


def form_of(row: Integration) -> Form:
    """What the integration's form says, as the checklist looks at it."""
    patterns = [p for p in rules().vocabulary.patterns if p.code in ("model_filing", "model_registration")]
    return Form(
        owner=row.owner,
        contact=row.contact,
        purpose=row.purpose,
        purpose_note=row.purpose_note,
        minors=row.minors,
        filing_number=row.filing_number,
        filing_fits=any(re.fullmatch(p.pattern, row.filing_number) for p in patterns),
        filing_expires=row.filing_expires,
        label_position=row.label_position,
        interface_declaration=row.interface_declaration,
        models=row.models_allowed,
    )


@act(Permission.MANAGE_KEYS)
def new_key(actor: Actor, integration: Integration, expires_at: datetime | None = None) -> str:
    """Issue another key; the ones before stay valid until revoked. Returns it; it cannot be shown again.

    Raises:
        InvalidTransition: the integration is retired.
    """
    row = fresh(integration)
    if row.status == Status.RETIRED:
        raise _no_way(row, "given a key")
    key, secret = _issue(row, expires_at)
    append(actor, "integration.key.new", row, detail={"key": key.prefix, "expires_at": expires_at})
    snapshot_version.bump()
    return secret


@act(Permission.MANAGE_KEYS)
def rotate_key(actor: Actor, integration: Integration, overlap: timedelta, now: datetime) -> str:
    """Issue a new key and let every other usable one end after ``overlap``; both work until then. Returns the new one.

    Raises:
        InvalidField: an overlap below zero or above :data:`LONGEST_OVERLAP`. InvalidTransition: the integration is retired.
    """
    row = fresh(integration)
    if row.status == Status.RETIRED:
        raise _no_way(row, "given a key")
    if not timedelta(0) <= overlap <= LONGEST_OVERLAP:
        raise InvalidField(field="overlap", problem=f"0 to {LONGEST_OVERLAP.days} days")
    end = now + overlap
    earlier = row.keys.filter(revoked_at=None).filter(Q(expires_at=None) | Q(expires_at__gt=end))
    ending = list(earlier.values_list("prefix", flat=True))
    earlier.update(expires_at=end)
    key, secret = _issue(row, None)
    append(actor, "integration.key.rotate", row, detail={"key": key.prefix, "ending": ending, "expires_at": end})
    snapshot_version.bump()
    return secret


@act(Permission.MANAGE_KEYS)
def revoke_key(actor: Actor, key: IntegrationKey, reason: str) -> IntegrationKey:
    """Make a key unusable from now on; doing it twice changes nothing."""
    row, because = fresh(key), reasoned(reason)
    if row.revoked_at is None:
        row.revoked_at = timezone.now()
        row.save(update_fields=["revoked_at"])
        append(actor, "integration.key.revoke", row.integration, reason=because, detail={"key": row.prefix})
        snapshot_version.bump()
    return row


def _issue(integration: Integration, expires_at: datetime | None) -> tuple[IntegrationKey, str]:
    issued = keys.key_hasher().new_key()
    row = IntegrationKey(integration=integration, prefix=issued.id, digest=issued.hash, expires_at=expires_at)
    clean(row)
    row.save(force_insert=True)
    return row, issued.key


def _check(row: Integration) -> None:
    """What the columns alone cannot say. An interface label is the integration's own declaration (GB 45438 5.6)."""
    if row.label_position == Integration.LabelPosition.INTERFACE and not row.interface_declaration.strip():
        raise InvalidField(field="interface_declaration", problem="needed when the label is shown by the interface")
    allowed = row.models_allowed
    if not isinstance(allowed, list) or not all(isinstance(model, str) and model for model in allowed):
        raise InvalidField(field="models_allowed", problem="must be a list of model names")


def _no_way(row: Integration, target: str) -> InvalidTransition:
    return InvalidTransition(what_zh="接入应用", what_en="integration", state=row.status, target=target)
