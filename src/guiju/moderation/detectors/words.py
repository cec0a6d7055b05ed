"""Words of the lexicon, seen through skip characters, split characters, emoji, repeats and digits for letters.

A word inside a longer allow entry is silent. Everything else is reported, also words inside longer listed words: each
entry has its own risk and its own owner. What was undone to find a word is reported beside it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

import msgspec

from guiju.moderation import faint
from guiju.moderation.detectors import Materials, detector
from guiju.moderation.gaps import NATURAL, Fit, fit, has_gaps
from guiju.moderation.lexicon import ALLOW, DENY, MAX_WORD, Lexicon, Word
from guiju.moderation.scan import Hit, Scan
from guiju.moderation.screening import screen as screening
from guiju.text.disguises import TAG, reason_of
from guiju.text.homophones import stands_alone
from guiju.text.rewriting import Rewriter, Sign, View, collapse, once, readings, repeats, rewritten, view
from guiju.text.squeeze import MAX_GAP, is_latin, positions, squeeze

_CONTIGUOUS = 0.95
_DISGUISED = 0.8
#: A word of two letters that stands there only when signs are read as letters may be chance: never more than this.
_SHORT_SEVERITY = "medium"
#: Answers of the screen after which a text has to be read otherwise than as it stands.
_OTHERWISE = screening.ALL | screening.REPEATS | screening.SIGNS


class _Match(msgspec.Struct, frozen=True):
    """A word found in the window: where, how well it fits, which word, and what was undone to read it."""

    start: int
    end: int
    fit: Fit
    word: Word
    kinds: tuple[str, ...] = ()

    def covers(self, other: _Match) -> bool:
        return self.start <= other.start and other.end <= self.end and self.end - self.start > other.end - other.start


@detector("words", zh="词表", en="Word lists")
class Words:
    """Looks for the lexicon's words in squeezed text and in the other views of it."""

    name = "words"

    def __init__(self, materials: Materials) -> None:
        lexicon: Lexicon = materials.lexicon
        self.screen = screening.screen_of(materials)
        self.risks = lexicon.risks
        self.reach = MAX_WORD + (MAX_WORD - 1) * MAX_GAP
        self._words = lexicon.words
        self._automaton = lexicon.automaton
        self._prefixes = lexicon.prefixes
        self._pairs = lexicon.pairs
        self._bigrams = lexicon.bigrams
        self._hears = any(word.heard for word in lexicon.words)
        self._tail = max(lexicon.longest - 1, 0)
        self._rewriter = Rewriter(lexicon.pairs, any(is_latin(c) for w in lexicon.words for c in w.text))

    def scan(self, window: str, fresh: int, final: bool) -> Scan | None:
        """See ``Detector.scan``."""
        if self._automaton is None:
            return None
        looks = screening.ALL
        if self.screen is not None:
            if final:
                looks = self.screen.asks_normal(window)
                if not looks & (screening.ALL | screening.WORDS):
                    return None
                listed = None if looks & _OTHERWISE else self.screen.words(window)
                if listed is not None:
                    return self._told(window, listed, fresh)
            else:
                asked, hold, keep, *_ = self.screen.window(window)
                if not asked & (screening.ALL | screening.WORDS):
                    return None if hold == keep == len(window) else self._undecided((), hold, keep)
        squeezed = squeeze(window)
        found = self._automaton.find_overlapping(squeezed)
        size = len(window)
        deny_live, allow_live = (-1, -1) if final else self._live(squeezed, fresh - size + len(squeezed))
        joining = not final and window[-1:] in self._rewriter.firsts
        signs = self._signs(window, squeezed, found, final) if looks & (screening.ALL | screening.SIGNS) else []
        repeated = self._repeats(squeezed, final) if looks & (screening.ALL | screening.REPEATS) else False
        written = any(value < len(self._words) for _, _, value in found)
        if not (written or signs or repeated or joining) and deny_live < 0 and allow_live < 0:
            return None
        places = range(size) if len(squeezed) == size else positions(window)
        hold = places[deny_live] if deny_live >= 0 else size
        keep = places[allow_live] if allow_live >= 0 else size
        matches: list[_Match] = []
        if written:
            ends = range(1, size + 1) if len(squeezed) == size else [place + 1 for place in places]
            matches = self._matches(window, View(squeezed, places, ends, ()), found, fresh, final)
        views = self._views(window, signs, final)
        if repeated:
            views.append(collapse(squeezed, places))
        for other in views:
            matches += self._matches(window, other, self._automaton.find_overlapping(other.text), fresh, final)
        if not final:
            if joining:
                base = View(squeezed, places, [place + 1 for place in places], [""] * len(squeezed))
                as_they_end = [seen for seen in (base, *views) if seen.text[-1:] == window[-1]]
                views += [joint for seen in as_they_end for joint in self._joining(window[-1], seen)]
            for other in views:
                deny, allow = self._live(other.text, 0)
                hold = min(hold, _first_end(window, other, deny, size, self.reach))
                keep = min(keep, _first_end(window, other, allow, size, self.reach))
        if not matches:
            return None if hold == keep == size else self._undecided((), hold, keep)
        return self._judge(window, matches, hold, keep)

    def _told(self, window: str, listed: list[tuple[int, int, int]], fresh: int) -> Scan | None:
        """The scan of a whole window of which the screen has told all words that may stand in it as it is written."""
        matches = []
        for start, end, value in listed:
            word = self._words[value]
            straight = end - start == len(word.text)
            starts = range(start, end) if straight else [start + place for place in positions(window[start:end])]
            match = self._match(window, word, starts, [place + 1 for place in starts], (), fresh, True)
            if match is not None:
                matches.append(match)
        return self._judge(window, matches, len(window), len(window)) if matches else None

    def _signs(self, window: str, squeezed: str, found: list[tuple[int, int, int]], final: bool) -> list[Sign]:
        """What is to be read otherwise: emoji, digits between letters, split characters (found with the words)."""
        signs = self._rewriter.signs_in(window)
        words, known = self._words, len(self._words)
        pairs = [first for first, _, value in found if value >= known or words[value].text in self._pairs]
        if pairs and final and not signs:
            pairs = self._promising(squeezed, pairs)
        if pairs:
            places = range(len(window)) if len(squeezed) == len(window) else positions(window)
            joined = (self._rewriter.joined(window, places[first]) for first in pairs)
            signs = sorted((*signs, *(sign for sign in joined if sign is not None)))
        return signs

    def _promising(self, squeezed: str, pairs: list[int]) -> list[int]:
        """The pairs whose character could stand in a word beside a neighbour; all of them where pairs are neighbours."""
        bigrams, places = self._bigrams, set(pairs)
        for first in pairs:
            character = self._pairs[squeezed[first : first + 2]]
            if (
                squeezed[first - 1 : first] + character in bigrams
                or character + squeezed[first + 2 : first + 3] in bigrams
                or first + 2 in places
            ):
                return pairs
        return []

    def _repeats(self, squeezed: str, final: bool) -> bool:
        """Whether reading repeated letters once may show a word; a stream needs to know beginnings, too.

        A letter repeated inside a word stands between letters of that word; at the edge of a Latin one, beside one.
        """
        found = repeats(squeezed)
        if not found or not final:
            return bool(found)
        known = self._bigrams
        for letter, before, after in found:
            beside = (before + letter in known) + (letter + after in known)
            if beside == 2 or (beside == 1 and is_latin(letter)):
                return self._has_word(once(squeezed))
        return False

    def _views(self, window: str, signs: list[Sign], final: bool) -> list[View]:
        """The window with its signs read, where that shows a word (in a stream: always, for what must be held back)."""
        return [
            view(window, signs, which)
            for which in range(readings(signs) if signs else 0)
            if not final or self._has_word(squeeze(rewritten(window, signs, which)))
        ]

    def _has_word(self, letters: str) -> bool:
        known = len(self._words)
        found = self._automaton.find_overlapping(letters) if self._automaton else ()
        return any(value < known and last - first > 1 for first, last, value in found)

    def _joining(self, last: str, seen: View) -> list[View]:
        """A view as if its last character were already joined with what may come: for what must be held back."""
        before = seen.text[:-1]
        return [
            View(before + joint, seen.starts, seen.ends, seen.kinds) for joint in self._rewriter.firsts.get(last, "")
        ]

    def _live(self, letters: str, after: int) -> tuple[int, int]:
        """Where the longest suffix begins that could still become a deny word, and an allow word; -1 for none.

        What began before ``after`` is known to be dead: a beginning that stopped being one never becomes one again.
        """
        deny = allow = -1
        prefixes = self._prefixes
        end = len(letters)
        for start in range(max(0, after, end - self._tail), end):
            bits = prefixes.get(letters[start:])
            if bits is not None:
                if deny < 0 and bits & DENY:
                    deny = start
                if allow < 0 and bits & ALLOW:
                    allow = start
                if deny >= 0 and allow >= 0:
                    break
        return deny, allow

    def _matches(
        self, window: str, seen: View, found: list[tuple[int, int, int]], fresh: int, final: bool
    ) -> list[_Match]:
        matches = []
        for first, last, value in found:
            if value >= len(self._words):  # a pair of components, no word
                continue
            word = self._words[value]
            starts, ends = seen.starts[first:last], seen.ends[first:last]
            kinds: tuple[str, ...] = ()
            if seen.kinds:
                undone = list(seen.kinds[first:last])
                if "repeat" in undone:
                    starts, ends = _edges(window, seen, first, last, word, undone)
                    if word.disguise == "repeat" and undone.count("repeat") <= word.doubled:
                        continue
                kinds = _kinds(undone, word)
                if not kinds:
                    continue
            elif word.disguise == "repeat":  # nothing is doubled here
                continue
            match = self._match(window, word, starts, ends, kinds, fresh, final)
            if match is not None:
                matches.append(match)
        return matches

    def _match(
        self,
        window: str,
        word: Word,
        starts: Sequence[int],
        ends: Sequence[int],
        kinds: tuple[str, ...],
        fresh: int,
        final: bool,
    ) -> _Match | None:
        """The word whose letters were read from ``starts[i]:ends[i]`` by undoing ``kinds``; None where it does not stand there."""
        start, end = starts[0], ends[-1]
        if start < fresh or end - start > self.reach:
            return None
        how = fit(window, word, starts, ends, final)
        if word.heard and how is not Fit.NO:
            how = _told_apart(window, word, start, end, final)
        if how is Fit.NO:
            return None
        if word.disguise and word.disguise not in kinds:
            kinds = (*kinds, word.disguise)
        if end - start > len(word.text) and has_gaps(starts, ends, word.gaps):
            kinds = (*kinds, "separator")
        return _Match(start, end, how, word, kinds)

    def _judge(self, window: str, matches: list[_Match], hold: int, allow_live: int) -> Scan:
        """Settle the matches. ``allow_live``: from there on an allow entry may still be growing."""
        hits: dict[Hit, None] = {}  # in order; two views may show the same
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
            near = (
                allows[bisect_left(starts, match.start - self.reach) : bisect_right(starts, match.start)]
                if allows
                else ()
            )
            covers = [a for a in near if a is match or a.covers(match)]
            sure = max((a.start for a in covers if a.fit is Fit.YES), default=-1) if covers else -1
            if sure >= 0:
                silenced.append((match.start, sure))
            elif covers or match.fit is Fit.OPEN or match.start >= allow_live:
                if match.word.heard:
                    keep = min(keep, match.start)
                else:
                    hold = min(hold, match.start)
            else:
                for hit in _hits(match):
                    hits[hit] = None
        keep = min(keep, hold)
        for start, cover_start in sorted(silenced, reverse=True):
            if start >= keep:
                keep = min(keep, cover_start)
        return self._undecided(tuple(hits), hold, keep)

    def _undecided(self, hits: tuple[Hit, ...], hold: int, keep: int) -> Scan:
        """Words by sound are held back only where the policy acts on them: they are kept like allow entries."""
        keep = min(hold, keep)
        return Scan(hits, hold, keep, keep if self._hears else None)


def _told_apart(window: str, word: Word, start: int, end: int, final: bool) -> Fit:
    """Whether a word of two characters is heard there: apart from the words around it, nothing natural in between."""
    if any(character in NATURAL for character in window[start:end]):
        return Fit.NO
    if end == len(window) and not final:
        return Fit.OPEN
    return Fit.YES if stands_alone(window[max(0, start - 1) : start], word.text, window[end : end + 1]) else Fit.NO


def _first_end(window: str, seen: View, index: int, size: int, reach: int) -> int:
    """Where the held part begins that starts with the letter ``index``: of a repeated one as in ``_edges``."""
    if index < 0:
        return size
    repeated = seen.kinds[index] == "repeat"
    start = _first_of(window, seen, index, is_latin(seen.text[index])) if repeated else seen.starts[index]
    return start if size - start < reach else size


def _edges(
    window: str, seen: View, first: int, last: int, word: Word, undone: list[str]
) -> tuple[Sequence[int], Sequence[int]]:
    """Starts and ends of the letters ``first:last``, without those repeats at the edges that are not of the word.

    At an edge that needs a word boundary the repeats count that follow one another without a gap (pott): what comes after
    a gap may as well be the next word's, and a stream has decided by then; one that does not count is struck out of
    ``undone``. At any other edge the word has one letter.
    """
    starts, ends = list(seen.starts[first:last]), list(seen.ends[first:last])
    if undone[-1] == "repeat":
        end = starts[-1] + 1
        while word.latin_right and end < ends[-1] and window[end] == seen.text[last - 1]:
            end += 1
        undone[-1] = "" if word.latin_right and end - starts[-1] == 1 else "repeat"
        ends[-1] = end
    if undone[0] == "repeat" and len(undone) > 1:
        starts[0] = _first_of(window, seen, first, word.latin_left)
        undone[0] = "" if word.latin_left and ends[0] - starts[0] == 1 else "repeat"
    return starts, ends


def _kinds(undone: list[str], word: Word) -> tuple[str, ...]:
    """The disguises undone for the letters of a word; at an edge without a word boundary, repeats are none."""
    begin, end = 0 if word.latin_left else 1, len(undone) - (0 if word.latin_right else 1)
    return tuple(dict.fromkeys(k for i, k in enumerate(undone) if k and (k != "repeat" or begin <= i < end)))


def _first_of(window: str, seen: View, index: int, latin: bool) -> int:
    """Where the letter ``index`` begins, of its repeats only those taken that belong to a word beginning with it."""
    start = seen.ends[index] - 1
    while latin and start > seen.starts[index] and window[start - 1] == seen.text[index]:
        start -= 1
    return start


def _hits(match: _Match) -> list[Hit]:
    score = _DISGUISED if match.kinds else _CONTIGUOUS
    start, end, word = match.start, match.end, match.word
    chance = len(word.text) == 2 and ("split" in match.kinds or "emoji" in match.kinds)
    if word.heard:
        return faint.hits(start, end, word.deny, word.disguise, len(match.kinds) > 1)
    hits = [
        Hit(start, end, e.risk, e.id, score, _capped(e.severity) if chance else e.severity, e.reason) for e in word.deny
    ]
    hits += [Hit(start, end, TAG + k, k, score, "low", reason_of(k), "disguise") for k in match.kinds]
    return hits


def _capped(severity: str) -> str:
    return _SHORT_SEVERITY if severity == "high" else severity
