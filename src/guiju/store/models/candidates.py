"""Models made from decided cases. Their weights lie in the data directory, under ``models/``."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class ModelCandidate(models.Model):
    """A model that may take the place of the shipped one; at most one is live, and none means the shipped one is."""

    class State(models.TextChoices):
        CANDIDATE = "candidate", _("Candidate")
        LIVE = "live", _("Live")
        RETIRED = "retired", _("Retired")

    name = models.CharField(primary_key=True, max_length=60)
    base = models.CharField(max_length=80, help_text="version of the shipped models it was made from")
    sha256 = models.CharField(max_length=64, help_text="digest of its manifest, which names its files' digests")
    examples = models.PositiveIntegerField(help_text="decided cases it learnt from")
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=150)
    compared_with = models.CharField(
        max_length=60, blank=True, help_text="the live model of the report; empty: shipped"
    )
    compared_at = models.DateTimeField(null=True, blank=True)
    report: models.JSONField[dict[str, object]] = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.CANDIDATE)
    promoted_at = models.DateTimeField(null=True, blank=True)
    promoted_by = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ["-made_at"]
        constraints = [
            models.UniqueConstraint(fields=["state"], condition=models.Q(state="live"), name="candidate_one_live"),
        ]
