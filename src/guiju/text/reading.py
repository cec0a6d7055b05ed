"""Reading a text through its disguises, with the way back to what was written.

``read`` takes a whole text, ``Reader`` takes it in pieces; both give the same characters, the same map and the same
disguises however the text is cut. Everything is decided from one character and at most the run of removed characters
before it, never from what comes after.
"""

from __future__ import annotations

from bisect import bisect_right

import msgspec

from guiju.nouns import Finding
from guiju.text import disguises
from guiju.text.characters import EASY, FOLDS, HARD, KIND_OF_REMOVED, ODD, ODD_BESIDE_CAPITALS, kind_of
from guiju.text.squeeze import is_word

#: Of a run of removed characters each 64th is read as a space, so that no run grows a held-back match without end.
REMOVED_RUN = 64
#: Spans kept per kind of disguise; the count goes on beyond.
_SPANS_KEPT = 16
#: From this many occurrences on, a disguise stops being an accident of copy and paste.
_DELIBERATE = 3
#: Kinds that honest texts show once or twice (names with rare characters): not reported below that.
_ONLY_DELIBERATE = frozenset(("martian",))


class _Map:
    """Where each normalised character came from: breakpoints between which both texts advance together."""

    __slots__ = ("normal", "original")

    def __init__(self) -> None:
        self.normal = [0]
        self.original = [0]

    def cut(self, normal: int, original: int) -> None:
        if self.normal[-1] == normal:
            self.original[-1] = original
        else:
            self.normal.append(normal)
            self.original.append(original)

    def at(self, index: int) -> int:
        k = bisect_right(self.normal, index) - 1
        return self.original[k] + index - self.normal[k]

    def forget(self, index: int) -> None:
        if len(self.normal) == 1:
            return
        k = bisect_right(self.normal, index) - 1
        if k > 0:
            del self.normal[:k]
            del self.original[:k]


#: What the flag of a region (England, Scotland) begins with; tag characters after it are part of the emoji.
_BLACK_FLAG = "\U0001f3f4"


class Reading(msgspec.Struct, frozen=True):
    """A text as it is read.

    Attributes:
        original: the text as written.
        text: its normalised characters.
        disguises: what was undone and looks deliberate, one finding per kind, spans in the original.
    """

    original: str
    text: str
    disguises: tuple[Finding, ...] = ()
    _map: _Map | None = None

    @property
    def easy(self) -> bool:
        """Whether each character was read as one, and none of them was a disguise."""
        return self._map is None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The range of the original that the normalised characters ``start:end`` (not empty) were read from."""
        if self._map is None:
            return start, end
        return self._map.at(start), self._map.at(end - 1) + 1


class Reader:
    """Reads a text that arrives in pieces. Not shared between threads."""

    __slots__ = ("_aliens", "_counts", "_last", "_latin", "_map", "_normal", "_original", "_run", "_spans", "_stack")

    def __init__(self) -> None:
        self._aliens: list[int] = []  # look-alikes of the current word, while it has shown no Latin letter
        self._latin = False  # whether the current word has shown one
        self._map = _Map()
        self._normal = 0
        self._original = 0
        self._last = ""
        self._run = 0
        self._stack = 0
        self._counts: dict[str, int] = {}
        self._spans: dict[str, list[tuple[int, int]]] = {}

    def feed(self, piece: str) -> str:
        """The normalised characters of the next piece (perhaps none, perhaps more than the piece had)."""
        easy = easily(piece)
        if easy is None:
            return self._feed_odd(piece)
        if easy:
            self._plain(easy)
            self._original += len(easy)
        return easy

    def at(self, index: int) -> int:
        """The place in the original that the normalised character ``index`` (counted from the start) was read from."""
        return self._map.at(index)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The range of the original that the normalised characters ``start:end`` (not empty) were read from."""
        return self._map.at(start), self._map.at(end - 1) + 1

    def forget(self, index: int) -> None:
        """Promise that nobody will ask about normalised characters before ``index`` any more."""
        self._map.forget(index)

    def disguises(self) -> tuple[Finding, ...]:
        """What has been undone so far and looks deliberate: one finding per kind."""
        return tuple(
            self._finding(kind, count)
            for kind, count in self._counts.items()
            if count >= _DELIBERATE or kind not in _ONLY_DELIBERATE
        )

    def reading(self, original: str, text: str) -> Reading:
        """The whole as a ``Reading``, for a caller that fed everything in one go."""
        return Reading(original, text, self.disguises(), self._map)

    def _plain(self, chunk: str) -> None:
        """Note normalised characters that were written as they are read."""
        if self._aliens:
            if chunk[0].isascii() and chunk[0].isalpha():
                for place in self._aliens:
                    self._saw("lookalike", place)
            self._aliens.clear()
        self._last = chunk[-1]
        self._latin = self._last.isascii() and self._last.isalpha()
        self._run = self._stack = 0
        self._normal += len(chunk)

    def _feed_odd(self, piece: str) -> str:
        out: list[str] = []
        done = 0
        for match in HARD.finditer(piece):
            index = match.start()
            if index > done:
                out.append(self._easy(piece[done:index]))
            done = index + 1
            out.append(self._one(piece[index], self._original + index))
        if done < len(piece):
            out.append(self._easy(piece[done:]))
        self._original += len(piece)
        return "".join(out)

    def _easy(self, stretch: str) -> str:
        """Characters between those that need a look of their own: read in one go, each as one."""
        read = _translated(stretch)
        self._plain(read)
        return read

    def _one(self, character: str, place: int) -> str:
        folded = FOLDS[character]
        if not folded:
            return self._removed(character, place)
        kind = kind_of(character)
        if kind == "lookalike":
            self._alien(folded, place)
        else:
            if kind:
                self._saw(kind, place)
            for extra in range(1, len(folded)):
                self._map.cut(self._normal + extra, place)
            self._plain(folded)
        if len(folded) > 1:
            self._map.cut(self._normal, place + 1)
        return folded

    def _alien(self, letter: str, place: int) -> None:
        """A letter of another script: a disguise where the word also has Latin letters, before it or after."""
        if self._latin:
            self._saw("lookalike", place)
        elif len(self._aliens) < _SPANS_KEPT:
            self._aliens.append(place)
        for extra in range(1, len(letter)):
            self._map.cut(self._normal + extra, place)
        self._last = letter[-1]
        self._run = self._stack = 0
        self._normal += len(letter)

    def _removed(self, character: str, place: int) -> str:
        kind = KIND_OF_REMOVED.get(character, "")
        if kind and self._is_disguise(kind, character):
            self._saw(kind, place)
        self._run += 1
        if self._run % REMOVED_RUN == 0:
            self._normal += 1
            return " "
        self._map.cut(self._normal, place + 1)
        return ""

    def _is_disguise(self, kind: str, character: str) -> bool:
        """Invisible characters have honest uses (emoji sequences, scripts, accents); those are not counted."""
        if kind == "combining":
            self._stack += 1
            return self._stack > 1 and is_word(self._last)
        if kind == "tag":  # text nobody sees; flags of regions alone are written with it
            return self._last != _BLACK_FLAG
        if kind == "variation" and character in "\ufe0e\ufe0f" and self._last.isascii():
            return False
        return is_word(self._last)

    def _saw(self, kind: str, place: int) -> None:
        self._counts[kind] = self._counts.get(kind, 0) + 1
        spans = self._spans.setdefault(kind, [])
        if spans and spans[-1][1] == place:
            spans[-1] = (spans[-1][0], place + 1)
        elif len(spans) < _SPANS_KEPT:
            spans.append((place, place + 1))

    def _finding(self, kind: str, count: int) -> Finding:
        return disguises.finding(kind, tuple(self._spans[kind]), count >= _DELIBERATE)


def easily(text: str) -> str | None:
    """The normalised characters of a text of which each is read as one, none as a disguise; None where some are not."""
    if ODD.search(text) is None:
        return text
    return None if HARD.search(text) is not None else _translated(text)


def _translated(text: str) -> str:
    """What a text without hard characters is read as."""
    if ODD_BESIDE_CAPITALS.search(text) is not None:
        return text.translate(EASY)
    return text.lower()


def read(text: str) -> Reading:
    """Read a whole text. Text with nothing to undo costs one scan, and its map is the identity."""
    easy = easily(text)
    if easy is not None:
        return Reading(text, easy)
    reader = Reader()
    return reader.reading(text, reader.feed(text))
