"""What upkeep runs: every delivery that is due, its result, and when to try again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone

from guiju.errors import GuijuError, WebhookAddressRefused
from guiju.settings import WebhookSettings
from guiju.store import outbox
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
    limits: WebhookSettings = settings.GUIJU.webhooks
    delivered = failed = 0
    for key in outbox.due(now)[:MOST]:
        row = outbox.take(key, now, _HELD)
        if row is None:
            continue  # another process has it
        answer = _try(row, limits)
        again = now + pause(row.attempts + 1) if row.attempts + 1 < limits.attempts else None
        outbox.settle(row, answer.problem, again, now)
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
