"""Complaints, reports, claims and appeals: their kinds and limits, the working calendar, and what keeps floods out."""

from guiju.complaints.allowance import Allowance, refill
from guiju.complaints.calendar import WorkingCalendar
from guiju.complaints.form_token import FormTokens
from guiju.complaints.kinds import Keep, Kind, Kinds, Limit, Topic
from guiju.complaints.receipt import new_receipt, new_secret

__all__ = [
    "Allowance",
    "FormTokens",
    "Keep",
    "Kind",
    "Kinds",
    "Limit",
    "Topic",
    "WorkingCalendar",
    "new_receipt",
    "new_secret",
    "refill",
]
