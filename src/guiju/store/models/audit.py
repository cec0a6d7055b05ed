"""The domain log: who did what to what, why, and when. Appended by services; never changed."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models


class AuditEntry(models.Model):
    """One act. ``actor_name`` survives the user; ``digest`` chains to the entry before."""

    at = models.DateTimeField(db_index=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    actor_name = models.CharField(max_length=150)
    actor_role = models.CharField(max_length=20)
    action = models.CharField(max_length=60, db_index=True)
    object_type = models.CharField(max_length=40)
    object_id = models.CharField(max_length=120)
    detail: models.JSONField[dict[str, Any]] = models.JSONField(
        default=dict, help_text="what changed; no user text, no secrets"
    )
    reason = models.TextField(blank=True)
    address = models.GenericIPAddressField(null=True, blank=True)
    digest = models.BinaryField(max_length=32)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["object_id", "object_type"], name="audit_by_object"),
            models.Index(fields=["actor_name", "-id"], name="audit_by_actor"),
        ]
