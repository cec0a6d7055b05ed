"""What a reviewer has looked at in this shift, from the times of his or her claims."""

from __future__ import annotations

from datetime import datetime, timedelta

from guiju.desk import Exposure, Sitting, exposure
from guiju.store import desk_policy
from guiju.store.models import CaseClaim, DeskSettings, User


def of(user: User, now: datetime) -> Exposure:
    """Grave cases and minutes of the shift, and minutes since the last break, against the stricter of both limits."""
    limits = desk_policy.in_force().exposure
    since = now - timedelta(hours=limits.shift_hours)
    rows = CaseClaim.objects.filter(reviewer=user, until__gt=since, claimed_at__lt=now).select_related("case")
    own = settings_of(user)
    return exposure(
        (_sitting(row, now) for row in rows),
        now.timestamp(),
        limits,
        severe_cases=own.severe_cases,
        break_after=own.break_after_minutes,
    )


def settings_of(user: User) -> DeskSettings:
    """The user's own settings; the defaults where none were saved."""
    return DeskSettings.objects.filter(pk=user.pk).first() or DeskSettings(user=user)


def _sitting(row: CaseClaim, now: datetime) -> Sitting:
    end = min(row.ended_at or row.until, row.until, now)
    return Sitting(row.claimed_at.timestamp(), end.timestamp(), row.case.severe)
