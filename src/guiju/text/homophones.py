"""A word of two characters by its sound: what it may be written as when one of the two is exchanged for another.

Both exchanged would sound like half of all texts; one exchanged (堵博, 赌搏, 赌bo) still shows the word. Left out is what
ordinary words are made of (``ordinary``). Whether a writing stands for the word is decided where it stands, by its
neighbours.
"""

from __future__ import annotations

from functools import cache

from guiju.text.ordinary import is_ordinary
from guiju.text.syllables import load

#: Shortest syllable that is also looked for in letters.
_SPELLED_FROM = 2


def writings(word: str) -> tuple[tuple[str, str], ...]:
    """What two Chinese characters may be written as by sound, each with its kind: ``homophone`` or ``pinyin``.

    Nothing for words of another length or script, and for words made of one character twice.
    """
    table = load()
    if len(word) != 2 or word[0] == word[1] or not all(character in table for character in word):
        return ()
    first, second = word[0], word[1]
    one, two = table[first], table[second]
    forms = [
        *(first + other for other in _sounding()[two] if other != second),
        *(other + second for other in _sounding()[one] if other != first),
    ]
    spelled = [(one, one + second), (two, first + two)]
    return (
        *((form, "homophone") for form in forms if form[0] != form[1] and not is_ordinary(form)),
        *((form, "pinyin") for syllable, form in spelled if len(syllable) >= _SPELLED_FROM),
    )


def stands_alone(before: str, form: str, after: str) -> bool:
    """Whether neither character of a writing belongs to an ordinary word with its neighbour (打麻 in 打麻将 does)."""
    return not (is_ordinary(before + form[0]) or is_ordinary(form[-1] + after))


@cache
def _sounding() -> dict[str, str]:
    """Syllable → the characters of GB 2312 that sound like it: those people can be expected to type and to read."""
    found: dict[str, str] = {}
    for character, syllable in load().items():
        try:
            character.encode("gb2312")
        except UnicodeEncodeError:
            found.setdefault(syllable, "")
        else:
            found[syllable] = found.get(syllable, "") + character
    return found
