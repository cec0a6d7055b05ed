"""Services the operator offers, and the applications that call them (the 底数 of duty 3)."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Service(models.Model):
    """One AI service. Where its model is reached stands in the settings, under the same slug."""

    slug = models.SlugField(primary_key=True, max_length=63)
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    profile: models.JSONField[dict[str, Any]] = models.JSONField(default=dict)
    provider_name = models.CharField(max_length=200, blank=True)
    provider_code = models.CharField(max_length=27, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.name or self.slug


class Integration(models.Model):
    """One calling application: who owns it, what for, what it may do, and how its answers are labelled."""

    class Status(models.TextChoices):
        APPLIED = "applied", pgettext_lazy("integration", "Applied")
        APPROVED = "approved", _("Approved")
        SUSPENDED = "suspended", _("Suspended")
        RETIRED = "retired", _("Retired")

    class Purpose(models.TextChoices):
        AUTO_REPLY = "auto_reply", _("Automatic reply")
        CREATION = "creation", _("Content creation")
        CUSTOMER_SERVICE = "customer_service", _("Customer service")
        ASSISTANT = "assistant", _("Assistant and question answering")
        COMPANION = "companion", _("Companion")
        EDUCATION = "education", _("Education")
        MEDICAL = "medical", _("Medical information")
        FINANCE = "finance", _("Financial information")
        INTERNAL = "internal", _("Internal use")
        OTHER = "other", _("Other")

    class Minors(models.TextChoices):
        UNKNOWN = "unknown", _("Not stated")
        EXCLUDED = "excluded", _("Kept out, with the means to do so")
        SERVED = "served", _("Served, under minors' mode")

    class BlockedStyle(models.TextChoices):
        STAND_IN = "stand_in", _("A stand-in answer with finish_reason content_filter")
        ERROR = "error", _("An HTTP error")

    class LabelPosition(models.TextChoices):
        START = "start", _("At the start of the answer")
        END = "end", _("At the end of the answer")
        INTERFACE = "interface", _("In the calling application's interface")

    id = models.CharField(primary_key=True, max_length=32)
    name = models.CharField(max_length=200)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="integrations")
    owner = models.CharField(max_length=200)
    contact = models.CharField(max_length=200, blank=True)
    purpose = models.CharField(max_length=20, choices=Purpose.choices, default=Purpose.OTHER)
    purpose_note = models.TextField(blank=True)
    minors = models.CharField(max_length=10, choices=Minors.choices, default=Minors.UNKNOWN)
    checklist: models.JSONField[dict[str, str]] = models.JSONField(
        default=dict, help_text="what was found about each point at the last approval or recertification"
    )
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.APPLIED)
    status_reason = models.TextField(blank=True)
    models_allowed: models.JSONField[list[str]] = models.JSONField(
        default=list, help_text="empty: every model of the service"
    )
    filing_number = models.CharField(max_length=100, blank=True)
    filing_expires = models.DateField(null=True, blank=True)
    expires = models.DateField(null=True, blank=True)
    requests_per_minute = models.PositiveIntegerField(null=True, blank=True)
    tokens_per_day = models.PositiveBigIntegerField(null=True, blank=True)
    concurrent = models.PositiveIntegerField(null=True, blank=True)
    blocked_style = models.CharField(max_length=10, choices=BlockedStyle.choices, default=BlockedStyle.STAND_IN)
    label_position = models.CharField(max_length=10, choices=LabelPosition.choices, default=LabelPosition.START)
    label_text = models.CharField(max_length=60, blank=True, help_text="empty: the default words")
    interface_declaration = models.TextField(
        blank=True, help_text="how the caller's interface shows the label (GB 45438 5.6)"
    )
    interface_declared_at = models.DateTimeField(null=True, blank=True)
    allow_media = models.BooleanField(default=False, help_text="let images, sound and film pass through unlabelled")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class IntegrationKey(models.Model):
    """A hashed key of an integration. The key itself is shown once and never stored."""

    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="keys")
    prefix = models.CharField(max_length=16, db_index=True)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True, help_text="when a gateway last saw it, within seconds")

    class Meta:
        ordering = ["created_at"]
