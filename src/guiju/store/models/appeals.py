"""Appeals against what was done to an account or a content, and what they say about the rules."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from guiju.store.models.accounts import Account, Sanction
from guiju.store.models.complaints import Complaint
from guiju.store.models.evidence import Record


class Appeal(models.Model):
    """An objection. What its author says, the receipt and the time limit are those of its complaint."""

    class Outcome(models.TextChoices):
        GRANTED = "granted", _("Granted")
        REJECTED = "rejected", _("Rejected")

    complaint = models.OneToOneField(Complaint, primary_key=True, on_delete=models.CASCADE, related_name="appeal")
    record = models.ForeignKey(Record, null=True, blank=True, on_delete=models.PROTECT, related_name="appeals")
    sanction = models.ForeignKey(Sanction, null=True, blank=True, on_delete=models.PROTECT, related_name="appeals")
    account = models.ForeignKey(Account, null=True, blank=True, on_delete=models.PROTECT, related_name="appeals")
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    reason = models.TextField(blank=True, help_text="why, for the desk; the answer to the author is a message")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    restored: models.JSONField[list[int]] = models.JSONField(default=list, help_text="sanctions that were lifted")

    class Meta:
        ordering = ["-complaint__received_at"]


class RuleVerdict(models.Model):
    """What an appeal found about one rule: whether it had fired rightly. Precision of a rule is counted from these."""

    appeal = models.ForeignKey(Appeal, on_delete=models.CASCADE, related_name="verdicts")
    detector = models.CharField(max_length=40)
    rule = models.CharField(max_length=120)
    risk = models.CharField(max_length=60)
    right = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["appeal", "detector", "rule", "risk"], name="rule_verdict_once")]
        indexes = [models.Index(fields=["detector", "rule"], name="rule_verdict")]
