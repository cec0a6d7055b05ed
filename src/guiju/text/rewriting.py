"""Other ways to read the same letters: split characters joined, emoji read as words, digits as letters, repeats once.

``squeeze`` gives the letters of a text as they stand. Where a text shows signs of another writing, a *view* reads them
once more: 木仓 as 枪, 💊 as 药, c0de as code, 代代开开 as 代开. A view knows for each of its letters which characters it was
read from and by what kind of disguise; words found in it point at what the writer wrote. Every decision looks at no more
than the two characters beside, so that a stream is read like the whole.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import msgspec

from guiju.text.squeeze import MAX_GAP, positions, squeeze

TABLE = Path(__file__).parent / "data" / "emoji.tsv"
#: Digits and signs people write for letters; the second reading counts where the first finds nothing.
_LEET = str.maketrans("0134578$@!|", "oieastbsaii")
_LEET_SECOND = str.maketrans("0134578$@!|", "oleastbsall")
_LEET_SIGN = "[0134578$@!|]"
_DOUBLE = re.compile(r"(.)\1", re.DOTALL)
_RUNS = re.compile(r"(.)\1*", re.DOTALL)


class View(msgspec.Struct, frozen=True):
    """Letters, and where each was read from.

    Attributes:
        text: the letters. ``starts``, ``ends``: per letter, the range of the window it was read from.
        kinds: per letter, the disguise that was undone, or an empty string.
    """

    text: str
    starts: Sequence[int]
    ends: Sequence[int]
    kinds: Sequence[str]


@cache
def emoji() -> dict[str, tuple[str, ...]]:
    """Emoji → what it is read as, most likely first."""
    rows = (line.split("\t") for line in TABLE.read_text("utf-8").splitlines() if line and not line.startswith("#"))
    return {sign: tuple(readings) for sign, *readings in rows}


class Rewriter:
    """Finds and makes the views of a window.

    Attributes:
        firsts: first half of a split character → the characters it may become.
    """

    def __init__(self, pairs: Mapping[str, str], leet: bool = True) -> None:
        """Read ``pairs`` as the characters they make; ``leet``: read digits between letters as letters, too."""
        self._pairs = pairs
        self.firsts: dict[str, str] = {}
        for pair, character in pairs.items():
            self.firsts[pair[0]] = self.firsts.get(pair[0], "") + character
        signs = "".join(sorted(emoji()))
        self._emoji = re.compile(f"[{signs}]")
        self._leet = re.compile(f"[a-z]{_LEET_SIGN}") if leet else None
        alternatives = [f"[{signs}]"]
        if leet:
            alternatives.append(f"(?<=[a-z]){_LEET_SIGN}+")
        if pairs:
            by_first: dict[str, str] = {}
            for pair in pairs:
                by_first[pair[0]] = by_first.get(pair[0], "") + pair[1]
            alternatives += [f"{re.escape(a)}[{re.escape(b)}]" for a, b in by_first.items()]
        self._signs = re.compile("|".join(alternatives))

    def signs_in(self, window: str) -> bool:
        """Whether a window shows emoji or digits between letters (split characters are looked for by the caller)."""
        if self._emoji.search(window) is not None:
            return True
        return self._leet is not None and self._leet.search(window) is not None

    def views(self, window: str) -> list[View]:
        """The readings of a window that shows signs; the second only where a sign has a second reading."""
        found = list(self._signs.finditer(window))
        if not found:
            return []
        first, second = self._view(window, found, False), self._view(window, found, True)
        return [view for view in (first, second) if view is not None]

    def _view(self, window: str, found: list[re.Match[str]], second: bool) -> View | None:
        text: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        kinds: list[str] = []
        done = 0
        differs = not second
        for match in found:
            start, end = match.span()
            reading, kind, other = self._read(window, match, second)
            differs |= other
            if not kind:
                continue
            _plain(window, done, start, text, starts, ends, kinds)
            text.append(reading)
            if len(reading) == end - start > 1:  # digits: letter by letter
                starts.extend(range(start, end))
                ends.extend(range(start + 1, end + 1))
            else:
                starts.extend([start] * len(reading))
                ends.extend([end] * len(reading))
            kinds.extend([kind] * len(reading))
            done = end
        if not differs:
            return None
        _plain(window, done, len(window), text, starts, ends, kinds)
        return View("".join(text), starts, ends, kinds)

    def _read(self, window: str, match: re.Match[str], second: bool) -> tuple[str, str, bool]:
        """Reading, kind, and whether the second reading differs from the first."""
        sign, start = match.group(), match.start()
        readings = emoji().get(sign)
        if readings:
            chosen = readings[min(int(second), len(readings) - 1)]
            return chosen, "emoji", len(readings) > 1
        joined = self._pairs.get(sign)
        if joined:
            return (joined, "split", False) if self._stands_alone(window, start) else ("", "", False)
        other = sign.translate(_LEET_SECOND)
        plain = sign.translate(_LEET)
        return (other if second else plain), "leet", other != plain

    def _stands_alone(self, window: str, start: int) -> bool:
        """Whether neither half could belong to another pair: which of two is meant must not depend on what came first."""
        before, after = window[max(0, start - 1) : start + 1], window[start + 1 : start + 3]
        return before not in self._pairs and after not in self._pairs


def _plain(
    window: str, start: int, end: int, text: list[str], starts: list[int], ends: list[int], kinds: list[str]
) -> None:
    """The letters of ``window[start:end]`` as they stand."""
    if start == end:
        return
    chunk = window[start:end]
    squeezed = squeeze(chunk)
    places = range(len(chunk)) if len(squeezed) == len(chunk) else positions(chunk)
    text.append(squeezed)
    starts.extend(place + start for place in places)
    ends.extend(place + start + 1 for place in places)
    kinds.extend([""] * len(squeezed))


def has_repeats(text: str) -> bool:
    """Whether a letter follows itself."""
    return _DOUBLE.search(text) is not None


def collapse(squeezed: str, places: Sequence[int]) -> View:
    """The letters with every repeated one read once; the first of a run counts, the rest becomes part of it.

    A run stretches over its repeats (which lie inside a word), so that the gap to the next letter is none. A run of more
    than ``MAX_GAP`` repeats stays two letters, so that what a stream holds back is bounded.
    """
    text: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    kinds: list[str] = []
    for match in _RUNS.finditer(squeezed):
        first, last = match.start(), match.end() - 1
        if last - first > MAX_GAP:  # no word reaches across so long a run
            text += (squeezed[first], squeezed[last])
            starts += (places[first], places[last])
            ends += (places[first] + 1, places[last] + 1)
            kinds += ("", "")
            continue
        text.append(squeezed[first])
        starts.append(places[first])
        ends.append(places[last] + 1)
        kinds.append("repeat" if last > first else "")
    return View("".join(text), starts, ends, kinds)
