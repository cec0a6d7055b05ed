"""A candidate beside the live model, on texts neither has learnt from: what both catch, what both stop wrongly, what changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import msgspec

from guiju.moderation.checker import Checker
from guiju.nouns import Action, Direction, Part

_MOST_NAMED = 200


class Trial(msgspec.Struct, frozen=True):
    """One text to compare over. ``key`` names it in the report (a case, a line); ``kind`` is the set it belongs to."""

    key: str
    kind: str
    text: str
    direction: Direction
    harmful: bool


class Tally(msgspec.Struct, frozen=True):
    """How one side did on one set: ``caught`` of ``harmful`` texts, ``alarms`` of ``harmless`` ones."""

    harmful: int
    caught: int
    harmless: int
    alarms: int


class Changed(msgspec.Struct, frozen=True):
    """A text whose action is another under the candidate."""

    key: str
    kind: str
    harmful: bool
    live: Action
    candidate: Action

    @property
    def better(self) -> bool | None:
        """Whether the candidate is right where the live model was not; ``None`` where both caught it or both did not."""
        before, after = _caught(self.live), _caught(self.candidate)
        return None if before == after else after == self.harmful


class Comparison(msgspec.Struct, frozen=True):
    """The outcome over one set. ``changed`` names at most 200 texts; ``better`` and ``worse`` count them all."""

    kind: str
    live: Tally
    candidate: Tally
    better: int
    worse: int
    changed: tuple[Changed, ...]


def compare(live: Checker, candidate: Checker, trials: Iterable[Trial]) -> tuple[Comparison, ...]:
    """Decide every text under both, set by set. A text is caught where it goes to people or does not pass unaltered."""
    rows: dict[str, list[tuple[Trial, Action, Action]]] = {}
    for trial in trials:
        rows.setdefault(trial.kind, []).append((trial, _decide(live, trial), _decide(candidate, trial)))
    return tuple(_compared(kind, found) for kind, found in rows.items())


def _compared(kind: str, rows: list[tuple[Trial, Action, Action]]) -> Comparison:
    changed = [Changed(t.key, kind, t.harmful, before, after) for t, before, after in rows if before is not after]
    turns = Counter(one.better for one in changed)
    return Comparison(
        kind=kind,
        live=_tally([(trial.harmful, before) for trial, before, _ in rows]),
        candidate=_tally([(trial.harmful, after) for trial, _, after in rows]),
        better=turns[True],
        worse=turns[False],
        changed=tuple(changed[:_MOST_NAMED]),
    )


def _tally(rows: list[tuple[bool, Action]]) -> Tally:
    counts = Counter((harmful, _caught(action)) for harmful, action in rows)
    harmful, harmless = counts[True, True] + counts[True, False], counts[False, True] + counts[False, False]
    return Tally(harmful, counts[True, True], harmless, counts[False, True])


def _decide(checker: Checker, trial: Trial) -> Action:
    role = "assistant" if trial.direction is Direction.ANSWER else "user"
    return checker.check([Part("text", trial.text, role)], trial.direction).action


def _caught(action: Action) -> bool:
    return action.rank >= Action.REVIEW.rank
