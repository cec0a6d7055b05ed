"""Word lists by sound: the words of a lexicon as syllables, compiled into an automaton of their own.

Only words of at least ``SHORTEST`` syllables are listened for: a list of ten thousand words with two syllables each would
sound like every text. Words are entered as they are read, and, where their pinyin can be cut in two ways (fan gan, fang
an), also as somebody would read the letters.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

import daachorse
import msgspec

from guiju.moderation.lexicon import Lexicon, Word
from guiju.text.sounding import TRANSLATE, sounding
from guiju.text.syllables import FIRST, SPELLED, load, signs

SHORTEST = 3
#: Shortest and longest word that is looked for by its initials (wsdc); shorter ones are abbreviations of anything.
INITIALS = (4, 12)
#: Abbreviations of everyday texts that are also the initials of something else.
_VOWELS = re.compile("[aeiou]")
_NOT_SIGNS = re.compile(f"[^{chr(FIRST)}-{chr(FIRST + len(signs()) - 1)}]")
#: Where two syllables meet that could be cut elsewhere: fan gan, xi an, ti na.
_AMBIGUOUS = re.compile("n g|[aeiouv] n|. [aeo]|e r")
_FIRST_LETTERS = {ord(character): syllable[0] for character, syllable in load().items()}


class Spoken(msgspec.Struct, frozen=True):
    """One word by its sound.

    Attributes:
        signs: its syllables as signs. ``units``: what each was written as. ``word``: the word itself.
    """

    signs: str
    units: Sequence[str]
    word: Word


class SpokenLexicon:
    """The words of a lexicon by sound.

    Attributes:
        words: by value of the automaton. ``automaton``: finds their signs, ``None`` where there are none.
        prefixes: every proper beginning of their signs. ``longest``: signs of the longest.
        initials: initials of pinyin → the words they may stand for.
    """

    def __init__(self, words: tuple[Word, ...]) -> None:
        grouped: dict[str, list[Spoken]] = {}
        initials: dict[str, list[Word]] = {}
        for word in words:
            if word.deny and not word.disguise:
                for spoken in _spoken(word):
                    grouped.setdefault(spoken.signs, []).append(spoken)
                first = _initials(word.text)
                if first:
                    initials.setdefault(first, []).append(word)
        self.words = tuple(grouped.values())
        self.initials = {first: tuple(found) for first, found in initials.items()}
        self.automaton = daachorse.CharwiseDoubleArrayAhoCorasick(list(grouped)) if grouped else None
        self.prefixes = frozenset(signs[:end] for signs in grouped for end in range(1, len(signs)))
        self.longest = max((len(signs) for signs in grouped), default=0)


@lru_cache(maxsize=4)
def spoken(lexicon: Lexicon) -> SpokenLexicon:
    """The lexicon by sound, compiled once per lexicon."""
    return SpokenLexicon(lexicon.words)


def _spoken(word: Word) -> list[Spoken]:
    text = word.text
    sounds: str = text.translate(TRANSLATE)
    if _NOT_SIGNS.search(sounds) is None:  # Han throughout
        if len(sounds) < SHORTEST:
            return []
        forms = [Spoken(sounds, text, word)]
        respelled = _respelled(text)
        if len(respelled) >= SHORTEST and respelled != sounds:
            forms.append(Spoken(respelled, ("",) * len(respelled), word))
        return forms
    heard = sounding(text)
    if len(heard.signs) - len(_NOT_SIGNS.findall(heard.signs)) < SHORTEST:
        return []
    return [Spoken(heard.signs, tuple(text[a:b] for a, b in zip(heard.starts, heard.ends, strict=True)), word)]


def _respelled(text: str) -> str:
    """The signs somebody would read from the pinyin of ``text`` written in one, where that may be cut in another way."""
    table = load()
    syllables = [table[character] for character in text if character in table]
    if len(syllables) != len(text):
        return ""
    return SPELLED["".join(syllables)] if _AMBIGUOUS.search(" ".join(syllables)) else ""


def _initials(text: str) -> str:
    if not INITIALS[0] <= len(text) <= INITIALS[1]:
        return ""
    first: str = text.translate(_FIRST_LETTERS)
    return first if first.isascii() and first.isalpha() and not _VOWELS.search(first) else ""
