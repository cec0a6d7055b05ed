"""Integrations: the inventory of applications that call, their approval, and their keys (duty 3, 接口底数)."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.utils import timezone

from guiju.errors import InvalidField, InvalidTransition
from guiju.store import keys, snapshot_version
from guiju.store.actor import Actor
from guiju.store.acts import act, reasoned
from guiju.store.audit import append
from guiju.store.models import Integration, IntegrationKey, Service
from guiju.store.permissions import Permission, require
from guiju.store.validation import change, clean, find, fresh

Status = Integration.Status

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


@act(Permission.SUSPEND_INTEGRATIONS)
def set_status(actor: Actor, integration: Integration, status: str, reason: str) -> Integration:
    """Approve, suspend or retire. Suspending needs the permission to suspend, everything else the one to approve.

    Raises:
        PermissionDenied, ReasonMissing, InvalidTransition.
    """
    row, because = fresh(integration), reasoned(reason)
    if status != Status.SUSPENDED:
        require(actor, Permission.APPROVE_INTEGRATIONS)
    if status not in TRANSITIONS[row.status]:
        raise _no_way(row, status)
    before, row.status, row.status_reason = row.status, status, because
    if status == Status.APPROVED:
        row.reviewed_at = timezone.now()
    row.save()
    append(actor, "integration.status", row, reason=because, detail={"before": before, "after": status})
    snapshot_version.bump()
    return row


@act(Permission.APPROVE_INTEGRATIONS)
def mark_reviewed(actor: Actor, integration: Integration, note: str) -> Integration:
    """Record that a person compared this line of the inventory with reality; ``note`` says how."""
    row, because = fresh(integration), reasoned(note)
    row.reviewed_at = timezone.now()
    row.save(update_fields=["reviewed_at", "updated_at"])
    append(actor, "integration.review", row, reason=because)
    return row


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
