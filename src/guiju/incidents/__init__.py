"""Network security incidents: their level, the clocks that run, and the reports."""

from guiju.incidents.clocks import Clock, deadlines
from guiju.incidents.grading import Facts, Grade, grade
from guiju.incidents.report import Incident, Moment, by_hand, report
from guiju.incidents.rules import Fact, Level, Operator, rules

__all__ = [
    "Clock",
    "Fact",
    "Facts",
    "Grade",
    "Incident",
    "Level",
    "Moment",
    "Operator",
    "by_hand",
    "deadlines",
    "grade",
    "report",
    "rules",
]
