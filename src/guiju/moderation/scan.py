"""What a detector is given and what it gives back, the same for a whole text and for a stream.

A detector sees a *window* of normalised text. Of a whole text the window is all of it; of a stream it is the part that is
not decided yet, with a few characters of left context. The detector reports the hits that no further character can change,
and says from where on the window must stay: ``hold`` bounds what may be shown to the reader, ``keep`` what may be forgotten.
Because a hit depends on nothing but its own characters and a bounded neighbourhood, a stream ends with exactly the hits of
the whole text.
"""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import msgspec

from guiju.nouns import Direction

#: Characters to the left of the undecided part that stay in a window, for word boundaries, look-behinds, and for whether a
#: digit is the tone of the syllable before it (six letters, and what stands before them).
CONTEXT = 8
#: The widest match any detector may have, in normalised characters.
MAX_WIDTH = 160


class Hit(msgspec.Struct, frozen=True):
    """A decided hit: ``start:end`` are indices into the window; the rest becomes the finding.

    ``detector``: under whose name it is reported, where that is not the detector's own (``disguise``).
    """

    start: int
    end: int
    risk: str
    rule: str
    score: float
    severity: str
    reason: str
    detector: str = ""


class Scan(msgspec.Struct, frozen=True):
    """What a detector made of a window.

    Attributes:
        hits: decided hits that start in the fresh part of the window. A hit may be reported again as long as the window
            keeps it; the stream takes it once.
        hold: no undecided hit starts before this index.
        keep: nothing before this index is needed to decide later hits (``keep <= hold``).
        faint: no undecided hit *by sound* starts before this index, where that is before ``hold``. Such hits go to review
            at most, so a stream lets their text out, unless the policy does more with them.
    """

    hits: tuple[Hit, ...]
    hold: int
    keep: int
    faint: int | None = None


class Judgement(msgspec.Struct, frozen=True):
    """What a judge made of a whole text: the probability that it must not pass (``None``: no opinion), and hits."""

    likelihood: float | None
    hits: tuple[Hit, ...] = ()


class Detector(Protocol):
    """What looks at text. Built once from the policy snapshot, immutable, used by many threads."""

    @property
    def name(self) -> str:
        """The registered name."""

    @property
    def risks(self) -> tuple[str, ...]:
        """Every risk tag it can report; what is unchecked when it fails."""

    @property
    def reach(self) -> int:
        """The widest match it can report, in normalised characters; at most ``MAX_WIDTH``."""

    def scan(self, window: str, fresh: int, final: bool) -> Scan | None:
        """Look at ``window``; starts before ``fresh`` are decided. ``final``: no more text will come.

        Returns ``None`` where there is nothing: no hit, nothing undecided. With ``final`` everything is decided.
        """


@runtime_checkable
class Judge(Detector, Protocol):
    """A detector that also judges whole texts, which no window can stand for."""

    def judge(self, text: str, direction: Direction) -> Judgement:
        """Judge a normalised text; spans of its hits are indices into it."""
