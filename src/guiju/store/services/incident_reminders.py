"""Whoever listens is told that a report of an incident is nearly due, and once more when its limit is over.

What was told stands in the audit log, which is also how it is known: an incident has two clocks at the most, and few are open.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from guiju.store import outbox
from guiju.store.actor import Actor
from guiju.store.audit import append, one_at_a_time
from guiju.store.models import AuditEntry, Incident
from guiju.store.services.incidents import standings

SHARE = 4
"""A report is nearly due in the last quarter of its time limit: an hour of four, a week of thirty days (O: Guiju's own)."""

_UPKEEP = Actor.system("upkeep")


def remind(now: datetime) -> int:
    """Tell of everything that is due and was not told yet; of how much. Drills are told like real incidents, marked."""
    rows = list(Incident.objects.exclude(state=Incident.State.CLOSED))
    if not any(True for row in rows for _ in _due(row, now)):
        return 0
    with one_at_a_time():
        return sum(_tell(row, now) for row in rows)


def _tell(row: Incident, now: datetime) -> int:
    before = AuditEntry.objects.filter(action="incident.remind", object_type="Incident", object_id=str(row.pk))
    told = {str(detail.get("reminder")) for detail in before.values_list("detail", flat=True)}
    fresh = [(clock, due, late) for clock, due, late in _due(row, now) if _key(clock, due, late) not in told]
    for clock, due, late in fresh:
        append(_UPKEEP, "incident.remind", row, detail={"reminder": _key(clock, due, late)})
        facts = {"incident": row.pk, "level": row.level, "clock": clock, "due_at": due.isoformat(), "drill": row.drill}
        outbox.announce("incident.overdue" if late else "incident.due_soon", facts, now)
    return len(fresh)


def _due(row: Incident, now: datetime) -> Iterator[tuple[str, datetime, bool]]:
    """Clock, time limit and whether it is over, of every report that should be thought of at ``now``."""
    for standing in standings(row):
        due = standing.clock.due
        if due is None or standing.sent_at is not None:
            continue
        if now >= due - timedelta(hours=standing.clock.rule.hours) / SHARE:
            yield standing.clock.rule.id, due, now > due


def _key(clock: str, due: datetime, late: bool) -> str:
    return f"{clock} {due.isoformat()} {'late' if late else 'soon'}"
