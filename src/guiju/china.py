"""China's time: the zone in which every rule counts its days (UTC+8, no summer time)."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8), "CST")
"""The time zone in which a "day" of a rule is counted."""


def china_day(moment: datetime) -> date:
    """The day in China on which ``moment`` (with a time zone) falls."""
    return moment.astimezone(CHINA).date()


def china_minute(moment: datetime) -> str:
    """``moment`` (with a time zone) as people in China read it, its zone named: ``2026-11-23 13:20 (UTC+8)``."""
    return f"{moment.astimezone(CHINA):%Y-%m-%d %H:%M} (UTC+8)"
