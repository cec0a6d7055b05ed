"""Quotas of integrations: requests a minute, tokens a day, exchanges at once, shared by all gateway processes.

Each process counts for itself and exchanges totals with the database every refresh, so several processes together may
exceed a quota by what they admit within one refresh interval, never by more. Days are days of UTC+8.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil

from guiju.errors import AccessError, QuotaConcurrent, QuotaRequests, QuotaTokens
from guiju.store.snapshot import Limits

MINUTE = 60
DAY = 86_400
_UTC8 = 8 * 3600


def minute_of(now: float) -> int:
    """Start of the minute, seconds since the epoch."""
    return int(now) // MINUTE * MINUTE


def day_of(now: float) -> int:
    """Start of the day in UTC+8, seconds since the epoch."""
    return (int(now) + _UTC8) // DAY * DAY - _UTC8


def renewed_at(renewed: int, now: float, refusal: AccessError) -> AccessError:
    """A refusal that tells when its window begins anew, ``renewed`` seconds since the epoch."""
    refusal.retry_after = max(1, ceil(renewed - now))
    return refusal


@dataclass(slots=True)
class _Window:
    """What was counted in the present minute or day.

    A clock that is put back by less than one window keeps counting in the window it had reached; put back by more, it
    begins a new one, so that a clock once wrongly ahead does not shut anybody out until its time has come.
    """

    length: int
    start: int = 0
    shared: int = 0  # total of all processes, as of the last exchange with the database
    pending: int = 0  # counted here since

    def add(self, start: int, amount: int) -> None:
        if not self._covers(start):
            self.start, self.shared, self.pending = start, 0, 0
        self.pending += amount

    def total(self, start: int) -> int:
        return self.shared + self.pending if self._covers(start) else 0

    def _covers(self, start: int) -> bool:
        return 0 <= self.start - start <= self.length


class Meter:
    """Usage of one integration, seen from this process. Used from one event loop only."""

    __slots__ = ("_days", "_in_flight", "_minutes", "elsewhere")

    def __init__(self) -> None:
        self._minutes = _Window(MINUTE)
        self._days = _Window(DAY)
        self._in_flight = 0
        self.elsewhere = 0

    @property
    def in_flight(self) -> int:
        """Exchanges under way in this process."""
        return self._in_flight

    def admit(self, limits: Limits, now: float) -> None:
        """Count one request in, or refuse it.

        Raises:
            QuotaConcurrent, QuotaRequests, QuotaTokens.
        """
        if limits.concurrent is not None and self._in_flight + self.elsewhere >= limits.concurrent:
            raise QuotaConcurrent(limit=limits.concurrent)
        if limits.requests_per_minute is not None and self._minutes.total(minute_of(now)) >= limits.requests_per_minute:
            raise renewed_at(minute_of(now) + MINUTE, now, QuotaRequests(limit=limits.requests_per_minute))
        if limits.tokens_per_day is not None and self._days.total(day_of(now)) >= limits.tokens_per_day:
            raise renewed_at(day_of(now) + DAY, now, QuotaTokens(limit=limits.tokens_per_day))
        self._minutes.add(minute_of(now), 1)
        self._in_flight += 1

    def leave(self, tokens: int, now: float) -> None:
        """Count an exchange out, with the tokens it used."""
        self._in_flight -= 1
        if tokens:
            self._days.add(day_of(now), tokens)

    def take_pending(self) -> Mapping[tuple[str, int], int]:
        """What was counted here since the last call, by (window, start): ``("m", …)`` requests, ``("d", …)`` tokens."""
        taken: dict[tuple[str, int], int] = {}
        for name, window in (("m", self._minutes), ("d", self._days)):
            if window.pending:
                taken[name, window.start] = window.pending
                window.shared += window.pending
                window.pending = 0
        return taken

    def learn(self, name: str, start: int, total: int) -> None:
        """Take over the total of all processes for a window. What is pending here is not in it yet."""
        window = self._minutes if name == "m" else self._days
        if start > window.start:
            window.start, window.shared, window.pending = start, total, 0
        elif start == window.start:
            window.shared = max(total, window.shared)


class AccountLimiter:
    """Calls a minute of accounts under the step ``limit``, in this process. Forgets a minute when the next begins."""

    __slots__ = ("_counts", "_minute")

    def __init__(self) -> None:
        self._minute = 0
        self._counts: dict[str, int] = {}

    def admit(self, account: str, limit: int, now: float) -> bool:
        """Count one call; False when ``limit`` calls were admitted this minute."""
        minute = minute_of(now)
        if not 0 <= self._minute - minute <= MINUTE:
            self._minute, self._counts = minute, {}
        count = self._counts.get(account, 0)
        if count >= limit:
            return False
        self._counts[account] = count + 1
        return True
