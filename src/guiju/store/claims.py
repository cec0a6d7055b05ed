"""Whether somebody holds a complaint: only its holder answers or decides it."""

from __future__ import annotations

from datetime import datetime

from guiju.errors import InvalidTransition, LeaseLost
from guiju.store.actor import Actor
from guiju.store.models import Complaint
from guiju.store.validation import fresh


def held(by: Actor, complaint: Complaint, now: datetime) -> Complaint:
    """The row as it is now, if ``by`` holds it.

    Raises:
        InvalidTransition: it is concluded. LeaseLost: somebody else holds it, or nobody.
    """
    row = fresh(complaint)
    if row.state == Complaint.State.CLOSED:
        raise InvalidTransition(what_zh="投诉", what_en="complaint", state=row.state, target=Complaint.State.ANSWERED)
    mine = by.user is not None and row.claimed_by_id == by.user.pk
    if not mine or row.claimed_until is None or row.claimed_until <= now:
        raise LeaseLost(case=row.receipt)
    return row
