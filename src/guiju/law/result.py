"""What a check answers: an outcome, the figures it rests on, the records to look at, and a sentence in both languages."""

from __future__ import annotations

import enum
import math
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

import msgspec

from guiju.law.schema import Comparison


class Outcome(enum.StrEnum):
    """What a check found. ``insufficient``: the evidence can neither prove nor disprove it."""

    PASS = "pass"
    FAIL = "fail"
    INSUFFICIENT = "insufficient"
    NOT_APPLICABLE = "not_applicable"


class Figure(msgspec.Struct, frozen=True):
    """One measured number.

    Attributes:
        name: a code of ``figures`` in vocabulary.yaml.
        value: the number; ``None`` when it could not be measured.
        unit: a code of ``units`` in vocabulary.yaml.
        comparison, threshold: what it must satisfy; both ``None`` for a number that only informs.
    """

    name: str
    value: int | float | None
    unit: str = "count"
    comparison: Comparison | None = None
    threshold: int | float | None = None

    @property
    def met(self) -> bool | None:
        """Whether the threshold is met; ``None`` where there is none or nothing was measured."""
        if self.value is None or self.comparison is None or self.threshold is None:
            return None
        return self.comparison.met(self.value, self.threshold)


class Validity(msgspec.Struct, frozen=True):
    """How long a proof holds if nobody does anything: from what day (if known) to what last day."""

    since: date | None
    until: date

    @classmethod
    def lasting(cls, since: date, days: int) -> Validity:
        """From ``since`` for ``days`` more days."""
        return cls(since, since + timedelta(days=days))

    def ends_soon(self, on: date, days: int) -> bool:
        """Whether it ends within ``days``, or within the last quarter of a span shorter than four times that.

        A weekly proof is due soon on its last day, not from its first.
        """
        if self.since is not None:
            days = min(days, max(1, (self.until - self.since).days // 4))
        return self.until <= on + timedelta(days=days)

    @staticmethod
    def earlier(*spans: Validity | None) -> Validity | None:
        """The one that ends first."""
        return min((s for s in spans if s is not None), key=lambda s: s.until, default=None)


class CheckResult(msgspec.Struct, frozen=True):
    """The answer of one check.

    Attributes:
        records: ids of records (or exports) the answer rests on, offending ones first; a sample.
        zh, en: the explanation.
        validity: how long a ``pass`` holds if nobody does anything; ``None`` where traffic renews it by itself.
    """

    status: Outcome
    figures: tuple[Figure, ...]
    records: tuple[str, ...]
    zh: str
    en: str
    validity: Validity | None = None


def passed(
    figures: Iterable[Figure], zh: str, en: str, records: Iterable[str] = (), validity: Validity | None = None
) -> CheckResult:
    """The obligation is met as far as this check measures it."""
    return CheckResult(Outcome.PASS, tuple(figures), tuple(records), zh, en, validity)


def failed(figures: Iterable[Figure], zh: str, en: str, records: Iterable[str] = ()) -> CheckResult:
    """The obligation is not met."""
    return CheckResult(Outcome.FAIL, tuple(figures), tuple(records), zh, en)


def insufficient(figures: Iterable[Figure], zh: str, en: str, records: Iterable[str] = ()) -> CheckResult:
    """The evidence does not suffice to say."""
    return CheckResult(Outcome.INSUFFICIENT, tuple(figures), tuple(records), zh, en)


def percent(part: int, whole: int) -> float | None:
    """``part`` of ``whole`` in percent, rounded **down** to two decimals so that 99.999 never reads as 100."""
    return math.floor(part * 10_000 / whole) / 100 if whole else None


def judged(
    figures: tuple[Figure, ...],
    *,
    bad: bool,
    seen: int,
    fault: tuple[str, str],
    none: tuple[str, str],
    good: tuple[str, str],
    records: Sequence[str] = (),
) -> CheckResult:
    """What most checks come to: *fail* where something is ``bad``, *insufficient* where nothing was ``seen``, else *pass*.

    Args:
        fault, none, good: what is said then, Chinese and English.
    """
    if bad:
        return failed(figures, *fault, records)
    return passed(figures, *good, records) if seen else insufficient(figures, *none)
