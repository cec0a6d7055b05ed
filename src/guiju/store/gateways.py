"""What running gateways tell each other through the database: heartbeats, usage, refusals. Bookkeeping, not acts of
people: no audit entries."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from guiju.store.models import GatewayProcess, IntegrationKey, Refusal, Usage

ALIVE = timedelta(seconds=10)
"""A gateway not heard of for this long no longer counts as running."""
KEYS_EVERY_S = 60.0
"""How often a gateway tells which keys it saw."""
_FORGOTTEN = timedelta(days=1)
_KEEP_MINUTES = timedelta(hours=2)
_KEEP_DAYS = timedelta(days=400)

UsageKey = tuple[str, str, int]
"""(integration id, window ``m`` or ``d``, start in seconds since the epoch)"""


def appear(identifier: str, host: str, pid: int) -> None:
    """A gateway process has started; those long gone are forgotten."""
    now = timezone.now()
    GatewayProcess.objects.filter(seen_at__lt=now - _FORGOTTEN).delete()
    GatewayProcess.objects.create(id=identifier, host=host[:200], pid=pid, started_at=now, seen_at=now)


def leave(identifier: str) -> None:
    """A gateway process is ending in good order."""
    GatewayProcess.objects.filter(id=identifier).delete()


def alive(now: datetime) -> list[GatewayProcess]:
    """The gateways heard of lately."""
    return list(GatewayProcess.objects.filter(seen_at__gte=now - ALIVE).order_by("started_at"))


def keys_used(digests: Collection[str], now: datetime) -> None:
    """Note when keys were last seen, so that unused ones can be told."""
    IntegrationKey.objects.filter(digest__in=digests).update(last_used_at=now)


def prune_usage(now: datetime) -> None:
    """Forget windows that nobody asks about any more."""
    Usage.objects.filter(window="m", start__lt=now - _KEEP_MINUTES).delete()
    Usage.objects.filter(window="d", start__lt=now - _KEEP_DAYS).delete()


def share(
    identifier: str,
    snapshot: int,
    usage: Mapping[UsageKey, int],
    refused: Mapping[tuple[str, str, str], int],
    in_flight: Mapping[str, int],
    now: datetime,
) -> tuple[dict[UsageKey, int], dict[str, int]]:
    """Store what one process counted and read what all counted together.

    Args:
        usage: requests or tokens since the last call. ``refused``: by (error code, integration, caller).
        in_flight: exchanges under way in this process, by integration.

    Returns:
        totals of the present windows, and exchanges under way in the other processes, by integration.
    """
    with transaction.atomic():
        seen = {"seen_at": now, "snapshot": snapshot, "in_flight": dict(in_flight)}
        GatewayProcess.objects.filter(id=identifier).update(**seen)
        for (integration, window, start), amount in usage.items():
            field = "requests" if window == "m" else "tokens"
            row: dict[str, Any] = {
                "integration_id": integration,
                "window": window,
                "start": datetime.fromtimestamp(start, UTC),
            }
            counted = {field: F(field) + amount}
            if not Usage.objects.filter(**row).update(**counted):
                Usage.objects.get_or_create(**row)  # another gateway may have come first
                Usage.objects.filter(**row).update(**counted)
        for (code, integration, caller), amount in refused.items():
            hour = now.replace(minute=0, second=0, microsecond=0)
            line, _ = Refusal.objects.get_or_create(
                hour=hour, code=code, integration_id=integration, caller=caller, defaults={"last_at": now}
            )
            Refusal.objects.filter(pk=line.pk).update(count=F("count") + amount, last_at=now)
    totals = {
        (row.integration_id, row.window, int(row.start.timestamp())): row.requests if row.window == "m" else row.tokens
        for row in Usage.objects.filter(start__gte=now - timedelta(days=1), start__lte=now)  # none from a clock ahead
    }
    elsewhere: dict[str, int] = {}
    others = GatewayProcess.objects.filter(seen_at__gte=now - ALIVE).exclude(id=identifier)
    for counts in others.values_list("in_flight", flat=True):
        for name, count in counts.items():
            elsewhere[name] = elsewhere.get(name, 0) + count
    return totals, elsewhere
