"""Whether a word found in squeezed text really stands in the text: word boundaries, and what lies in its gaps.

Skip characters between the characters of a word are either a disguise (赌*博) or the accident of two neighbouring words
(…怎么办。证件…). The rule, per gap:

- a symbol nobody writes between two words of a sentence (``*``, ``_``, emoji) makes it a disguise;
- sentence punctuation and spaces alone do so only when *every* character of the word is separated, which chance does not
  do; a two-character word must then also stand apart from its neighbours on one side;
- inside Latin words a gap counts when the word is spelled out letter by letter or the gap holds only such symbols.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence, Set

from guiju.moderation.lexicon import Word
from guiju.text.squeeze import is_latin, is_word

#: What may stand between two words of a sentence.
NATURAL = frozenset(" \t\n\r，。！？；：、,!?;:…—“”‘’\"'()（）《》〈〉【】「」『』")
_NATURAL_IN_LATIN = NATURAL | frozenset("-_./&+@#=<>[]{}|\\`~·%$^")


class Fit(enum.Enum):
    """Whether a word stands there: it does not, it does, or the next character decides."""

    NO = 0
    YES = 1
    OPEN = 2


def fit(window: str, word: Word, starts: Sequence[int], ends: Sequence[int], final: bool) -> Fit:
    """Judge the word whose letters were read from ``starts[i]:ends[i]`` in ``window``.

    Args:
        final: the window ends where the text ends.
    """
    start, end = starts[0], ends[-1]
    if word.latin_left and start > 0 and is_latin(window[start - 1]):
        return Fit.NO
    at_edge = end == len(window)
    if word.latin_right and not at_edge and is_latin(window[end]):
        return Fit.NO
    needs_right = word.latin_right
    if end - start > len(starts) and has_gaps(starts, ends):
        how = _judge_gaps(window, word, starts, ends)
        if how is Fit.NO:
            return Fit.NO
        if how is Fit.OPEN and not _apart(window, start - 1):
            if not at_edge:
                return Fit.YES if _apart(window, end) else Fit.NO
            needs_right = True
    return Fit.OPEN if needs_right and at_edge and not final else Fit.YES


def _apart(window: str, index: int) -> bool:
    return not (0 <= index < len(window) and is_word(window[index]))


def has_gaps(starts: Sequence[int], ends: Sequence[int], expected: Set[int] = frozenset()) -> bool:
    """Whether anything lies between two letters, the gaps the word itself has (``expected``) left out."""
    return any(starts[i] > ends[i - 1] for i in range(1, len(starts)) if i not in expected)


def _judge_gaps(window: str, word: Word, starts: Sequence[int], ends: Sequence[int]) -> Fit:
    """``OPEN`` here means: yes, if the word stands apart from its neighbours on one side."""
    text = word.text
    joints = [i for i in range(1, len(text)) if i not in word.gaps]
    filled = {i: window[ends[i - 1] : starts[i]] for i in joints if starts[i] > ends[i - 1]}
    latin = [i for i in joints if is_latin(text[i - 1]) and is_latin(text[i])]
    complete = len(filled) == len(joints)
    spelled = all(i in filled for i in latin)
    if not spelled and any(i in filled for i in latin):
        return Fit.YES if all(_only_symbols(filled[i]) for i in latin if i in filled) else Fit.NO
    if spelled and len(latin) > 1:
        return Fit.YES
    if spelled and len(latin) < len(joints):  # A I 换脸: the letters are spelled out, the rest must speak for itself
        filled = {i: gap for i, gap in filled.items() if i not in latin}
    filled = {i: gap for i, gap in filled.items() if not (gap.isspace() and is_latin(text[i - 1]) != is_latin(text[i]))}
    if not filled or any(_has_symbol(gap) for gap in filled.values()):
        return Fit.YES
    if not complete:
        return Fit.NO
    if len(text) > 2:
        return Fit.YES
    return Fit.OPEN if all(gap.isspace() for gap in filled.values()) else Fit.NO


def _has_symbol(gap: str) -> bool:
    return any(character not in NATURAL for character in gap)


def _only_symbols(gap: str) -> bool:
    return all(character not in _NATURAL_IN_LATIN for character in gap)
