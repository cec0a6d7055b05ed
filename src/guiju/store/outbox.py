"""Events on their way to other systems: written in the transaction of what happened, delivered afterwards.

An event carries numbers, states and times, and the words of a notice; never a user's text, never a contact.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from guiju.errors import GuijuError
from guiju.store import event_names, notices
from guiju.store.models import Delivery, Sanction, Webhook

EVENTS = tuple(name.code for name in event_names.events())
"""Every event that can be listened to."""


def announce(event: str, facts: Mapping[str, object], now: datetime, *, held_back: str = "") -> int:
    """Put ``event`` into the outbox of everybody who listens; how many do.

    Args:
        held_back: why it must not be sent (a notice with unfilled placeholders); it is then kept for a person to see.
    """
    state = Delivery.State.BLOCKED if held_back else Delivery.State.WAITING
    hooks = listening(event)
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
        for hook in hooks
    )
    return len(hooks)


def listening(event: str) -> list[Webhook]:
    """Who is told of ``event``."""
    return [hook for hook in Webhook.objects.filter(active=True) if not hook.events or event in hook.events]


def sanctioned(row: Sanction) -> int:
    """Announce a sanction with the notice for its account; without values for its placeholders it is held back."""
    if not listening("account.sanctioned"):
        return 0
    facts: dict[str, object] = {
        "account": row.account_id,
        "integration": row.account.integration_id,
        "sanction": row.pk,
        "step": row.step,
        "rule": row.rule,
        "expires_at": row.expires_at.isoformat() if row.expires_at is not None else None,
    }
    try:
        facts["notice"] = notices.of_sanction(row).as_json()
    except GuijuError as error:  # whatever is wrong with the words, the sanction stands
        return announce(
            "account.sanctioned", facts, row.starts_at, held_back=f"{error.message('zh')} {error.message('en')}"
        )
    return announce("account.sanctioned", facts, row.starts_at)


def completed(facts: Mapping[str, object]) -> dict[str, object]:
    """The facts of a sanction whose notice was held back, with the words as the operator's values fill them now.

    Raises:
        NoticeUnfilled: they still lack something. SettingsInvalid, ComplaintRulesInvalid: the templates cannot be read.
    """
    row = Sanction.objects.select_related("account").get(pk=str(facts["sanction"]))
    return {**facts, "notice": notices.of_sanction(row).as_json()}


def due(now: datetime) -> list[int]:
    """Keys of the deliveries whose time has come, the longest waiting first."""
    rows = Delivery.objects.filter(state=Delivery.State.WAITING, next_at__lte=now, webhook__active=True)
    return list(rows.order_by("next_at", "id").values_list("pk", flat=True))


def take(key: int, now: datetime, hold: timedelta) -> Delivery | None:
    """Take a delivery that is due, so that no other process does for as long as ``hold``; None if it was taken."""
    waiting = Delivery.objects.filter(pk=key, state=Delivery.State.WAITING, next_at__lte=now)
    if not waiting.update(next_at=now + hold):
        return None
    return Delivery.objects.select_related("webhook").get(pk=key)


def settle(row: Delivery, problem: str, again: datetime | None, now: datetime) -> None:
    """Note how an attempt ended: delivered without a problem, tried ``again`` then, or given up where that is None."""
    row.attempts += 1
    row.problem = problem[:300]
    if not problem:
        row.state, row.delivered_at = Delivery.State.DELIVERED, now
    elif again is None:
        row.state = Delivery.State.GIVEN_UP
    else:
        row.next_at = again
    row.save(update_fields=["attempts", "problem", "state", "delivered_at", "next_at"])
