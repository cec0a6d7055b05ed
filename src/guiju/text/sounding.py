"""A text as it sounds: one sign per syllable, for Han characters, digits, and Latin letters that spell pinyin.

菠菜平台, bocai平台 and bo cai pingtai all become the same four signs (``guiju.text.syllables``). Skip characters are left
out as in ``squeeze``, emoji are read as their word. Letters of a run that spells no syllables, and everything else, stay
themselves.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec
import numpy as np

from guiju.text.rewriting import EMOJI_RANGE, emoji
from guiju.text.squeeze import codes_of, positions, squeeze, text_of
from guiju.text.syllables import LONGEST_RUN, SPELLED, sign_of, signs

_SIGN_OF = sign_of()
#: Character or digit → its sign, for ``str.translate``.
TRANSLATE = {ord(character): sign for character, sign in _SIGN_OF.items()}
_TABLE = np.arange(0x110000, dtype=np.uint32)
_TABLE[np.array([ord(c) for c in _SIGN_OF])] = np.array([ord(sign) for sign in _SIGN_OF.values()], dtype=np.uint32)
_LATIN = re.compile("[a-z]{2,}")
_EMOJI = re.compile(EMOJI_RANGE)
#: From this length on, the table of numpy is faster than ``str.translate``.
_VECTOR_FROM = 24
_LENGTHS = {sign: len(syllable) for syllable, sign in signs().items()}


class Sounding(msgspec.Struct, frozen=True):
    """What a window sounds like.

    Attributes:
        signs: one character per syllable or remaining letter.
        starts, ends: per sign, the range of the window it was read from.
    """

    signs: str
    starts: Sequence[int]
    ends: Sequence[int]


def sound(letters: str) -> str:
    """Squeezed letters as signs, one to one; Latin letters stay."""
    if len(letters) < _VECTOR_FROM:
        return letters.translate(TRANSLATE)
    return text_of(_TABLE.take(codes_of(letters)))


def has_spelling(window: str) -> bool:
    """Whether some run of Latin letters spells pinyin, or an emoji is read as a word: ``sounding`` then says more."""
    if any(len(run) <= LONGEST_RUN and SPELLED[run] for run in _LATIN.findall(window)):
        return True
    return not window.isascii() and _EMOJI.search(window) is not None


def plain_sounding(window: str, squeezed: str) -> Sounding:
    """The sounding of a window in which nothing is spelled."""
    size = len(window)
    if len(squeezed) == size:
        return Sounding(sound(squeezed), range(size), range(1, size + 1))
    places = positions(window)
    return Sounding(sound(squeezed), places, [place + 1 for place in places])


def sounding(window: str) -> Sounding:
    """The sounding of any window."""
    text: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    done = 0
    for match in _SPELT.finditer(window):
        start, end = match.span()
        read = _read(match.group())
        if not read:
            continue
        _append(window, done, start, text, starts, ends)
        spelled, is_word = read
        text.append(spelled)
        if is_word:
            starts.extend([start] * len(spelled))
            ends.extend([end] * len(spelled))
        else:
            for sign in spelled:
                starts.append(start)
                start += _LENGTHS[sign]
                ends.append(start)
        done = end
    _append(window, done, len(window), text, starts, ends)
    return Sounding("".join(text), starts, ends)


_SPELT = re.compile(f"[a-z]+|{_EMOJI.pattern}")


def _read(piece: str) -> tuple[str, bool] | None:
    """Signs of a run of letters or an emoji, and whether they all come from the whole piece; ``None`` where it has none."""
    readings = emoji().get(piece)
    if readings:
        return sound(readings[0]), True
    spelled = SPELLED[piece] if len(piece) <= LONGEST_RUN else ""
    return (spelled, False) if spelled else None


def _append(window: str, start: int, end: int, text: list[str], starts: list[int], ends: list[int]) -> None:
    if start == end:
        return
    chunk = window[start:end]
    plain = plain_sounding(chunk, squeeze(chunk))
    text.append(plain.signs)
    starts.extend(place + start for place in plain.starts)
    ends.extend(place + start for place in plain.ends)
