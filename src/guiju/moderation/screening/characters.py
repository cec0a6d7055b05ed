"""What is known of each character before any text is seen: what it counts as, and its numbers in the alphabets of the tries."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import cache

import numpy as np

from guiju.moderation.gaps import NATURAL
from guiju.moderation.rules import WORD_CHARACTERS
from guiju.moderation.screening.trie import U16, Alphabet
from guiju.text.characters import FOLDS, kind_of
from guiju.text.characters import ODD as NOT_PLAIN
from guiju.text.rewriting import LEET_SIGNS, emoji
from guiju.text.sounding import TRANSLATE
from guiju.text.squeeze import is_latin, is_word

BASIC = 0x10000
#: Characters beyond the basic plane that are known: pictures. Texts with others are left to the detectors.
PICTURES = (0x1F000, 0x1FB00)
ODD, FOLDED, LEET, FIRST, SECOND, HEAD = 16384, 2048, 512, 1024, 128, 256
_FLAGS: tuple[tuple[int, Callable[[str], bool]], ...] = (
    (1, is_word),
    (2, is_latin),
    (4, lambda character: "a" <= character <= "z"),
    (8, lambda character: "0" <= character <= "9"),
    (16, lambda character: character in NATURAL),
    (32, lambda character: character.isspace()),
    (64, lambda character: character.isascii()),
    (8192, lambda character: character in WORD_CHARACTERS),
    (32768, lambda character: character in emoji()),
)


def entries(
    words: Alphabet, sounds: Alphabet, heads: Alphabet, pairs: Collection[str], leet: bool, alone: Collection[str]
) -> U16:
    """For each character of the basic plane four numbers: in the alphabets of words, sounds and heads, and its flags.

    Args:
        pairs: halves of split characters. ``leet``: whether digits between letters are read as letters.
        alone: literals of the patterns of one character.
    """
    codes, flags = _known()
    found = np.empty((BASIC, 4), np.uint16)
    by_sound = np.arange(0x110000, dtype=np.uint32)
    by_sound[list(TRANSLATE)] = [ord(sign) for sign in TRANSLATE.values()]
    found[:, 0] = words.table()[codes]
    found[:, 1] = sounds.table()[by_sound[codes]]
    found[:, 2] = heads.table()[codes]
    found[:, 3] = flags
    marked = {
        FIRST: {pair[0] for pair in pairs},
        SECOND: {pair[1] for pair in pairs},
        LEET: set(LEET_SIGNS if leet else ""),
        HEAD: set(alone),
    }
    for flag, signs in marked.items():
        found[:, 3] |= np.where(np.isin(codes, [ord(sign) for sign in signs]), flag, 0).astype(np.uint16)
    return found


@cache
def pictures() -> U16:
    """The flags of the characters of ``PICTURES``; one that is read as anything else is odd."""
    flags = [_flags(chr(code)) for code in range(*PICTURES)]
    return np.array([ODD if found & (1 | FOLDED) else found for found in flags], np.uint16)


def plain() -> U16:
    """What each character of the basic plane is read as; 0 for what is read as none of it, or as several."""
    return _known()[0]


@cache
def _known() -> tuple[U16, U16]:
    """For each character of the basic plane what it is read as, and its flags."""
    folds = [_read(chr(code)) for code in range(BASIC)]
    codes = np.array([ord(fold) if len(fold) == 1 and ord(fold) < BASIC else 0 for fold in folds], np.uint16)
    return codes, np.array([_flags(chr(code)) for code in range(BASIC)], np.uint16)


def _read(character: str) -> str:
    """What a character is read as; see ``guiju.text.reading``."""
    return character if NOT_PLAIN.match(character) is None else FOLDS[character]


def _flags(character: str) -> int:
    """What a character counts as; odd where it is read as none or several, or may be a disguise."""
    read = _read(character)
    if len(read) != 1 or kind_of(character) or (ord(read) >= BASIC) != (ord(character) >= BASIC):
        return ODD
    found = sum(flag for flag, holds in _FLAGS if holds(read))
    return found | (FOLDED if read != character else 0)
