"""What the record of one judged content says."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from guiju.evidence.record import LabelEntry, Outcome
from guiju.moderation.context import ANYWHERE, Context
from guiju.nouns import Action, Decision, Direction, Part


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One judged content.

    Attributes:
        number: the record's id. ``at``: when the content came, microseconds. ``spent``: judging it, microseconds.
        parts: the texts the record keeps.
        streamed: it came in pieces. ``cut``: the caller never said that it had ended.
        context: the circumstances it was judged in.
    """

    number: str
    at: int
    parts: Sequence[Part]
    decision: Decision
    direction: Direction
    spent: int = 0
    label: LabelEntry = LabelEntry()
    streamed: bool = False
    cut: bool = False
    context: Context = ANYWHERE

    @property
    def outcome(self) -> Outcome:
        """How it ended."""
        if self.decision.action.stops:
            return Outcome.BLOCKED
        if self.decision.action is Action.UNCHECKED:
            return Outcome.UNCHECKED
        return Outcome.INTERRUPTED if self.cut else Outcome.COMPLETED
