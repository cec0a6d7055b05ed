"""When what must be sent about an incident."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from guiju.incidents.grading import Grade
from guiju.incidents.rules import ClockRule, Operator, rules


@dataclass(frozen=True)
class Clock:
    """One thing that is due. ``due`` None: its time limit has not begun (handling goes on)."""

    rule: ClockRule
    due: datetime | None

    def late(self, now: datetime, sent: datetime | None = None) -> bool:
        """Whether it was sent after its time limit, or is not sent and the limit is over at ``now``."""
        return self.due is not None and (sent or now) > self.due


def deadlines(
    grade: Grade, known_at: datetime, operator: Operator = Operator.ORDINARY, ended_at: datetime | None = None
) -> tuple[Clock, ...]:
    """What must be sent, in order; nothing for an incident below the level that is reported.

    The first report's hours run from when the operator learned of it, whenever the level was found; the closing report's
    days from the end of handling.
    """
    if not grade.reportable:
        return ()
    starts = {"known": known_at, "ended": ended_at}
    return tuple(_clock(rule, starts[rule.runs_from]) for rule in rules().clocks if operator in rule.operators)


def _clock(rule: ClockRule, start: datetime | None) -> Clock:
    return Clock(rule, None if start is None else start + timedelta(hours=rule.hours))
