"""The screen: proves that the detectors ``words``, ``sounds``, ``patterns`` and ``pii`` find nothing, so that they need not look.

It is one pass of the compiled half over a text (``native/screen.c``). It may be wrong one way only: it asks a detector that
then finds nothing. Without the compiled half there is no screen and every detector looks at every text.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from guiju import native
from guiju.moderation.detectors import Materials
from guiju.moderation.lexicon import Lexicon
from guiju.moderation.rules import Rule
from guiju.moderation.scan import Detector
from guiju.moderation.screening.kept import block_of

#: Who must look: all (the reading itself is in question), or those of these bits.
ALL, WORDS, SOUNDS, PATTERNS, PII = 1, 2, 4, 8, 16
#: Beside ``WORDS``, of a whole text: words may stand there once repeats are read once, or signs are read as letters.
REPEATS, SIGNS = 32, 64
#: What is undecided at the end of a window: who must look; where words, allow entries and sounds may begin; where the last
#: head of a rule stands (-1 for none) and where one may begin, of ``patterns`` and of ``pii``. Its size for nowhere.
Undecided = tuple[int, int, int, int, int, int, int, int]
#: Whether no letters spell syllables, and of each sound its number, the starts and the ends of its syllables.
Heard = tuple[bool, list[tuple[int, tuple[int, ...], tuple[int, ...]]]]


class Screen:
    """The screen over one set of materials. Immutable, shared by threads; the last answers are kept."""

    __slots__ = ("_asked", "_tables", "_window")

    def __init__(self, block: bytes | memoryview) -> None:
        """Over the tables of ``guiju.moderation.screening.tables``.

        Raises:
            ValueError: a block that is none, or damaged.
        """
        assert native.module is not None
        self._tables = native.module.tables(block)
        self._asked: tuple[str, int] = ("", 0)
        self._window: tuple[str, Undecided] = ("", (0, 0, 0, 0, -1, 0, -1, 0))

    def asks(self, text: str) -> int:
        """Whom to ask about a whole text as it was written, as bits; 0: nobody would find anything, the reader neither."""
        asked = self._asked
        if asked[0] is not text:
            self._asked = asked = (text, native.module.screen(self._tables, text, False))
        return asked[1]  # said again where the reader gives this very text back

    def asks_normal(self, text: str) -> int:
        """The same for a whole text that was read already."""
        asked = self._asked
        if asked[0] is not text:
            self._asked = asked = (text, native.module.screen(self._tables, text, True))
        return asked[1]

    def reads_as(self, text: str, normal: str) -> None:
        """Promise that ``text`` is read as ``normal``, each of its characters as one: what was said of the one goes for the other."""
        asked = self._asked
        if asked[0] is text:
            self._asked = (normal, asked[1])

    def words(self, text: str) -> list[tuple[int, int, int]] | None:
        """The words that may stand in a whole normalised text as it is written: start, end, number; None: nobody can say."""
        return native.module.words(self._tables, text)

    def sounds(self, text: str) -> Heard | None:
        """The same of sounds; None also where emoji are written, which are read as words."""
        return native.module.sounds(self._tables, text)

    def window(self, window: str) -> Undecided:
        """What is undecided at the end of a window of normalised text that goes on."""
        last = self._window
        if last[0] is not window:
            self._window = last = (window, native.module.window(self._tables, window))
        return last[1]

    def heads(self, window: str, bit: int) -> tuple[int, int]:
        """Of ``PATTERNS`` or ``PII``: where the last head stands (its size where nobody can say), where one may begin."""
        asked, _, _, _, *both = self.window(window)
        if asked & ALL:
            return len(window), len(window)
        return (both[0], both[1]) if bit == PATTERNS else (both[2], both[3])


def screen_of(materials: Materials) -> Screen | None:
    """The screen for a set of materials, made once for the same lists and patterns; None where it cannot be had."""
    return None if native.module is None else _screen(materials.lexicon, materials.patterns)


@lru_cache(maxsize=4)
def _screen(lexicon: Lexicon, patterns: tuple[Rule, ...]) -> Screen | None:
    block = block_of(Materials(lexicon, patterns))
    return None if block is None else Screen(block)


def shared(detectors: Iterable[Detector]) -> Screen | None:
    """The screen that speaks for all detectors that look at windows; None where one of them has none or another."""
    screens = {getattr(detector, "screen", None) for detector in detectors if detector.reach > 0}
    return screens.pop() if len(screens) == 1 else None
