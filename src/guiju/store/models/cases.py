"""Human review: cases, who held them when, what was said about them, and what was proposed from them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from guiju.store.models.evidence import Record
from guiju.store.models.policies import WordList

_USER = settings.AUTH_USER_MODEL


class Case(models.Model):
    """One record, or one part of it, put before a reviewer. Claimed by a lease that expires by itself.

    ``verdict`` is what is in force. A second review, and the settling of two reviews that disagree, are cases of their own
    kind that point at the first; the settling changes the first one's verdict, and ``overturned_from`` keeps what it was.
    """

    class Status(models.TextChoices):
        OPEN = "open", _("Waiting")
        DECIDED = "decided", _("Decided")

    class Verdict(models.TextChoices):
        VIOLATION = "violation", _("Violation confirmed")
        FINE = "fine", _("No violation")
        UNSURE = "unsure", _("Cannot tell, escalate")
        SPLIT = "split", _("Split into parts")

    class Kind(models.TextChoices):
        FIRST = "first", _("First review")
        SECOND = "second", _("Second review, blind")
        SETTLE = "settle", _("Settling a disagreement")

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="cases")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.FIRST)
    part = models.CharField(max_length=200, blank=True, help_text="the part it is about; empty for the whole exchange")
    about = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="later",
        help_text="the case that is reviewed again, or that this one was split from",
    )  # fmt: skip
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    priority = models.PositiveSmallIntegerField(default=50, help_text="0 to 100, higher first")
    risk = models.CharField(max_length=60)
    service = models.CharField(max_length=63, blank=True)
    severity = models.CharField(max_length=10, default="medium")
    severe = models.BooleanField(default=False, help_text="grave to look at; counts towards a reviewer's limit")
    minors = models.BooleanField(default=False)
    reach = models.PositiveIntegerField(default=0, help_text="accounts that used the integration, as far as counted")
    deadline = models.CharField(
        max_length=40, blank=True, help_text="the deadline of the desk's policy that gave due_at"
    )
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    claimed_by = models.ForeignKey(_USER, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    claimed_at = models.DateTimeField(null=True, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    verdict = models.CharField(max_length=10, choices=Verdict.choices, blank=True)
    note = models.TextField(blank=True)
    decided_by = models.ForeignKey(_USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    overturned_from = models.CharField(
        max_length=10, blank=True, help_text="the verdict before it was settled otherwise"
    )
    overturned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-priority", "due_at"]
        constraints = [
            models.UniqueConstraint(fields=["record", "part", "kind"], name="case_once"),
        ]
        indexes = [
            models.Index(fields=["-priority", "due_at"], condition=models.Q(status="open"), name="case_queue"),
            models.Index(fields=["-decided_at"], condition=models.Q(status="decided"), name="case_decided"),
            models.Index(fields=["opened_at"], name="case_opened"),
        ]


class CaseClaim(models.Model):
    """One time somebody held a case. The last one that ended in a decision says how long it took."""

    class End(models.TextChoices):
        HELD = "", _("Held")
        DECIDED = "decided", _("Decided")
        ESCALATED = "escalated", _("Escalated")
        SPLIT = "split", _("Split")
        RELEASED = "released", _("Given back")
        LAPSED = "lapsed", _("Ran out")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="claims")
    reviewer = models.ForeignKey(_USER, on_delete=models.PROTECT, related_name="+")
    claimed_at = models.DateTimeField()
    until = models.DateTimeField(help_text="when it runs out, extensions included")
    ended_at = models.DateTimeField(null=True, blank=True)
    end = models.CharField(max_length=10, choices=End.choices, blank=True, default=End.HELD)

    class Meta:
        ordering = ["claimed_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=models.Q(ended_at=None), name="claim_one_at_a_time"),
        ]
        indexes = [
            models.Index(fields=["reviewer", "-claimed_at"], name="claim_reviewer"),
            models.Index(fields=["ended_at"], condition=models.Q(end="decided"), name="claim_decided"),
        ]


class CaseNote(models.Model):
    """What a reviewer said about a case while it was open; never changed."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="notes")
    at = models.DateTimeField()
    author = models.ForeignKey(_USER, null=True, on_delete=models.PROTECT, related_name="+")
    escalation = models.BooleanField(default=False)
    text = models.TextField(max_length=2000)

    class Meta:
        ordering = ["at", "id"]


class CaseSketch(models.Model):
    """The sketch of a case's text, by which cases alike are found (`guiju.desk.sketch`). Deleted with the text."""

    case = models.OneToOneField(Case, primary_key=True, on_delete=models.CASCADE, related_name="sketch")
    at = models.DateTimeField(db_index=True)
    sketch = models.BinaryField(max_length=256)


class CaseProposal(models.Model):
    """A word or a refuted claim that a decision suggests; it takes effect when a second person approves it."""

    class Kind(models.TextChoices):
        WORD = "word", _("Word for a list")
        RUMOUR = "rumour", _("Refuted claim")

    class State(models.TextChoices):
        PENDING = "pending", _("Waits for approval")
        APPROVED = "approved", _("Approved")
        REFUSED = "refused", _("Refused")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="proposals")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    word_list = models.ForeignKey(WordList, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=300, help_text="the word, or the claim")
    severity = models.CharField(max_length=10, default="medium")
    allow = models.BooleanField(default=False, help_text="a word that is let pass where a shorter one would be met")
    truth = models.CharField(max_length=500, blank=True, help_text="what is true instead, for a claim")
    source = models.CharField(max_length=500, blank=True, help_text="who refuted it and where, for a claim")
    reason = models.CharField(max_length=500)
    proposed_by = models.ForeignKey(_USER, null=True, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(_USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-proposed_at", "-id"]


class DeskSettings(models.Model):
    """How one reviewer wants to be shown texts and pictures, and his or her own limits. No row means the defaults."""

    user = models.OneToOneField(_USER, primary_key=True, on_delete=models.CASCADE, related_name="desk")
    blur = models.BooleanField(default=True)
    greyscale = models.BooleanField(default=True)
    mute = models.BooleanField(default=True)
    severe_cases = models.PositiveSmallIntegerField(null=True, blank=True)
    break_after_minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)
