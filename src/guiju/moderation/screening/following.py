"""The screen along a stream: of most windows it alone knows what every detector would say, so that none is asked.

A step takes one call of the compiled half instead of one round through all detectors. Where any of them must look, they all
do, as without it; a test holds both ways to the same places (``tests/moderation/test_following.py``).
"""

from __future__ import annotations

from collections.abc import Sequence

from guiju.moderation.scan import Detector
from guiju.moderation.screening.screen import Screen, shared

_SPOKEN_FOR = ("words", "sounds", "patterns", "pii")


class Following:
    """For one order of detectors, among them the four that the screen speaks for; the others look at no windows."""

    __slots__ = ("_count", "_places", "_screen")

    def __init__(self, screen: Screen, names: Sequence[str]) -> None:
        self._screen = screen
        self._count = len(names)
        self._places = tuple(names.index(name) for name in _SPOKEN_FOR)

    def step(self, window: str, base: int, fresh: list[int], *, faint_holds: bool) -> tuple[int, int] | None:
        """What is held of a window that goes on, and what is needed of it: ``hold`` and ``keep`` of all scans together.

        Args:
            window, base: normalised characters, and where they begin in the text.
            fresh: where each detector's undecided part starts in the text; moved on, unless the answer is None.
            faint_holds: what may become a hit by sound is held, too.

        Returns None where a detector has to look.
        """
        asked, deny, allow, sound, *heads = self._screen.window(window)
        if asked:
            return None
        words, sounds, patterns, pii = self._places
        last, growing, last_pii, growing_pii = heads
        if not (last < fresh[patterns] - base <= growing and last_pii < fresh[pii] - base <= growing_pii):
            return None
        keep = min(deny, allow)
        fresh[:] = [base + len(window)] * self._count
        fresh[words], fresh[sounds] = base + keep, base + sound
        fresh[patterns], fresh[pii] = base + growing, base + growing_pii
        hold = min(deny, growing, growing_pii, sound) if faint_holds else min(deny, growing, growing_pii)
        return hold, min(keep, sound, growing, growing_pii)


def following_of(detectors: Sequence[Detector]) -> Following | None:
    """What follows streams for these detectors; None where the screen does not speak for all that look at windows."""
    screen = shared(detectors)
    looking = sorted(detector.name for detector in detectors if detector.reach > 0)
    if screen is None or looking != sorted(_SPOKEN_FOR):
        return None
    return Following(screen, [detector.name for detector in detectors])
