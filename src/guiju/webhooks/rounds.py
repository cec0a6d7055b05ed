"""What upkeep runs: every delivery that is due, its result, and when to try again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone

from guiju.errors import GuijuError, WebhookAddressRefused
from guiju.settings import WebhookSettings
from guiju.store.models import Delivery
from guiju.store.services import webhooks
from guiju.webhooks.address import Target, target
from guiju.webhooks.sending import Answer, post
from guiju.webhooks.shapes import Event, Letter, letter

MOST = 200
"""Deliveries in one round; the rest waits for the next."""
_FIRST = timedelta(minutes=1)
_LONGEST = timedelta(hours=6)
_HELD = timedelta(minutes=2)
"""How long a delivery under way is left alone by other processes."""


@dataclass(frozen=True)
class Round:
    """What one round did."""

    delivered: int
    failed: int


def pause(attempts: int) -> timedelta:
    """How long to wait after so many attempts: doubling from a minute, six hours at most."""
    return min(_LONGEST, _FIRST * (1 << min(attempts - 1, 20)))


def deliver(now: datetime) -> Round:
    """Try everything that is due. One delivery that fails keeps no other waiting but the rest of its own time limit."""
    due = Delivery.objects.filter(state=Delivery.State.WAITING, next_at__lte=now, webhook__active=True)
    delivered = failed = 0
    for key in list(due.order_by("next_at", "id").values_list("pk", flat=True)[:MOST]):
        if not due.filter(pk=key).update(next_at=now + _HELD):
            continue  # another process has it
        row = Delivery.objects.select_related("webhook").get(pk=key)
        answer = _try(row, settings.GUIJU.webhooks)
        _settle(row, answer, settings.GUIJU.webhooks, now)
        delivered += answer.taken
        failed += not answer.taken
    return Round(delivered, failed)


def _try(row: Delivery, limits: WebhookSettings) -> Answer:
    at = int(timezone.now().timestamp())
    try:
        place = target(row.webhook.address, limits)
        event = Event(row.pk, row.event, row.body, at)
        sent = letter(row.webhook.shape, row.webhook.address, webhooks.secret_of(row.webhook), event)
    except (WebhookAddressRefused, OSError) as error:
        return Answer(
            error.message("en") if isinstance(error, GuijuError) else f"{type(error).__name__}: {error}"[:200]
        )
    return post(_with_query(place, sent), sent, limits.timeout_s)


def _with_query(place: Target, sent: Letter) -> Target:
    """The examined place with the path of the finished letter: a shape may have signed the query."""
    parts = urlsplit(sent.address)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(place.https, place.host, place.port, path, place.ip)


def _settle(row: Delivery, answer: Answer, limits: WebhookSettings, now: datetime) -> None:
    row.attempts += 1
    row.problem = answer.problem[:300]
    if answer.taken:
        row.state, row.delivered_at = Delivery.State.DELIVERED, now
    elif row.attempts >= limits.attempts:
        row.state = Delivery.State.GIVEN_UP
    else:
        row.next_at = now + pause(row.attempts)
    row.save(update_fields=["attempts", "problem", "state", "delivered_at", "next_at"])
