"""Words of three syllables and more by their sound: homophones (线商堵场), pinyin, initials of pinyin. Shorter ones are forms
of the lexicon (``guiju.text.homophones``), found by the detector ``words``.

What sounds like a listed word is a guess. Such a hit is reported under ``guiju.disguise.homophone`` (or ``pinyin``,
``initials``) and the entry's id, of low or medium severity whatever the entry's is. Where a second disguise lies in the
same place (pinyin and a homophone, signs between the letters), it carries the entry's own risk, with low severity, so
that the policy can send it to review; no rule about severe hits of that risk blocks on it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

from guiju.moderation import faint
from guiju.moderation.detectors import Materials, detector
from guiju.moderation.gaps import NATURAL
from guiju.moderation.lexicon import MAX_WORD
from guiju.moderation.scan import Hit, Scan
from guiju.moderation.screening import screen as screening
from guiju.moderation.spoken import INITIALS, Spoken, spoken
from guiju.text.disguises import TAG, reason_of
from guiju.text.sounding import Sounding, has_spelling, plain_sounding, sound, sounding, spelled_signs
from guiju.text.squeeze import MAX_GAP, is_latin, squeeze
from guiju.text.syllables import LONGEST_RUN

_INITIALS_SCORE = 0.5
#: Of three syllables so many must be written like the word; from so many syllables on, all may differ.
_ALIKE, _ALL_DIFFER = 2, 4
_LAST_RUN = re.compile(r"([a-z]+)[1-5]?\Z")
_INITIALS_RUN = re.compile(f"[b-df-hj-np-tv-z]{{{INITIALS[0]},{INITIALS[1]}}}")


@detector("sounds", zh="谐音", en="Homophones, pinyin and initials")
class Sounds:
    """Looks for the lexicon's words in the syllables of a text."""

    name = "sounds"

    def __init__(self, materials: Materials) -> None:
        self.risks = materials.lexicon.risks
        self.reach = MAX_WORD + (MAX_WORD - 1) * MAX_GAP
        self._lexicon = spoken(materials.lexicon)
        self.screen = screening.screen_of(materials)

    def scan(self, window: str, fresh: int, final: bool) -> Scan | None:
        """See ``Detector.scan``. Nothing is held back for a sound; ``faint`` says what would be."""
        known = self._lexicon
        if known.automaton is None:
            return None
        if self.screen is not None:
            if final:
                if not self.screen.asks_normal(window) & (screening.ALL | screening.SOUNDS):
                    return None
                told = self.screen.sounds(window)
                if told is not None:
                    return self._told(window, told, fresh)
            else:
                asked, _, _, keep, *_ = self.screen.window(window)
                if not asked & (screening.ALL | screening.SOUNDS):
                    size = len(window)
                    return Scan((), size, keep, keep) if keep < size else None
        spelled = has_spelling(window)
        squeezed = squeeze(window)
        signs = spelled_signs(window) if spelled else sound(squeezed)
        found = known.automaton.find_overlapping(signs)
        heard: Sounding | None = None
        hits: dict[Hit, None] = {}
        if found and not spelled:
            found = [each for each in found if _plausible(squeezed, known.words[each[2]], each[0], each[1])]
        decided = len(window) if final else _open_run(window)
        if found:
            heard = sounding(window) if spelled else plain_sounding(window, signs)
            for first, last, value in found:
                if heard.starts[first] >= fresh and heard.ends[last - 1] <= decided:
                    for word in known.words[value]:
                        hits.update(dict.fromkeys(self._judge(window, heard, first, last, word)))
        hits.update(dict.fromkeys(self._by_initials(window, fresh, final)))
        size = len(window)
        if final:
            return Scan(tuple(hits), size, size) if hits else None
        keep = self._undecided(
            window, heard or (sounding(window) if spelled else plain_sounding(window, signs)), decided
        )
        return Scan(tuple(hits), size, keep, keep) if hits or keep < size else None

    def _told(self, window: str, told: screening.Heard, fresh: int) -> Scan | None:
        """The scan of a whole window of which the screen has told all sounds that may stand in it."""
        plain, listed = told
        hits: dict[Hit, None] = {}
        for value, starts, ends in listed:
            spoken_words, size = self._lexicon.words[value], len(starts)
            if starts[0] < fresh:
                continue
            if plain and not _plausible("".join([window[place] for place in starts]), spoken_words, 0, size):
                continue
            heard = Sounding("", starts, ends)
            for word in spoken_words:
                hits.update(dict.fromkeys(self._judge(window, heard, 0, size, word)))
        hits.update(dict.fromkeys(self._by_initials(window, fresh, True)))
        return Scan(tuple(hits), len(window), len(window)) if hits else None

    def _undecided(self, window: str, heard: Sounding, keep: int) -> int:
        """Where the longest end of the window begins that could still become a word by its sound; up to ``keep`` letters are read."""
        size = len(window)
        known = self._lexicon
        end = bisect_right(heard.ends, keep)
        for start in range(max(0, end - known.longest + 1), end):
            if heard.signs[start:end] in known.prefixes and size - heard.starts[start] < self.reach:
                keep = min(keep, heard.starts[start])
                break
        while 0 < keep < size and is_letter(window[keep]) and is_letter(window[keep - 1]):
            keep -= 1  # a run of letters is read as a whole
        return keep

    def _judge(self, window: str, heard: Sounding, first: int, last: int, word: Spoken) -> list[Hit]:
        units = [window[a:b] for a, b in zip(heard.starts[first:last], heard.ends[first:last], strict=True)]
        differing = [unit for unit, own in zip(units, word.units, strict=True) if unit != own]
        if not differing or (not word.units[0] and not all(unit.isascii() for unit in units)):
            return []
        if len(units) < _ALL_DIFFER and len(differing) > 1 and not all(unit.isascii() for unit in differing):
            return []
        kinds = {"pinyin" if is_letter(unit[0]) else "homophone" for unit in differing}
        gaps = [window[heard.ends[i - 1] : heard.starts[i]] for i in range(first + 1, last)]
        if any(gaps):
            if not _may_lie_between(gaps, units):
                return []
            if any(not gap.isspace() for gap in gaps if gap):
                kinds.add("separator")
        start, end = heard.starts[first], heard.ends[last - 1]
        return _hits(start, end, word, sorted(kinds)) if end - start <= self.reach else []

    def _by_initials(self, window: str, fresh: int, final: bool) -> list[Hit]:
        known = self._lexicon.initials
        if not known:
            return []
        hits = []
        for run in _INITIALS_RUN.finditer(window):
            start, end = run.span()
            if start < fresh or (end == len(window) and not final):
                continue
            if (start and is_latin(window[start - 1])) or (end < len(window) and is_latin(window[end])):
                continue
            for word in known.get(run.group(), ())[:1]:
                entry = word.deny[0]
                hits.append(Hit(start, end, f"{TAG}initials", entry.id, _INITIALS_SCORE, "low", reason_of("initials")))
        return hits


def is_letter(character: str) -> bool:
    """Whether a normalised character can be part of pinyin."""
    return "a" <= character <= "z"


def _open_run(window: str) -> int:
    """Where the letters begin, a tone perhaps with them, that end a window which goes on: they may be read otherwise with more."""
    run = _LAST_RUN.search(window[-LONGEST_RUN - 2 :])
    return len(window) - (len(run[0]) if run is not None and len(run[1]) <= LONGEST_RUN else 0)


def _plausible(squeezed: str, words: Sequence[Spoken], first: int, last: int) -> bool:
    """Whether letters that sound like words can be a disguise of one: not the word itself, not too different."""
    written = squeezed[first:last]
    if last - first >= _ALL_DIFFER:
        return any(word.units[0] and written != word.word.text for word in words)
    for own in (word.units for word in words):
        if own[0] and sum((written[0] == own[0], written[1] == own[1], written[2] == own[2])) == _ALIKE:
            return True
    return False


def _may_lie_between(gaps: list[str], units: list[str]) -> bool:
    """Spaces between syllables of pinyin, symbols anywhere, anything where every syllable stands apart."""
    if all(gaps):
        return True
    for index, gap in enumerate(gaps):
        if not gap or any(character not in NATURAL for character in gap):
            continue
        if not (gap.isspace() and (units[index].isascii() or units[index + 1].isascii())):
            return False
    return True


def _hits(start: int, end: int, spoken_word: Spoken, kinds: list[str]) -> list[Hit]:
    kind = "homophone" if "homophone" in kinds else kinds[0]
    return faint.hits(start, end, spoken_word.word.deny, kind, len(kinds) > 1)
