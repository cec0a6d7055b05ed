"""How long an account was used: touches and reports of all its devices, folded into spans.

A ledger is a set that only grows: adding the same thing twice, in another order, or from another device changes nothing.
Devices say how long they were used, never when: the time is that of the server that received the report, so a device
whose clock was moved gains nothing. A lost heartbeat leaves a gap that is bridged up to a limit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import msgspec

from guiju.minors.calendar import DAY, MINUTE, SECOND, day_start
from guiju.minors.policy import Counting


class Span(NamedTuple):
    """Half-open, microseconds UTC."""

    start: int
    end: int


class Purchase(NamedTuple):
    """Money spent, in fen."""

    at: int
    fen: int


class Usage(msgspec.Struct, frozen=True, kw_only=True):
    """What a decision needs to know at one moment.

    Attributes:
        today: microseconds used on this day in China, all devices together.
        began: when the present continuous use began; None where there is none.
        spent: fen spent on this day.
        reminded: when each kind of reminder was last given.
    """

    today: int = 0
    began: int | None = None
    spent: int = 0
    reminded: Mapping[str, int] = {}

    def continuous(self, now: int) -> int:
        """Microseconds of continuous use up to ``now``."""
        return 0 if self.began is None else max(0, now - self.began)

    def since_reminder(self, kind: str, now: int) -> int:
        """Continuous use since the reminder of this kind. One from a clock that was ahead does not count."""
        if self.began is None:
            return 0
        last = self.reminded.get(kind)
        return max(0, now - (max(self.began, last) if last is not None and last <= now else self.began))


def touch(at: int, counting: Counting) -> Span:
    """The use that a message or heartbeat received at ``at`` shows."""
    return Span(at - counting.step_seconds * SECOND, at)


def report(received: int, seconds: int, counting: Counting) -> Span:
    """The use that a device reports: the ``seconds`` up to now, as many as one report may cover."""
    most = counting.longest_minutes * MINUTE
    return Span(received - min(max(seconds, 0) * SECOND, most), received)


def merged(spans: Iterable[Span], gap: int) -> tuple[Span, ...]:
    """Disjoint spans in order; those at most ``gap`` apart become one."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if end < start:
            continue
        if joined and start - joined[-1].end <= gap:
            joined[-1] = Span(joined[-1].start, max(joined[-1].end, end))
        else:
            joined.append(Span(start, end))
    return tuple(joined)


class Ledger(msgspec.Struct, frozen=True):
    """Everything counted for one account.

    Attributes:
        spans: when it was used. ``purchases``: by the caller's id of each. ``reminded``: latest reminder by kind.
    """

    spans: tuple[Span, ...] = ()
    purchases: Mapping[str, Purchase] = {}
    reminded: Mapping[str, int] = {}

    def plus(self, other: Ledger, counting: Counting) -> Ledger:
        """Both together; commutative, associative, and the same again with itself."""
        purchases = dict(self.purchases)
        for name, purchase in other.purchases.items():
            purchases[name] = max(purchase, purchases.get(name, purchase))
        reminded = dict(self.reminded)
        for kind, at in other.reminded.items():
            reminded[kind] = max(at, reminded.get(kind, at))
        spans = merged((*self.spans, *other.spans), counting.bridge_seconds * SECOND)
        return Ledger(spans, purchases, reminded)

    def used(self, span: Span, counting: Counting) -> Ledger:
        """The ledger with one more span."""
        return self.plus(Ledger((span,)), counting)

    def since(self, at: int) -> Ledger:
        """What still matters from ``at`` on: spans that end later, purchases and reminders made later."""
        return Ledger(
            tuple(span for span in self.spans if span.end > at),
            {name: bought for name, bought in self.purchases.items() if bought.at > at},
            {kind: given for kind, given in self.reminded.items() if given > at},
        )

    def usage(self, now: int, counting: Counting) -> Usage:
        """What the ledger says at ``now``. Spans after ``now`` (a clock was ahead) count for the day they lie in."""
        start = day_start(now)
        spans = merged(self.spans, counting.bridge_seconds * SECOND)
        today = sum(max(0, min(s.end, start + DAY) - max(s.start, start)) for s in spans)
        spent = sum(p.fen for p in self.purchases.values() if start <= p.at < start + DAY)
        return Usage(today=today, began=_began(spans, now, counting), spent=spent, reminded=self.reminded)


def _began(spans: Iterable[Span], now: int, counting: Counting) -> int | None:
    """When the use that is still going on at ``now`` began."""
    pause = counting.break_minutes * MINUTE
    past = [Span(s.start, min(s.end, now)) for s in spans if s.start <= now]
    blocks = merged(past, pause)
    if not blocks or now - blocks[-1].end > pause:
        return None
    return blocks[-1].start
