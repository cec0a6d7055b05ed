"""End users of integrations, known by a pseudonym, and what was done about them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from guiju.store.models.integrations import Integration


class Account(models.Model):
    """An end user. The pseudonym is a keyed hash of the integration and the caller's own user name."""

    pseudonym = models.CharField(primary_key=True, max_length=40)
    integration = models.ForeignKey(Integration, on_delete=models.PROTECT, related_name="accounts")
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()

    class Meta:
        ordering = ["-last_seen"]
        indexes = [models.Index(fields=["-last_seen"], name="account_seen")]

    def __str__(self) -> str:
        return self.pseudonym


class Violation(models.Model):
    """One prompt of an account that the policy stopped."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="violations")
    record_id = models.BigIntegerField(unique=True)
    at = models.DateTimeField()
    risk = models.CharField(max_length=60)
    streak = models.PositiveIntegerField(default=1, help_text="violations in a row, this one included")

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(fields=["account", "-at"], name="violation_account")]


class Sanction(models.Model):
    """A step of the ladder applied to an account; never deleted, only lifted or expired."""

    class Step(models.TextChoices):
        WARN = "warn", _("Warning")
        LIMIT = "limit", _("Functions limited")
        SUSPEND = "suspend", _("Suspended")
        CLOSE = "close", _("Closed")

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="sanctions")
    step = models.CharField(max_length=10, choices=Step.choices)
    rule = models.CharField(max_length=60, help_text="the policy rule, or `manual`")
    reason = models.TextField()
    records: models.JSONField[list[int]] = models.JSONField(default=list, help_text="records that are the evidence")
    starts_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    imposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="null: automatic",
    )
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    lift_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["-starts_at"]
        indexes = [models.Index(fields=["expires_at"], condition=models.Q(lifted_at=None), name="sanction_active")]
