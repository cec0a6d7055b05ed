"""Proof of obligations: uploaded documents, measured check runs, values the operator must set."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models

from guiju.store.models.integrations import Service


class Document(models.Model):
    """One revision of a document that proves an obligation. The period it proves is apart from when it was uploaded."""

    obligation = models.CharField(max_length=120, db_index=True)
    service = models.ForeignKey(Service, null=True, blank=True, on_delete=models.PROTECT, related_name="documents")
    title = models.CharField(max_length=200)
    revision = models.PositiveIntegerField()
    file = models.CharField(max_length=300, help_text="path below the documents directory")
    file_name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    effective_from = models.DateField()
    expires = models.DateField(null=True, blank=True)
    note = models.TextField(blank=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    uploaded_at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["obligation", "title", "-revision"]
        constraints = [
            models.UniqueConstraint(
                fields=["obligation", "service", "title", "revision"], name="document_revision_once"
            ),
        ]


class CheckRun(models.Model):
    """One measured result of one obligation for one service; ``runs`` holds its checks whole, the rest repeats parts."""

    obligation = models.CharField(max_length=120)
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="check_runs")
    at = models.DateTimeField(db_index=True)
    status = models.CharField(max_length=16)
    figures: models.JSONField[list[dict[str, Any]]] = models.JSONField(default=list)
    records: models.JSONField[list[str]] = models.JSONField(default=list)
    explanation = models.TextField(blank=True)
    runs: models.JSONField[list[dict[str, Any]]] = models.JSONField(
        default=list, help_text="each check with its answer"
    )

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(fields=["service", "obligation", "-at"], name="check_run_latest")]


class OperatorValue(models.Model):
    """A threshold no rule fixes: set by the operator, with a named owner and a dated reason."""

    obligation = models.CharField(max_length=120)
    name = models.CharField(max_length=60, help_text="which threshold of the obligation")
    value: models.JSONField[Any] = models.JSONField()
    owner = models.CharField(max_length=200)
    reason = models.TextField()
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    set_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["obligation", "name"], name="operator_value_once")]
