"""What one address may still send to the public pages, kept under a keyed hash of the address."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings

from guiju.complaints import Allowance, refill
from guiju.complaints.allowance import minutes_to_wait, take
from guiju.errors import TooManyMessages
from guiju.proxies import household
from guiju.store import keys, models
from guiju.store.audit import one_at_a_time
from guiju.store.moments import micros, moment


def spend(address: str, now: datetime) -> None:
    """Count one message of this network address.

    Raises:
        TooManyMessages: it has none left.
    """
    limits = settings.GUIJU.complaints
    key = keys.pseudonymiser().pseudonym("public pages", household(address) or "unknown")
    with one_at_a_time():
        row = models.Allowance.objects.filter(pk=key).first()
        kept = Allowance(row.level, micros(row.at)) if row is not None else None
        there = refill(kept, micros(now), limits.burst, limits.per_hour)
        left = take(there)
        if left is None:
            raise TooManyMessages(minutes=minutes_to_wait(there, limits.per_hour))
        models.Allowance.objects.update_or_create(pk=key, defaults={"level": left.level, "at": moment(left.at)})


def forget(now: datetime) -> int:
    """Delete what is full again and says nothing any more; how many."""
    limits = settings.GUIJU.complaints
    full_after = timedelta(hours=limits.burst / limits.per_hour)
    return models.Allowance.objects.filter(at__lt=now - full_after).delete()[0]
