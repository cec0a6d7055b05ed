"""End users of integrations, known by a pseudonym, and what was done about them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from guiju.store.models.integrations import Integration


class Account(models.Model):
    """An end user. The pseudonym is a keyed hash of the integration and the caller's own user name."""

    class Identity(models.TextChoices):
        """Whether the operator's system has checked who this is (反诈法 第二十一条; 网络安全法)."""

        UNKNOWN = "unknown", _("Not told")
        NONE = "none", _("Not checked")
        VERIFIED = "verified", _("Real identity checked")
        FAILED = "failed", _("Check failed")
        EXPIRED = "expired", _("Check out of date")

    class Registration(models.TextChoices):
        """Whether the registration looked abnormal, and what became of the second check (反诈法 第二十二条)."""

        UNKNOWN = "unknown", _("Not told")
        NORMAL = "normal", _("Nothing abnormal")
        ABNORMAL = "abnormal", _("Abnormal, to be checked again")
        CHECKING = "checking", _("Being checked again")
        CLEARED = "cleared", _("Checked again, in order")
        REFUSED = "refused", _("Checked again, not in order")

    pseudonym = models.CharField(primary_key=True, max_length=40)
    integration = models.ForeignKey(Integration, on_delete=models.PROTECT, related_name="accounts", db_index=False)
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()
    identity = models.CharField(max_length=12, choices=Identity.choices, default=Identity.UNKNOWN)
    identity_at = models.DateTimeField(null=True, blank=True, help_text="when the operator's system last said so")
    registration = models.CharField(max_length=12, choices=Registration.choices, default=Registration.UNKNOWN)
    registration_at = models.DateTimeField(null=True, blank=True, help_text="when the operator's system last said so")

    class Meta:
        ordering = ["-last_seen"]
        indexes = [
            models.Index(fields=["-last_seen", "pseudonym"], name="account_by_sight"),
            models.Index(fields=["integration", "-last_seen", "pseudonym"], name="account_of_integration"),
        ]

    def __str__(self) -> str:
        return self.pseudonym


class Violation(models.Model):
    """One prompt of an account that the policy stopped."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="violations")
    record_id = models.BigIntegerField(unique=True)
    at = models.DateTimeField()
    risk = models.CharField(max_length=60)
    streak = models.PositiveIntegerField(default=1, help_text="violations in a row, this one included")
    severity = models.CharField(max_length=10, default="medium")
    disguised = models.BooleanField(default=False, help_text="the words were disguised")

    class Meta:
        ordering = ["-at"]
        indexes = [
            models.Index(fields=["account", "-at"], name="violation_account"),
            models.Index(fields=["at", "account"], name="violation_at"),
        ]


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
    bulk = models.ForeignKey("BulkAction", null=True, blank=True, on_delete=models.PROTECT, related_name="sanctions")

    class Meta:
        ordering = ["-starts_at"]
        indexes = [models.Index(fields=["expires_at"], condition=models.Q(lifted_at=None), name="sanction_active")]


class ProposedStep(models.Model):
    """A step of the ladder that waits: for a second person, or for a random moment."""

    class State(models.TextChoices):
        PENDING = "pending", _("Waits for a second person")
        DELAYED = "delayed", _("Takes effect later")
        TAKEN = "taken", _("Taken")
        REFUSED = "refused", _("Refused")

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="proposals")
    step = models.CharField(max_length=10, choices=Sanction.Step.choices)
    rule = models.CharField(max_length=60)
    reason = models.TextField()
    records: models.JSONField[list[int]] = models.JSONField(default=list)
    hours = models.PositiveIntegerField(default=0, help_text="how long the step lasts; 0 until lifted")
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="null: automatic",
    )
    apply_at = models.DateTimeField(null=True, blank=True, help_text="when a delayed step is taken")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.TextField(blank=True)
    sanction = models.OneToOneField(Sanction, null=True, blank=True, on_delete=models.PROTECT, related_name="proposal")

    class Meta:
        ordering = ["-proposed_at"]
        indexes = [
            models.Index(
                fields=["state", "apply_at"],
                condition=models.Q(state__in=["pending", "delayed"]),
                name="proposal_waiting",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "rule"],
                condition=models.Q(state__in=["pending", "delayed"]),
                name="proposal_once",
            )
        ]


class Exemption(models.Model):
    """An account whose violations lead to no automatic step for a while: a tester, a partner under observation."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="exemptions")
    reason = models.TextField()
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-starts_at"]
        indexes = [models.Index(fields=["account", "ends_at"], name="exemption_account")]


class ShadowStep(models.Model):
    """A step that a rule on trial would have taken: once per account, rule and day in China."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    rule = models.CharField(max_length=60)
    step = models.CharField(max_length=10)
    day = models.DateField()
    at = models.DateTimeField()
    points = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "rule", "day"], name="shadow_step_once")]
        indexes = [models.Index(fields=["rule", "day"], name="shadow_step_rule")]


class AuthorityReport(models.Model):
    """The report of an account to an authority, the last duty of the ladder: prepared, approved by a second person, sent."""

    class State(models.TextChoices):
        PREPARED = "prepared", _("Waits for a second person")
        APPROVED = "approved", _("Approved, to be sent")
        SENT = "sent", _("Sent")
        REFUSED = "refused", _("Refused")

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="reports")
    sanction = models.ForeignKey(Sanction, null=True, blank=True, on_delete=models.PROTECT, related_name="reports")
    state = models.CharField(max_length=10, choices=State.choices, default=State.SENT)
    authority = models.CharField(max_length=120)
    reason = models.TextField(blank=True)
    records: models.JSONField[list[int]] = models.JSONField(default=list, help_text="records that are the evidence")
    prepared_at = models.DateTimeField(null=True, blank=True)
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="null: asked for by a rule",
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.TextField(blank=True, help_text="what the second person said")
    document_sha256 = models.CharField(max_length=64, blank=True, help_text="of the document as it was approved")
    number = models.CharField(max_length=80, blank=True, help_text="the authority's receipt")
    reported_at = models.DateTimeField(null=True, blank=True)
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-reported_at", "-id"]
        indexes = [
            models.Index(
                fields=["prepared_at"], condition=models.Q(state__in=["prepared", "approved"]), name="report_waiting"
            )
        ]


class BulkAction(models.Model):
    """One step for many accounts at once: previewed, approved where there are many, and undone as a whole."""

    class State(models.TextChoices):
        PENDING = "pending", _("Waits for a second person")
        APPLIED = "applied", _("Applied")
        REFUSED = "refused", _("Refused")
        UNDONE = "undone", _("Undone")

    step = models.CharField(max_length=10, choices=Sanction.Step.choices)
    hours = models.PositiveIntegerField(default=0)
    reason = models.TextField()
    accounts: models.JSONField[list[str]] = models.JSONField(default=list, help_text="pseudonyms, sorted")
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    applied_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-created_at"]
