"""What the gateway decides by: versions of policies and of word lists. A version never changes once written."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class PolicyVersion(models.Model):
    """One version of the policy. Exactly one is live; at most one is on trial, in the shadow or for a share of accounts."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SHADOW = "shadow", _("In the shadow")
        PARTIAL = "partial", _("For a share")
        LIVE = "live", _("Live")
        RETIRED = "retired", _("Retired")
        EXPIRED = "expired", _("Expired")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    number = models.PositiveIntegerField(unique=True)
    source = models.TextField(help_text="the YAML as written")
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    note = models.TextField(blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField(null=True, blank=True)
    share = models.PositiveSmallIntegerField(default=0, help_text="per cent of accounts it decides for while on trial")
    tried_at = models.DateTimeField(null=True, blank=True, help_text="when its trial began")
    expires_at = models.DateTimeField(null=True, blank=True, help_text="when the version before comes back by itself")

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["state"], condition=models.Q(state="live"), name="policy_one_live"),
        ]


class PolicyComparison(models.Model):
    """How often a version on trial decided otherwise than the live one would have, or did: counted by the gateways."""

    version = models.ForeignKey(PolicyVersion, on_delete=models.CASCADE, related_name="comparisons")
    direction = models.CharField(max_length=10)
    live = models.CharField(max_length=20, help_text="what the live version decides")
    trial = models.CharField(max_length=20, help_text="what this version decides")
    count = models.BigIntegerField(default=0)

    class Meta:
        ordering = ["direction", "live", "trial"]
        constraints = [
            models.UniqueConstraint(fields=["version", "direction", "live", "trial"], name="policy_comparison_once")
        ]


class WordList(models.Model):
    """A word list with an owner. ``live`` is the version in force, null when the list is switched off."""

    slug = models.SlugField(primary_key=True, max_length=63)
    title = models.CharField(max_length=200)
    risk = models.CharField(max_length=60, blank=True, help_text="default risk of its entries")
    owner = models.CharField(max_length=200)
    source = models.CharField(max_length=400, blank=True)
    shipped = models.BooleanField(default=False, help_text="came with Guiju")
    live = models.ForeignKey("WordListVersion", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["slug"]


class WordListVersion(models.Model):
    """One version of a word list, as CSV."""

    list = models.ForeignKey(WordList, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    body = models.TextField(help_text="CSV; columns as in docs/word-lists.md")
    entries = models.PositiveIntegerField()
    counts: models.JSONField[dict[str, int]] = models.JSONField(default=dict, help_text="entries by risk")
    sha256 = models.CharField(max_length=64)
    note = models.TextField(blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["list", "number"], name="word_list_version_once")]
