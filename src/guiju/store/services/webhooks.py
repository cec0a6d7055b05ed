"""Who is told of events: added with a secret that is encrypted, changed, switched off; deliveries sent again."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings

from guiju.errors import InvalidField, InvalidTransition, WebhookAddressRefused
from guiju.evidence.vault import NONCE
from guiju.store import keys, outbox
from guiju.store.actor import Actor
from guiju.store.acts import act, reasoned
from guiju.store.audit import append
from guiju.store.models import Delivery, Webhook
from guiju.store.outbox import EVENTS
from guiju.store.permissions import Permission
from guiju.store.validation import clean, fresh


@act(Permission.MANAGE_WEBHOOKS)
def create(
    actor: Actor, name: str, address: str, shape: str, events: Iterable[str], now: datetime, secret: str = ""
) -> tuple[Webhook, str]:
    """Add a receiver. Without a secret a generic one is given one, shown this once.

    Raises:
        InvalidField: a name that is taken, an unknown shape or event. WebhookAddressRefused: a host that is not allowed.
    """
    row = Webhook(name=name.strip(), address=_checked(address), shape=shape, events=_known(events), created_at=now)
    clean(row)
    if not secret and shape == Webhook.Shape.GENERIC:
        secret = secrets.token_urlsafe(24)
    row.save(force_insert=True)
    if secret:
        sealed = keys.vault().seal_text(secret, f"webhook {row.pk}", "secret")
        row.key_id, row.secret = sealed.key, sealed.nonce + sealed.ciphertext
        row.save(update_fields=["key", "secret"])
    append(
        actor,
        "webhook.create",
        row,
        detail={"name": row.name, "shape": shape, "events": row.events, "host": _host(row)},
    )
    return row, secret


@act(Permission.MANAGE_WEBHOOKS)
def update(actor: Actor, webhook: Webhook, reason: str, *, active: bool) -> Webhook:
    """Switch a receiver on or off; while it is off, nothing new is put into its outbox.

    Raises:
        ReasonMissing.
    """
    row, because = fresh(webhook), reasoned(reason)
    row.active = active
    row.save(update_fields=["active"])
    append(actor, "webhook.update", row, reason=because, detail={"active": active})
    return row


@act(Permission.MANAGE_WEBHOOKS)
def retry(actor: Actor, delivery: Delivery, now: datetime) -> Delivery:
    """Let a delivery that was given up be tried again, or one that was held back be sent once its notice is complete.

    Raises:
        InvalidTransition: it was neither given up nor held back. NoticeUnfilled: its notice still lacks something.
    """
    row = fresh(delivery)
    if row.state not in (Delivery.State.GIVEN_UP, Delivery.State.BLOCKED):
        raise InvalidTransition(what_zh="推送", what_en="delivery", state=row.state, target=Delivery.State.WAITING)
    if row.state == Delivery.State.BLOCKED:
        row.body = outbox.completed(row.body)
    row.state, row.attempts, row.next_at, row.problem = Delivery.State.WAITING, 0, now, ""
    row.save(update_fields=["state", "attempts", "next_at", "body", "problem"])
    append(actor, "webhook.retry", row.webhook, detail={"delivery": row.pk, "event": row.event})
    return row


def secret_of(webhook: Webhook) -> str:
    """The signing secret; empty where there is none. For the sender alone."""
    if webhook.key_id is None:
        return ""
    sealed = bytes(webhook.secret)
    return (
        keys.vault().open_text(webhook.key_id, sealed[:NONCE], sealed[NONCE:], f"webhook {webhook.pk}", "secret").text
    )


def _checked(address: str) -> str:
    """The address, if its host is one of those the settings allow; where it leads is looked at again before each call."""
    text = address.strip()
    try:
        parts = urlsplit(text)
    except ValueError:
        raise WebhookAddressRefused(problem="not an address") from None
    if parts.scheme not in ("http", "https") or parts.username or parts.password:
        raise WebhookAddressRefused(problem="http:// or https:// without a password")
    hosts = {host.lower() for host in settings.GUIJU.webhooks.allowed_hosts}
    if (parts.hostname or "").lower() not in hosts:
        raise WebhookAddressRefused(problem=f"host {parts.hostname} is not in allowed_hosts")
    return text


def _known(events: Iterable[str]) -> list[str]:
    chosen = sorted(set(events))
    if strange := set(chosen) - set(EVENTS):
        raise InvalidField(field="events", problem=f"unknown: {', '.join(sorted(strange))}")
    return chosen


def _host(row: Webhook) -> str:
    return urlsplit(row.address).hostname or ""
