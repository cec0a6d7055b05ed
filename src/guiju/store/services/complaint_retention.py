"""Deleting the words and contacts of concluded complaints when their retention ends; receipts, times and outcomes stay."""

from __future__ import annotations

from datetime import datetime

from guiju.complaints import Keep, Kind
from guiju.complaints.kinds import LEAST_MONTHS
from guiju.evidence.retention import Retention, Rule
from guiju.store.actor import Actor
from guiju.store.acts import guarded
from guiju.store.audit import append, one_at_a_time
from guiju.store.complaint_rules import kinds
from guiju.store.models import Complaint, ComplaintMessage
from guiju.store.moments import micros, moment
from guiju.store.permissions import Permission

SWEEP = "complaint.sweep"
"""The action under which deletions stand in the audit log."""
BATCH = 500


def ends(row: Complaint) -> datetime | None:
    """When the words of a concluded complaint are due for deletion; None while it is not concluded."""
    if row.closed_at is None:
        return None
    return moment(_retention().due_at(_rule_name(row.kind), micros(row.closed_at)))


@guarded(Permission.SWEEP_RETENTION)
def sweep(actor: Actor, now: datetime) -> int:
    """Delete what is due, the longest concluded first, a bounded number in each transaction; how many complaints."""
    retention, done = _retention(), 0
    stored = Complaint.objects.filter(state=Complaint.State.CLOSED, texts_deleted_at=None)
    for name in sorted(set(stored.values_list("kind", flat=True).order_by())):
        before = moment(retention.cutoff(_rule_name(name), micros(now)))
        while deleted := _batch(actor, name, before, now):
            done += deleted
    return done


def _batch(actor: Actor, kind: str, before: datetime, now: datetime) -> int:
    with one_at_a_time():
        due = Complaint.objects.filter(
            state=Complaint.State.CLOSED, texts_deleted_at=None, kind=kind, closed_at__lt=before
        )
        batch = list(due.order_by("closed_at", "pk").values_list("pk", flat=True)[:BATCH])
        if not batch:
            return 0
        messages, _ = ComplaintMessage.objects.filter(complaint__in=batch).delete()
        Complaint.objects.filter(pk__in=batch).update(contact=b"", contact_key=None, texts_deleted_at=now)
        detail = {"kind": kind, "complaints": len(batch), "messages": messages, "before": before}
        append(actor, SWEEP, None, detail=detail)
    return len(batch)


def _retention() -> Retention:
    """The periods of the kinds in force. Complaints of a kind that is no longer among them are kept the longest."""
    in_force = kinds().kinds
    rules = {kind.id: _rule(kind.id, kind.keep, kind) for kind in in_force}
    longest = max(in_force, key=lambda kind: kind.keep.months)
    return Retention({**rules, "": _rule("", longest.keep, longest)}, kinds().version)


def _rule(name: str, keep: Keep, kind: Kind) -> Rule:
    return Rule(name, keep.months, LEAST_MONTHS, kind.zh, kind.en, keep.source, "O")


def _rule_name(kind: str) -> str:
    return kind if kinds().kind(kind) is not None else ""
