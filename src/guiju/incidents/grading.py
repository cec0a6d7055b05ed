"""What an incident is: its level from the facts counted so far, and the criterion that decided."""

from __future__ import annotations

from dataclasses import dataclass

from guiju.incidents.rules import Criterion, Fact, Level, rules


@dataclass(frozen=True)
class Facts:
    """What is known. None: not counted yet, which is not the same as zero.

    Attributes:
        people: people whose personal information leaked.
        home_minutes, page_minutes: minutes that illegal content stood on a tampered home page, on any other page.
        forwards, views: how often that content was forwarded, was seen.
        judged: the level a person holds it to be; it can raise what the figures say, never lower it.
    """

    people: int | None = None
    home_minutes: int | None = None
    page_minutes: int | None = None
    forwards: int | None = None
    views: int | None = None
    judged: Level | None = None

    def of(self, fact: Fact) -> int | None:
        """The figure of ``fact``."""
        value: int | None = getattr(self, fact.value)
        return value


@dataclass(frozen=True)
class Grade:
    """The level of an incident.

    Attributes:
        criterion: what decided; None where no criterion is met or a person judged it graver.
        met: every criterion that is met, the gravest first.
        uncounted: facts nobody counted yet, any of which could raise the level.
    """

    level: Level
    criterion: Criterion | None
    met: tuple[Criterion, ...]
    uncounted: tuple[Fact, ...]

    @property
    def reportable(self) -> bool:
        """Whether it must be reported."""
        return self.level.rank >= rules().reportable_from.rank


def grade(facts: Facts) -> Grade:
    """Grade an incident by every criterion known; the gravest one that is met decides."""
    met = sorted((one for one in rules().criteria if _reached(one, facts)), key=lambda one: -one.level.rank)
    by_figures = met[0].level if met else Level.BELOW
    uncounted = tuple(fact for fact in Fact if facts.of(fact) is None)
    if facts.judged is not None and facts.judged.rank > by_figures.rank:
        return Grade(facts.judged, None, tuple(met), uncounted)
    return Grade(by_figures, met[0] if met else None, tuple(met), uncounted)


def _reached(criterion: Criterion, facts: Facts) -> bool:
    value = facts.of(criterion.fact)
    return value is not None and value >= criterion.at_least
