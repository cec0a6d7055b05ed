"""Minors and companion services: what is known of an account's age, what guardians decided, use, and what was heard.

Nothing here holds a user's text, a name or a telephone number: guardians and emergency contacts stay with the caller and
are known by the caller's own reference.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from guiju.store.models.accounts import Account


class MinorsPolicyVersion(models.Model):
    """One version of the minors' policy; the one with the highest number is in force."""

    number = models.PositiveIntegerField(unique=True)
    source = models.TextField(help_text="the YAML as written")
    note = models.TextField(blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-number"]


class CareProfile(models.Model):
    """What is known of one account's age. Accounts without a row are of unknown age."""

    class Basis(models.TextChoices):
        NONE = "none", _("Unknown")
        SUSPECTED = "suspected", _("Suspected from what was said")
        STATED = "stated", _("Stated by the caller")
        GUARDIAN = "guardian", _("Stated by a guardian")
        VERIFIED = "verified", _("Verified by real identity")

    account = models.OneToOneField(Account, primary_key=True, on_delete=models.CASCADE, related_name="care")
    band = models.CharField(max_length=20, blank=True)
    born = models.CharField(max_length=7, blank=True, help_text="YYYY-MM, where it was stated")
    basis = models.CharField(max_length=10, choices=Basis.choices, default=Basis.NONE)
    mode = models.BooleanField(default=False, help_text="minors' mode is on, whatever the age")
    contact = models.CharField(
        max_length=200, blank=True, help_text="the caller's reference of the guardian or emergency contact"
    )
    suspected_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ["-updated_at"]
        indexes = [models.Index(fields=["-updated_at", "account"], name="care_profile_newest")]


class GuardianDecision(models.Model):
    """A consent, a limit or an exemption by a guardian; never deleted, only withdrawn or expired."""

    class Kind(models.TextChoices):
        CONSENT = "consent", _("Consent")
        LIMIT = "limit", _("Stricter limit")
        EXEMPTION = "exemption", _("Exemption")

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="guardian_decisions")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    scope = models.CharField(max_length=30)
    value = models.PositiveIntegerField(default=0, help_text="minutes or fen, as the scope has it")
    names: models.JSONField[list[str]] = models.JSONField(default=list, help_text="functions, characters or windows")
    proof_sha256 = models.CharField(max_length=64, blank=True, help_text="hash of the uploaded proof")
    proof_note = models.CharField(max_length=200, blank=True, help_text="what the proof is, and where it is kept")
    recorded_by = models.CharField(max_length=200, help_text="who entered it: a user, the caller, the guardian page")
    starts_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-starts_at", "-id"]
        indexes = [models.Index(fields=["account"], condition=models.Q(withdrawn_at=None), name="guardian_active")]


class GuardianLink(models.Model):
    """A guardian's way in. The token in the address is shown once; only its hash is kept."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="guardian_links")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]


class UsageDay(models.Model):
    """What was counted for an account on one day in China, by all its devices and gateways."""

    account = models.CharField(max_length=40)
    day = models.DateField()
    spans: models.JSONField[list[list[int]]] = models.JSONField(default=list, help_text="[start, end] in microseconds")
    purchases: models.JSONField[dict[str, list[int]]] = models.JSONField(default=dict, help_text="[at, fen] by id")
    reminded: models.JSONField[dict[str, int]] = models.JSONField(default=dict, help_text="latest reminder by kind")
    updated_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ["-day"]
        constraints = [models.UniqueConstraint(fields=["account", "day"], name="usage_day_once")]


class CareEvent(models.Model):
    """Something that the gateway did or heard under the minors' policy, with the exchange that shows it."""

    class Kind(models.TextChoices):
        DENIED = "denied", _("Denied")
        REMINDED = "reminded", _("Reminded")
        SIGNAL = "signal", _("Sign of a minor")
        HEARD = "heard", _("Crisis, distress or dependence")
        EXIT = "exit", _("Exit at request")
        RETENTION = "retention", _("Retention talk in an answer")

    at = models.DateTimeField()
    service = models.CharField(max_length=63)
    account = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    code = models.CharField(max_length=40)
    band = models.CharField(max_length=20, blank=True)
    weight = models.PositiveSmallIntegerField(default=0)
    record = models.CharField(max_length=32, help_text="content number of the exchange")

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["service", "kind", "at"], name="care_event_kind"),
            models.Index(fields=["account", "-at"], name="care_event_account"),
        ]
        constraints = [models.UniqueConstraint(fields=["record", "kind", "code"], name="care_event_once")]


class CareCase(models.Model):
    """Something a person must do for an account: reach a contact, decide an appeal, hand over or delete a chat."""

    class Kind(models.TextChoices):
        CRISIS = "crisis", _("Crisis")
        APPEAL = "appeal", _("Appeal against minors' mode")
        COPY = "copy", _("Copy of the chat")
        DELETE = "delete", _("Deletion of the chat")

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        CONTACTED = "contacted", _("Contact reached")
        DONE = "done", _("Done")
        REFUSED = "refused", _("Refused")

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="care_cases")
    service = models.CharField(max_length=63)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    code = models.CharField(max_length=40, blank=True, help_text="the sign behind it")
    record = models.CharField(max_length=32, blank=True, help_text="content number of the exchange")
    statement = models.TextField(blank=True, help_text="what the user or caller said with a request")
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    contacted_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["due_at", "id"]
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(state__in=("open", "contacted")), name="care_case_open"),
            models.Index(fields=["service", "kind", "opened_at"], name="care_case_kind"),
        ]
