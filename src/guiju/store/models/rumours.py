"""The register of refuted claims: what is said, what holds instead, who says so, and since when."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class RefutedClaim(models.Model):
    """One entry of the register. It is kept when it has expired; only gateways forget it then."""

    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the claim as the matcher reads it")
    claim = models.CharField(max_length=500)
    refutation = models.TextField(max_length=4000)
    source = models.CharField(max_length=400)
    claimed = models.DateField(null=True, blank=True, help_text="when it was said")
    refuted = models.DateField(null=True, blank=True, help_text="when it was refuted")
    expires = models.DateField(null=True, blank=True, help_text="the last day it counts (UTC+8)")
    shipped = models.BooleanField(default=False, help_text="came with Guiju and was not changed since")
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["expires"], name="refuted_claim_expires")]

    def __str__(self) -> str:
        return self.claim
