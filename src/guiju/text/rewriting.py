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
from typing import NamedTuple

import msgspec
import numpy as np

from guiju.text.squeeze import MAX_GAP, VECTOR_FROM, codes_of, positions, squeeze, text_of

TABLE = Path(__file__).parent / "data" / "emoji.tsv"
#: Where emoji live; which of them are read as words, the table says.
EMOJI_RANGE = "[\u231a-\u23ff\u2600-\u27bf\u2b05-\u2b55\U0001f000-\U0001faff]"
_EMOJI = re.compile(EMOJI_RANGE)
#: Digits and signs people write for letters; the second reading counts where the first finds nothing.
LEET_SIGNS = "0134578$@!|"
LEET_READINGS = (str.maketrans(LEET_SIGNS, "oieastbsaii"), str.maketrans(LEET_SIGNS, "oleastbsall"))
_LEET = re.compile(f"[a-z][{LEET_SIGNS}]+")
#: How far back it is looked which half belongs to which.
_LONGEST_CHAIN = 16
_DOUBLE = re.compile(r"(.)\1", re.DOTALL)
#: No letter of any word.
_BARRIER = "\n"
_REPEATED = re.compile(r"(.)\1+", re.DOTALL)
_RUNS = re.compile(r"(.)\1*", re.DOTALL)


class Sign(NamedTuple):
    """A place that is read otherwise: ``start:end`` of the window, its readings, the kind of disguise.

    An empty reading leaves the place as it stands.
    """

    start: int
    end: int
    readings: tuple[str, ...]
    kind: str


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
        self._leet = leet
        self.firsts: dict[str, str] = {}
        for pair, character in pairs.items():
            self.firsts[pair[0]] = self.firsts.get(pair[0], "") + character

    def signs_in(self, window: str) -> list[Sign]:
        """Emoji that are read as words, and digits between letters, in order."""
        found: list[Sign] = []
        if not window.isascii():
            known = emoji()
            found = [
                Sign(m.start(), m.end(), known[m.group()], "emoji")
                for m in _EMOJI.finditer(window)
                if m.group() in known
            ]
        if self._leet:
            found += [_digits(match) for match in _LEET.finditer(window)]
        return sorted(found) if found else found

    def joined(self, window: str, start: int) -> Sign | None:
        """The character that the pair of components at ``start`` makes, or None.

        Where halves could belong to two pairs (日月明: 明 and 月明), every second pair counts in one reading, the
        others in the other.
        """
        pairs = self._pairs
        character = pairs.get(window[start : start + 2])
        if not character:
            return None
        first = start
        while first > 0 and start - first < _LONGEST_CHAIN and window[first - 1 : first + 1] in pairs:
            first -= 1
        if first == start and window[start + 1 : start + 3] not in pairs:
            return Sign(start, start + 2, (character,), "split")
        odd = (start - first) % 2 == 1
        return Sign(start, start + 2, ("", character) if odd else (character, ""), "split")


def readings(signs: list[Sign]) -> int:
    """How many readings a window with these signs has: two where one of them has a second."""
    return 2 if any(len(set(sign.readings)) > 1 for sign in signs) else 1


def rewritten(window: str, signs: list[Sign], which: int) -> str:
    """The window with its signs written as their reading number ``which``."""
    parts: list[str] = []
    done = 0
    for start, end, choices, _ in signs:
        reading = choices[min(which, len(choices) - 1)]
        if start >= done and reading:
            parts += (window[done:start], reading)
            done = end
    return "".join((*parts, window[done:]))


def _digits(match: re.Match[str]) -> Sign:
    sign = match.group()[1:]
    return Sign(match.start() + 1, match.end(), tuple(sign.translate(reading) for reading in LEET_READINGS), "leet")


def view(window: str, signs: list[Sign], which: int) -> View:
    """The letters of a window with its signs in reading number ``which``."""
    text: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    kinds: list[str] = []
    done = 0
    for start, end, choices, kind in signs:
        reading = choices[min(which, len(choices) - 1)]
        if start < done or not reading:
            continue
        _plain(window, done, start, text, starts, ends, kinds)
        text.append(reading)
        if kind == "leet":  # letter by letter
            starts.extend(range(start, end))
            ends.extend(range(start + 1, end + 1))
        else:
            starts.extend([start] * len(reading))
            ends.extend([end] * len(reading))
        kinds.extend([kind] * len(reading))
        done = end
    _plain(window, done, len(window), text, starts, ends, kinds)
    return View("".join(text), starts, ends, kinds)


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


def once(letters: str) -> str:
    """The letters with every repeated one written once; the same string where none is repeated."""
    if len(letters) < VECTOR_FROM:
        return letters if _DOUBLE.search(letters) is None else _RUNS.sub(r"\1", letters)
    codes = codes_of(letters)
    first = codes[1:] != codes[:-1]
    return letters if first.all() else letters[0] + text_of(codes[1:][first])


def repeats(letters: str) -> list[tuple[str, str, str]]:
    """Every repeated letter with the letters before and after its run (empty at the ends)."""
    if len(letters) < VECTOR_FROM:
        if _DOUBLE.search(letters) is None:
            return []
        runs = [(match.start(), match.end()) for match in _REPEATED.finditer(letters)]
    else:
        codes = codes_of(letters)
        runs = []
        for place in np.flatnonzero(codes[1:] == codes[:-1]).tolist():
            if runs and runs[-1][1] == place + 1:
                runs[-1] = (runs[-1][0], place + 2)
            else:
                runs.append((place, place + 2))
    return [(letters[start], letters[start - 1 : start], letters[end : end + 1]) for start, end in runs]


def collapse(squeezed: str, places: Sequence[int]) -> View:
    """The letters with every repeated one read once; the first of a run counts, the rest becomes part of it.

    A run stretches over its repeats (which lie inside a word), so that the gap to the next letter is none. A run of more
    than ``MAX_GAP`` repeats stays two letters with a barrier between, so that what a stream holds back is bounded.
    """
    text: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    kinds: list[str] = []
    done = 0

    def plain(upto: int) -> None:
        text.append(squeezed[done:upto])
        starts.extend(places[done:upto])
        ends.extend([place + 1 for place in places[done:upto]])
        kinds.extend([""] * (upto - done))

    for match in _REPEATED.finditer(squeezed):
        first, last = match.start(), match.end() - 1
        plain(first)
        done = match.end()
        if last - first > MAX_GAP:  # no word reaches across so long a run
            text += (squeezed[first], _BARRIER, squeezed[last])
            starts += (places[first], places[first] + 1, places[last])
            ends += (places[first] + 1, places[last], places[last] + 1)
            kinds += ("", "", "")
            continue
        text.append(squeezed[first])
        starts.append(places[first])
        ends.append(places[last] + 1)
        kinds.append("repeat")
    plain(len(squeezed))
    return View("".join(text), starts, ends, kinds)
