"""How many words there are for each risk, against the minima of the standard."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from guiju.law.book import rules
from guiju.law.schema import Named
from guiju.store.models import WordList

TOTAL = "KWD-01"
"""The obligation whose threshold is the minimum over all risks."""


@dataclass(frozen=True)
class RiskLine:
    """One risk with its words in force; ``minimum`` is None where the standard sets none."""

    risk: Named
    entries: int
    minimum: int | None

    @property
    def enough(self) -> bool:
        """Whether the minimum is reached."""
        return self.minimum is None or self.entries >= self.minimum

    @property
    def share(self) -> float:
        """How much of the minimum is reached, in per cent, 100 at most."""
        return 100.0 if not self.minimum else min(100.0, round(100 * self.entries / self.minimum, 1))


@dataclass(frozen=True)
class Coverage:
    """All lists in force together."""

    total: int
    minimum: int
    lines: tuple[RiskLine, ...]


def coverage(lists: Iterable[WordList]) -> Coverage:
    """Count the words in force by risk; finer tags count for their risk."""
    counts: Counter[str] = Counter()
    for row in lists:
        if row.live is not None:
            for tag, number in row.live.counts.items():
                counts[tag.partition("/")[0]] += number
    book = rules()
    classes = {risk.code: book.risks.class_of(risk.code) for risk in book.risks.risks}
    lines = [
        RiskLine(risk, counts[risk.code], found.keywords if (found := classes[risk.code]) else None)
        for risk in book.risks.risks
    ]
    needed = next((t.value for t in book.obligation(TOTAL).thresholds if t.value is not None), 0)
    return Coverage(sum(counts.values()), int(needed), tuple(lines))
