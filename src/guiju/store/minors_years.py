"""The yearly documents about minors after they were made: who noted that one was published or reported, when and where.

A note is an act like others (`services/minors.py`): it stands in the audit log, under the service, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

import msgspec
from django.db.models import Q, QuerySet

from guiju.china import CHINA
from guiju.law.ledger import MinorsYear
from guiju.minors.annual import Kind
from guiju.store import care
from guiju.store.models import Account, AuditEntry, CareProfile, Record, UsageDay

NOTED = "minors.yearly"
"""The action under which a note stands in the audit log."""
_LOOK = "evidence.read_text"


class Done(msgspec.Struct, frozen=True):
    """A document that was published (``public``) or reported (``audit``): of which year, when, where or under which receipt."""

    year: int
    kind: Kind
    on: date
    where: str


def done(slug: str) -> dict[tuple[int, str], Done]:
    """What was noted for a service, by year and kind; the newest note of each."""
    rows = AuditEntry.objects.filter(action=NOTED, object_id=slug).order_by("id").values_list("detail", "reason")
    found = (Done(d["year"], d["kind"], date.fromisoformat(d["on"]), reason) for d, reason in rows)
    return {(one.year, one.kind): one for one in found}


def years(slug: str, last: int, count: int) -> tuple[MinorsYear, ...]:
    """The answer of the ledger."""
    noted = done(slug)
    return tuple(_year(slug, year, noted) for year in range(last - count + 1, last + 1))


def _year(slug: str, year: int, noted: dict[tuple[int, str], Done]) -> MinorsYear:
    published, audited = noted.get((year, "public")), noted.get((year, "audit"))
    used = UsageDay.objects.filter(day__year=year, account__in=_minors(slug).values("pk"))
    reasons = looks(slug, year)
    return MinorsYear(
        year=year,
        accounts=used.values("account").distinct().count(),
        published=published.on if published else None,
        audited=audited.on if audited else None,
        looks=len(reasons),
        unreasoned=sum(not reason.strip() for reason in reasons),
    )


def _minors(slug: str) -> QuerySet[CareProfile]:
    bands = [band.id for band in care.policy_in_force().bands]
    known = CareProfile.objects.filter(account__integration__service_id=slug)
    return known.filter(Q(mode=True) | Q(band__in=bands))


def looks(slug: str, year: int) -> list[str]:
    """The reason of every look of staff into a text of a minor's exchange in a year."""
    start, end = (datetime(y, 1, 1, tzinfo=CHINA) for y in (year, year + 1))
    entries = AuditEntry.objects.filter(action=_LOOK, at__gte=start, at__lt=end)
    read = [(int(key), why) for key, why in entries.values_list("object_id", "reason") if key.isdigit()]
    ours = _of_minors(slug, {key for key, _ in read})
    return [why for key, why in read if key in ours]


def _of_minors(slug: str, records: Iterable[int]) -> set[int]:
    minors = Account.objects.filter(care__isnull=False, integration__service_id=slug).exclude(care__band="adult")
    return set(Record.objects.filter(pk__in=records, account__in=minors.values("pk")).values_list("pk", flat=True))
