"""The yearly report on the protection of minors (条例 Art. 42: made public every year), counted from what was stored.

Counts only: no pseudonym, no text, nothing of a single account.
"""

from __future__ import annotations

from datetime import datetime

import msgspec
from django.db.models import Count, QuerySet

from guiju.china import CHINA
from guiju.minors.calendar import MINUTE
from guiju.store import care
from guiju.store.models import (
    AuditEntry,
    CareCase,
    CareEvent,
    CareProfile,
    GuardianDecision,
    MinorsPolicyVersion,
    Service,
    UsageDay,
)


class YearReport(msgspec.Struct, frozen=True, kw_only=True):
    """One year of one service, days of China.

    Attributes:
        bands: accounts by band (``unknown`` for minors' mode without an age), as known today. ``suspected``: switched to
            minors' mode for signs during the year. ``cleared``: of any year, found to be grown up during it.
        denied, reminded: how often, by code. ``heard``: signs of crisis, distress, dependence, by kind.
        days, minutes: account-days of minors with use, and their minutes.
        guardians: decisions by ``kind.scope``. ``withdrawn``: decisions taken back.
        cases: requests and crises by kind and state. ``exits``, ``retained``: see the checks.
        policies: versions put in force.
    """

    service: str
    year: int
    policy: str
    bands: dict[str, int]
    suspected: int
    cleared: int
    denied: dict[str, int]
    reminded: dict[str, int]
    heard: dict[str, int]
    days: int
    minutes: int
    guardians: dict[str, int]
    withdrawn: int
    cases: dict[str, dict[str, int]]
    exits: int
    retained: int
    policies: int


def of_year(service: Service, year: int) -> YearReport:
    """The report of one calendar year in China."""
    start, end = (datetime(y, 1, 1, tzinfo=CHINA) for y in (year, year + 1))
    events = CareEvent.objects.filter(service=service.slug, at__gte=start, at__lt=end)
    profiles = CareProfile.objects.filter(account__integration__service=service)
    policy = care.policy_in_force()
    known = [band.id for band in policy.bands]
    by_band = {band: profiles.filter(band=band).count() for band in known}
    by_band["unknown"] = profiles.filter(mode=True).exclude(band__in=known).count()
    decisions = GuardianDecision.objects.filter(account__integration__service=service)
    made = decisions.filter(starts_at__gte=start, starts_at__lt=end)
    accounts = [str(pk) for pk in profiles.values_list("pk", flat=True)]
    cleared = AuditEntry.objects.filter(action="minors.clear", at__gte=start, at__lt=end, object_id__in=accounts)
    days, minutes = _use(service, year, known)
    return YearReport(
        service=service.name,
        year=year,
        policy=policy.version,
        bands=by_band,
        suspected=profiles.filter(suspected_at__gte=start, suspected_at__lt=end).count(),
        cleared=cleared.count(),
        denied=_by_code(events, "denied"),
        reminded=_by_code(events, "reminded"),
        heard=_merge(_by_code(events, "heard")),
        days=days,
        minutes=minutes,
        guardians={
            f"{row['kind']}.{row['scope']}": row["n"]
            for row in made.values("kind", "scope").annotate(n=Count("id")).order_by("kind", "scope")
        },
        withdrawn=decisions.filter(withdrawn_at__gte=start, withdrawn_at__lt=end).count(),
        cases=_cases(service, start, end),
        exits=events.filter(kind="exit").count(),
        retained=events.filter(kind="retention", weight__gt=0).values("record").distinct().count(),
        policies=MinorsPolicyVersion.objects.filter(created_at__gte=start, created_at__lt=end).count(),
    )


def _by_code(events: QuerySet[CareEvent], kind: str) -> dict[str, int]:
    rows = events.filter(kind=kind).values("code").annotate(n=Count("id")).order_by("code")
    return {row["code"]: row["n"] for row in rows}


def _merge(codes: dict[str, int]) -> dict[str, int]:
    found: dict[str, int] = {}
    for code, count in codes.items():
        kind = code.partition(".")[0]
        found[kind] = found.get(kind, 0) + count
    return found


def _cases(service: Service, start: datetime, end: datetime) -> dict[str, dict[str, int]]:
    rows = CareCase.objects.filter(service=service.slug, opened_at__gte=start, opened_at__lt=end)
    found: dict[str, dict[str, int]] = {}
    for row in rows.values("kind", "state").annotate(n=Count("id")).order_by("kind", "state"):
        found.setdefault(row["kind"], {})[row["state"]] = row["n"]
    return found


def _use(service: Service, year: int, bands: list[str]) -> tuple[int, int]:
    """Account-days with use of minors' accounts, and the minutes of them, read in pages."""
    minors = CareProfile.objects.filter(account__integration__service=service, band__in=bands).values("pk")
    rows = UsageDay.objects.filter(account__in=minors, day__year=year).values_list("spans", flat=True)
    days = micro = 0
    for spans in rows.iterator(chunk_size=2000):
        used = sum(end - start for start, end in spans)
        days, micro = days + (used > 0), micro + used
    return days, micro // MINUTE
