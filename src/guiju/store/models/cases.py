"""Human review."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from guiju.store.models.evidence import Record


class Case(models.Model):
    """One record put before a reviewer. Claimed by a lease that expires by itself."""

    class Status(models.TextChoices):
        OPEN = "open", _("Waiting")
        DECIDED = "decided", _("Decided")

    class Verdict(models.TextChoices):
        VIOLATION = "violation", _("Violation confirmed")
        FINE = "fine", _("No violation")
        UNSURE = "unsure", _("Cannot tell, escalate")

    record = models.OneToOneField(Record, on_delete=models.PROTECT, related_name="case")
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    priority = models.PositiveSmallIntegerField(default=50, help_text="0 to 100, higher first")
    risk = models.CharField(max_length=60)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    claimed_at = models.DateTimeField(null=True, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    verdict = models.CharField(max_length=10, choices=Verdict.choices, blank=True)
    note = models.TextField(blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-priority", "due_at"]
        indexes = [
            models.Index(fields=["-priority", "due_at"], condition=models.Q(status="open"), name="case_queue"),
        ]
