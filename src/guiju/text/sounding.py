"""A text as it sounds: one sign per syllable, for Han characters, digits, and Latin letters that spell pinyin.

菠菜平台, bocai平台, bo cai pingtai and bo1 cai4 ping2 tai2 all become the same four signs (``guiju.text.syllables``). Skip characters are left
out as in ``squeeze``, emoji are read as their word. Letters of a run that spells no syllables, and everything else, stay
themselves.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec
import numpy as np

from guiju.text.rewriting import EMOJI_RANGE, emoji
from guiju.text.squeeze import MAX_GAP, codes_of, positions, squeeze, text_of
from guiju.text.syllables import LONGEST_RUN, SPELLED, sign_of, signs

_SIGN_OF = sign_of()
#: Character or digit → its sign, for ``str.translate``.
TRANSLATE = {ord(character): sign for character, sign in _SIGN_OF.items()}
_TABLE = np.arange(0x110000, dtype=np.uint32)
_TABLE[np.array([ord(c) for c in _SIGN_OF])] = np.array([ord(sign) for sign in _SIGN_OF.values()], dtype=np.uint32)
_LATIN = re.compile("[a-z]{2,}")
_EMOJI = re.compile(EMOJI_RANGE)
#: How far a syllable's neighbour can be, over skip characters.
_NEAR = MAX_GAP + 1
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
    """Whether Latin letters or emoji may sound as part of a word of three syllables: ``sounding`` then says more.

    Letters may where a run spells pinyin and other script lies near, or where runs in a row spell three syllables.
    """
    row = 0
    for match in _LATIN.finditer(window):
        run = match.group()
        spelled = SPELLED[run] if len(run) <= LONGEST_RUN else ""
        row = row + len(spelled) if spelled else 0
        if row >= 3 or (spelled and not window[max(0, match.start() - _NEAR) : match.end() + _NEAR].isascii()):
            return True
    if window.isascii():
        return False
    known = emoji()
    return any(match.group() in known for match in _EMOJI.finditer(window))


def spelled_signs(window: str) -> str:
    """The signs of a window in which something is spelled; ``sounding`` also says where from."""
    return sound(squeeze(_SPELT.sub(_written, window)))


def plain_sounding(window: str, signs: str) -> Sounding:
    """The sounding of a window in which nothing is spelled, from the signs of its letters."""
    size = len(window)
    if len(signs) == size:
        return Sounding(signs, range(size), range(1, size + 1))
    places = positions(window)
    return Sounding(signs, places, [place + 1 for place in places])


def sounding(window: str) -> Sounding:
    """The sounding of any window."""
    written: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    done = 0
    for match in _SPELT.finditer(window):
        start, end = match.span()
        signs = _written(match)
        if signs == match.group():
            continue
        written += (window[done:start], signs)
        starts += range(done, start)
        ends += range(done + 1, start + 1)
        lengths = [_LENGTHS.get(sign, 1) for sign in signs] if match.group() not in emoji() else []
        if len(lengths) == 1:
            lengths[0] = end - start  # with its tone
        for length in lengths:
            starts.append(start)
            start += length
            ends.append(start)
        if not lengths:
            starts += [start] * len(signs)
            ends += [end] * len(signs)
        done = end
    written.append(window[done:])
    starts += range(done, len(window))
    ends += range(done + 1, len(window) + 1)
    text = "".join(written)
    places = positions(text)
    return Sounding(sound(squeeze(text)), [starts[place] for place in places], [ends[place] for place in places])


_SPELT = re.compile(f"[a-z]+(?:[1-5](?![0-9]))?|{_EMOJI.pattern}")


def _written(match: re.Match[str]) -> str:
    """What is read in place of a run of letters or an emoji: its signs, or itself. The digit after one syllable is its tone."""
    piece = match.group()
    readings = emoji().get(piece)
    if readings:
        return readings[0]
    letters = piece.rstrip("12345")
    spelled = SPELLED[letters] if len(letters) <= LONGEST_RUN else ""
    return spelled if len(spelled) == 1 else (spelled or letters) + piece[len(letters) :]
