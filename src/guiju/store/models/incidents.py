"""Network security incidents, real ones and drills, with their timeline."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from guiju.store.models.integrations import Service


class Incident(models.Model):
    """One incident. Figures are null until somebody counted; level and criterion are what `guiju.incidents` made of them."""

    class State(models.TextChoices):
        OPEN = "open", _("Being handled")
        ENDED = "ended", _("Handling ended")
        CLOSED = "closed", _("Closed")

    class Operator(models.TextChoices):
        ORDINARY = "ordinary", _("Ordinary operator")
        CII = "cii", _("Critical information infrastructure")
        CENTRAL = "central", _("Central organ")

    title = models.CharField(max_length=200)
    drill = models.BooleanField(default=False, help_text="a rehearsal; nothing of it is sent")
    service = models.ForeignKey(Service, null=True, blank=True, on_delete=models.PROTECT, related_name="incidents")
    operator = models.CharField(max_length=10, choices=Operator.choices, default=Operator.ORDINARY)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    occurred_at = models.DateTimeField(null=True, blank=True)
    known_at = models.DateTimeField(help_text="when the operator learned of it; the hours to report run from here")
    ended_at = models.DateTimeField(null=True, blank=True, help_text="end of handling; the closing report's days run")
    people = models.PositiveBigIntegerField(null=True, blank=True)
    home_minutes = models.PositiveBigIntegerField(null=True, blank=True)
    page_minutes = models.PositiveBigIntegerField(null=True, blank=True)
    forwards = models.PositiveBigIntegerField(null=True, blank=True)
    views = models.PositiveBigIntegerField(null=True, blank=True)
    judged = models.CharField(max_length=20, blank=True, help_text="a level a person holds it to be")
    level = models.CharField(max_length=20)
    criterion = models.CharField(max_length=40, blank=True, help_text="a criterion of incidents/data/grading.yaml")
    answers = models.JSONField(default=dict, help_text="fields of the reports that were filled by hand")
    first_sent_at = models.DateTimeField(null=True, blank=True)
    first_receipt = models.CharField(max_length=200, blank=True)
    summary_sent_at = models.DateTimeField(null=True, blank=True)
    summary_receipt = models.CharField(max_length=200, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-known_at", "-id"]

    def __str__(self) -> str:
        return self.title


class IncidentEvent(models.Model):
    """One entry of an incident's timeline; entries are added, never changed."""

    class Kind(models.TextChoices):
        OPENED = "opened", _("Incident opened")
        NOTE = "note", _("Note")
        GRADED = "graded", _("Graded")
        SENT = "sent", _("Report sent")
        ENDED = "ended", _("Handling ended")
        CLOSED = "closed", _("Closed")

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="timeline")
    at = models.DateTimeField(help_text="when it happened, not when it was written down")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    text = models.TextField(max_length=4000)
    by = models.CharField(max_length=150)

    class Meta:
        ordering = ["at", "id"]
