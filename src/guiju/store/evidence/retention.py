"""Deleting texts when their retention ends. Records, hashes and seals stay, and the chain still verifies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Max, Min

from guiju.evidence.retention import Retention
from guiju.store.actor import Actor
from guiju.store.acts import guarded
from guiju.store.audit import append, one_at_a_time
from guiju.store.models import CaseSketch, RecordText
from guiju.store.moments import micros, moment
from guiju.store.permissions import Permission

KIND = "exchange_text"
SWEEP = "evidence.sweep_retention"
"""The action under which deletions stand in the audit log."""

BATCH = 1000


@dataclass(frozen=True)
class Sweep:
    """What one sweep deleted: how many texts, of exchanges that arrived before ``cutoff``."""

    texts: int
    cutoff: datetime


def cutoff(now: datetime) -> datetime:
    """Texts of exchanges before this are due: older than the rule asks and than the setting keeps, whichever is longer."""
    by_rule = moment(Retention.load().cutoff(KIND, micros(now)))
    by_setting = now - timedelta(days=settings.GUIJU.evidence.text_retention_days)
    return min(by_rule, by_setting)


@guarded(Permission.SWEEP_RETENTION)
def sweep_retention(actor: Actor, now: datetime) -> Sweep:
    """Delete the texts that are due, a bounded number in each transaction, oldest first.

    Every batch leaves its own audit entry, so that a sweep that was cut short is recorded as far as it went.
    """
    due, texts = cutoff(now), 0
    while deleted := _batch(actor, due):
        texts += deleted
    return Sweep(texts=texts, cutoff=due)


def _batch(actor: Actor, due: datetime) -> int:
    with one_at_a_time():
        batch = list(RecordText.objects.filter(at__lt=due).order_by("at", "pk").values_list("pk", flat=True)[:BATCH])
        if not batch:
            return 0
        texts = RecordText.objects.filter(pk__in=batch)
        span = texts.aggregate(oldest=Min("at"), newest=Max("at"))
        deleted, _ = texts.delete()
        CaseSketch.objects.filter(case__record_id__in=batch).delete()  # what a text was like goes with the text
        append(actor, SWEEP, None, detail={"texts": deleted, "cutoff": due, **span})
    return deleted
