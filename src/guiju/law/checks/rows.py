"""Checks that all have the same form, written as rows: something is counted, some of it is wrong, and that is judged.

Not a check itself; rooms with many such checks hold a table of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from guiju.law.ledger import Ledger
from guiju.law.period import Period
from guiju.law.profile import Profile
from guiju.law.registry import Parameters, check
from guiju.law.result import CheckResult, Figure, judged, percent


@dataclass(frozen=True)
class Count:
    """A figure that is one of the counted numbers; held against ``threshold`` where one is named."""

    name: str
    field: str
    unit: str = "times"
    threshold: str = ""


@dataclass(frozen=True)
class Share:
    """A figure in percent of what was seen: what is in order, or what is ``wrong``."""

    name: str
    threshold: str
    wrong: bool = False


@dataclass(frozen=True)
class Row:
    """One check.

    Attributes:
        id, zh, en, doc: as in :func:`guiju.law.registry.check`; ``doc`` is its documentation.
        figures: what it tells, in order.
        seen: the counted number of what there was to get right; nothing seen proves nothing.
        wrong: the number of what was not: a counted one, or how many of ``seen`` are missing from ``right``.
        fault, none, good: what is said then, Chinese and English; ``{n}`` in a fault is the number of what was wrong.
        sampled: whether the counts' sample shows records behind this very check.
        also_needs: thresholds that the counting needs, beside those its figures are held against.
    """

    id: str
    zh: str
    en: str
    doc: str
    figures: tuple[Count | Share, ...]
    seen: str
    fault: tuple[str, str]
    none: tuple[str, str]
    good: tuple[str, str]
    wrong: str = ""
    right: str = ""
    sampled: bool = True
    also_needs: tuple[str, ...] = ()

    @property
    def bounds(self) -> tuple[str, ...]:
        """The thresholds its figures are held against."""
        return tuple(figure.threshold for figure in self.figures if figure.threshold)

    def judge(self, counts: Any, parameters: Parameters) -> CheckResult:
        """The answer for these counts: what no threshold allows is wrong; without thresholds, anything wrong is."""
        seen: int = getattr(counts, self.seen)
        wrong: int = getattr(counts, self.wrong) if self.wrong else seen - getattr(counts, self.right)
        figures = tuple(_figure(one, counts, seen, wrong, parameters) for one in self.figures)
        return judged(
            figures,
            bad=any(figure.met is False for figure in figures) if self.bounds else wrong > 0,
            seen=seen,
            fault=(self.fault[0].format(n=wrong), self.fault[1].format(n=wrong)),
            none=self.none,
            good=self.good,
            records=counts.sample if self.sampled else (),
        )


def _figure(one: Count | Share, counts: Any, seen: int, wrong: int, parameters: Parameters) -> Figure:
    if isinstance(one, Share):
        return parameters.figure(one.name, percent(wrong if one.wrong else seen - wrong, seen), one.threshold)
    value: int = getattr(counts, one.field)
    if one.threshold:
        return parameters.figure(one.name, value, one.threshold)
    return Figure(one.name, value, one.unit)


def register(rows: tuple[Row, ...], counts: Callable[[Ledger, Period, Parameters], Any]) -> None:
    """Make each row a check over what ``counts`` asks of the ledger."""
    for row in rows:
        _register(row, counts)


def _register(row: Row, counts: Callable[[Ledger, Period, Parameters], Any]) -> None:
    def run(ledger: Ledger, profile: Profile, period: Period, parameters: Parameters) -> CheckResult:
        return row.judge(counts(ledger, period, parameters), parameters)

    run.__doc__ = row.doc
    check(row.id, zh=row.zh, en=row.en, needs=(*row.also_needs, *row.bounds))(run)
