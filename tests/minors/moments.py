"""Moments in China for the tests of minors' rules."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from guiju.minors.calendar import MINUTE
from guiju.minors.profile import Basis, Profile
from guiju.minors.usage import Ledger, Span

UTC8 = timezone(timedelta(hours=8))
CHILD = Profile(band="8_12", basis=Basis.STATED)
YOUTH = Profile(band="16_18", basis=Basis.STATED)


def at(text: str) -> int:
    """Microseconds of ``YYYY-MM-DD HH:MM`` in China."""
    return int(datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=UTC8).timestamp()) * 1_000_000


def used(*spans: tuple[str, int], day: str = "2026-11-18") -> Ledger:
    """A ledger of spans, each ``("HH:MM", minutes)`` on one day."""
    return Ledger(tuple(Span(at(f"{day} {start}"), at(f"{day} {start}") + m * MINUTE) for start, m in spans))
