"""Complaints, reports and requests of anybody, with what was answered. Words and contacts are encrypted."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from guiju.store.models.accounts import Account
from guiju.store.models.evidence import DataKey
from guiju.store.models.integrations import Integration, Service


class Complaint(models.Model):
    """One complaint, report, claim or appeal. ``receipt`` is what its author quotes; the secret is stored hashed."""

    class State(models.TextChoices):
        OPEN = "open", _("Waiting for an answer")
        ANSWERED = "answered", _("Answered")
        CLOSED = "closed", _("Concluded")

    class Via(models.TextChoices):
        PAGE = "page", _("Public page")
        API = "api", _("API")

    receipt = models.CharField(primary_key=True, max_length=20)
    secret = models.CharField(max_length=64, help_text="keyed hash of the secret that opens the progress page")
    kind = models.CharField(max_length=40, help_text="a kind of complaints/data/kinds.yaml")
    topic = models.CharField(max_length=40, blank=True, help_text="a topic of that kind")
    service = models.ForeignKey(Service, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    integration = models.ForeignKey(Integration, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    account = models.ForeignKey(Account, null=True, blank=True, on_delete=models.PROTECT, related_name="complaints")
    content_number = models.CharField(max_length=64, blank=True, help_text="what it is about, where its author knew")
    via = models.CharField(max_length=8, choices=Via.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    received_at = models.DateTimeField()
    due_at = models.DateTimeField(help_text="end of the declared time limit")
    remind_at = models.DateTimeField(help_text="when the desk is reminded")
    reminded_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True, help_text="the first answer since it was (re)opened")
    missed = models.BooleanField(default=False, help_text="a time limit before a reopening was missed")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reopened = models.PositiveSmallIntegerField(default=0, help_text="how often it was reopened")
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    claimed_until = models.DateTimeField(null=True, blank=True)
    contact_key = models.ForeignKey(DataKey, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    contact = models.BinaryField(default=b"", help_text="how to reach its author, encrypted")
    texts_deleted_at = models.DateTimeField(
        null=True, blank=True, help_text="when its words and contact were deleted at the end of their retention"
    )
    form = models.CharField(max_length=64, null=True, blank=True, unique=True, help_text="the form it came on, once")

    class Meta:
        ordering = ["-received_at"]
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(state="open"), name="complaint_queue"),
            models.Index(fields=["kind", "received_at"], name="complaint_kind"),
            models.Index(fields=["state", "-received_at"], name="complaint_state"),
            models.Index(fields=["received_at"], name="complaint_received"),
            models.Index(
                fields=["kind", "closed_at"],
                condition=models.Q(state="closed", texts_deleted_at=None),
                name="complaint_texts_due",
            ),
        ]

    def __str__(self) -> str:
        return self.receipt


class ComplaintMessage(models.Model):
    """What was said about a complaint, encrypted: by its author, by the desk to its author, or as a note of the desk."""

    class Author(models.TextChoices):
        SUBMITTER = "submitter", _("Submitter")
        STAFF = "staff", _("Desk")
        NOTE = "note", _("Note of the desk")

    complaint = models.ForeignKey(Complaint, on_delete=models.CASCADE, related_name="messages")
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    author = models.CharField(max_length=10, choices=Author.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    key = models.ForeignKey(DataKey, on_delete=models.PROTECT, related_name="+")
    sealed = models.BinaryField()

    class Meta:
        ordering = ["complaint", "number"]
        constraints = [models.UniqueConstraint(fields=["complaint", "number"], name="complaint_message_once")]


class Allowance(models.Model):
    """How much one address may still send to the public pages. The address itself is nowhere: the key is a keyed hash."""

    key = models.CharField(primary_key=True, max_length=40)
    level = models.PositiveIntegerField(help_text="thousandths of a message")
    at = models.DateTimeField()
