"""What running gateways share: the snapshot version, usage counters, refusals, and their own heartbeat."""

from __future__ import annotations

from typing import Any

from django.db import models


class SnapshotVersion(models.Model):
    """One row; its number moves whenever something changes that gateways must see."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    number = models.BigIntegerField(default=1)


class GatewayProcess(models.Model):
    """A running gateway process, seen alive within the last seconds."""

    id = models.CharField(primary_key=True, max_length=32)
    host = models.CharField(max_length=200)
    pid = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField(db_index=True)
    snapshot = models.BigIntegerField(default=0)
    in_flight: models.JSONField[dict[str, Any]] = models.JSONField(
        default=dict, help_text="exchanges under way by integration"
    )


class Usage(models.Model):
    """Requests and tokens of one integration in one window (``m`` minute, ``d`` day of UTC+8)."""

    integration_id = models.CharField(max_length=32)
    window = models.CharField(max_length=1)
    start = models.DateTimeField()
    requests = models.BigIntegerField(default=0)
    tokens = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["integration_id", "window", "start"], name="usage_once")]


class Refusal(models.Model):
    """Calls refused before they became an exchange, counted by hour, reason and caller."""

    hour = models.DateTimeField()
    code = models.CharField(max_length=10)
    integration_id = models.CharField(max_length=32, blank=True)
    caller = models.CharField(
        max_length=40, blank=True, help_text="keyed hash of the network address for unknown callers"
    )
    count = models.BigIntegerField(default=0)
    last_at = models.DateTimeField()

    class Meta:
        ordering = ["-hour"]
        constraints = [
            models.UniqueConstraint(fields=["hour", "code", "integration_id", "caller"], name="refusal_once")
        ]
