"""Events on their way to other systems: written in the transaction of what happened, delivered afterwards.

An event carries numbers, states and times, and the words of a notice; never a user's text, never a contact.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from guiju.store.models import Delivery, Webhook

EVENTS = (
    "account.sanctioned",
    "account.restored",
    "account.proposed",
    "account.recheck",
    "complaint.received",
    "complaint.due_soon",
    "complaint.overdue",
    "complaint.answered",
    "appeal.decided",
)
"""Every event that can be listened to."""


def announce(event: str, facts: Mapping[str, object], now: datetime, *, held_back: str = "") -> int:
    """Put ``event`` into the outbox of everybody who listens; how many do.

    Args:
        held_back: why it must not be sent (a notice with unfilled placeholders); it is then kept for a person to see.
    """
    state = Delivery.State.BLOCKED if held_back else Delivery.State.WAITING
    listening = [hook for hook in Webhook.objects.filter(active=True) if not hook.events or event in hook.events]
    Delivery.objects.bulk_create(
        Delivery(
            webhook=hook,
            event=event,
            body=dict(facts),
            state=state,
            created_at=now,
            next_at=now,
            problem=held_back[:300],
        )
        for hook in listening
    )
    return len(listening)
