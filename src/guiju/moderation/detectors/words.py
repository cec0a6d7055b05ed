"""Words of the lexicon, seen through skip characters, with word boundaries for Latin and allow entries by span."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

import msgspec

from guiju.moderation.detectors import Materials, detector
from guiju.moderation.gaps import Fit, fit
from guiju.moderation.lexicon import ALLOW, DENY, MAX_WORD, Lexicon, Word
from guiju.moderation.scan import Hit, Scan
from guiju.text.squeeze import MAX_GAP, positions, squeeze

_CONTIGUOUS = 0.95
_WITH_GAPS = 0.8


class _Match(msgspec.Struct, frozen=True):
    """A word found in the window: where, how well it fits, and which word."""

    start: int
    end: int
    fit: Fit
    word: Word

    def covers(self, other: _Match) -> bool:
        return self.start <= other.start and other.end <= self.end and self.end - self.start > other.end - other.start


@detector("words", zh="词表", en="Word lists")
class Words:
    """Looks for the lexicon's words in squeezed text.

    A word inside a longer allow entry is silent. Everything else is reported, also words inside longer listed words:
    each entry has its own risk and its own owner.
    """

    name = "words"

    def __init__(self, materials: Materials) -> None:
        lexicon: Lexicon = materials.lexicon
        self.risks = lexicon.risks
        self.reach = MAX_WORD + (MAX_WORD - 1) * MAX_GAP
        self._words = lexicon.words
        self._automaton = lexicon.automaton
        self._prefixes = lexicon.prefixes
        self._tail = max(lexicon.longest - 1, 0)

    def scan(self, window: str, fresh: int, final: bool) -> Scan | None:
        """See ``Detector.scan``."""
        if self._automaton is None:
            return None
        squeezed = squeeze(window)
        found = self._automaton.find_overlapping(squeezed)
        size = len(window)
        deny_live, allow_live = (-1, -1) if final else self._live(squeezed, fresh - size + len(squeezed))
        if not found and deny_live < 0 and allow_live < 0:
            return None
        places = range(size) if len(squeezed) == size else positions(window)
        hold = places[deny_live] if deny_live >= 0 else size
        keep = places[allow_live] if allow_live >= 0 else size
        if not found:
            return Scan((), hold, min(hold, keep))
        return self._judge(window, self._matches(window, places, found, fresh, final), hold, keep)

    def _live(self, squeezed: str, after: int) -> tuple[int, int]:
        """Where the longest suffix begins that could still become a deny word, and an allow word; -1 for none.

        What began before ``after`` is known to be dead: a beginning that stopped being one never becomes one again.
        """
        deny = allow = -1
        prefixes = self._prefixes
        end = len(squeezed)
        for start in range(max(0, after, end - self._tail), end):
            bits = prefixes.get(squeezed[start:])
            if bits is not None:
                if deny < 0 and bits & DENY:
                    deny = start
                if allow < 0 and bits & ALLOW:
                    allow = start
                if deny >= 0 and allow >= 0:
                    break
        return deny, allow

    def _matches(
        self, window: str, places: range | list[int], found: list[tuple[int, int, int]], fresh: int, final: bool
    ) -> list[_Match]:
        matches = []
        for first, last, value in found:
            start, end = places[first], places[last - 1] + 1
            if start < fresh:
                continue
            word = self._words[value]
            how = fit(window, word, places[first:last], final)
            if how is not Fit.NO:
                matches.append(_Match(start, end, how, word))
        return matches

    def _judge(self, window: str, matches: list[_Match], hold: int, allow_live: int) -> Scan:
        """Settle the matches. ``allow_live``: from there on an allow entry may still be growing."""
        hits: list[Hit] = []
        keep = allow_live
        allows = sorted((m for m in matches if m.word.allow), key=lambda m: m.start)
        starts = [m.start for m in allows]
        silenced: list[tuple[int, int]] = []
        for allow in allows:
            if allow.fit is Fit.OPEN:
                keep = min(keep, allow.start)
        for match in matches:
            if not match.word.deny:
                continue
            near = allows[bisect_left(starts, match.start - self.reach) : bisect_right(starts, match.start)]
            covers = [a for a in near if a is match or a.covers(match)]
            sure = max((a.start for a in covers if a.fit is Fit.YES), default=-1)
            if sure >= 0:
                silenced.append((match.start, sure))
            elif covers or match.fit is Fit.OPEN or match.start >= allow_live:
                hold = min(hold, match.start)
            else:
                hits += _hits(match)
        keep = min(keep, hold)
        for start, cover_start in sorted(silenced, reverse=True):
            if start >= keep:
                keep = min(keep, cover_start)
        return Scan(tuple(hits), hold, keep)


def _hits(match: _Match) -> list[Hit]:
    score = _CONTIGUOUS if match.end - match.start == len(match.word.text) else _WITH_GAPS
    return [Hit(match.start, match.end, e.risk, e.id, score, e.severity, e.reason) for e in match.word.deny]
