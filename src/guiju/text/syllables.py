"""Character → toneless Mandarin syllable, and Latin letters → the syllables they spell.

The table is data (``data/syllables.tsv``), made beforehand from pypinyin's readings (MIT), so that no library is called per
message::

    python -m guiju.text.syllables        # writes the table again

One character has one syllable, its most common reading: two texts that share a character always share its syllable,
which is what matching by sound needs. Each syllable is written as one unassigned character, so that a text of syllables
is again a text and an automaton for texts finds words in it.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from guiju.text.ciphers import TURNS

TABLE = Path(__file__).parent / "data" / "syllables.tsv"
HAN = (0x4E00, 0xA000)
#: First of the characters that stand for syllables, in alphabetical order: a block of Unicode that nothing is assigned
#: to, among the letters (``squeeze`` keeps it).
FIRST = 0x1C000
#: Longest run of Latin letters that is tried as pinyin (zhuang × 8).
LONGEST_RUN = 48
_MEMORY = 20_000
#: From this length on, a run that spells nothing is also read shifted and mirrored in the alphabet.
_ROTATED_FROM = 9
#: Digits as they are read aloud.
DIGITS = {
    "0": "ling",
    "1": "yi",
    "2": "er",
    "3": "san",
    "4": "si",
    "5": "wu",
    "6": "liu",
    "7": "qi",
    "8": "ba",
    "9": "jiu",
}


@cache
def load() -> dict[str, str]:
    """Han character → syllable in plain letters (ü is v)."""
    rows = (line.split("\t") for line in TABLE.read_text("utf-8").splitlines() if not line.startswith("#"))
    return {character: syllable for syllable, characters in rows for character in characters}


@cache
def signs() -> dict[str, str]:
    """Syllable → the character that stands for it."""
    return {syllable: chr(FIRST + i) for i, syllable in enumerate(sorted({*load().values(), *DIGITS.values()}))}


@cache
def sign_of() -> dict[str, str]:
    """Han character or digit → the sign of its syllable."""
    known = signs()
    return {character: known[syllable] for character, syllable in (*load().items(), *DIGITS.items())}


class _Spelled(dict[str, str]):
    """Run of lower-case Latin letters → the signs of the syllables it spells, straight or by a turn of ``ciphers``; bounded.

    Empty where it spells none.
    """

    def __missing__(self, run: str) -> str:
        spelled = _spell(run) or (_turned(run) if len(run) >= _ROTATED_FROM else "")
        if len(self) < _MEMORY:
            self[run] = spelled
        return spelled


SPELLED: dict[str, str] = _Spelled()


def syllables_of(run: str) -> tuple[str, ...]:
    """The syllables a run of Latin letters spells, longest first with backtracking; none where it spells none."""
    if not 0 < len(run) <= LONGEST_RUN or _spelling().fullmatch(run) is None:
        return ()
    found: list[str] = []
    rest = run
    whole = _spelling()
    one = re.compile(_alternatives())
    while rest:
        for end in range(min(6, len(rest)), 0, -1):
            if one.fullmatch(rest, 0, end) and (end == len(rest) or whole.fullmatch(rest, end)):
                found.append(rest[:end])
                rest = rest[end:]
                break
    return tuple(found)


def _turned(run: str) -> str:
    """The signs of the first turn of the alphabet by which a run spells syllables."""
    return next(filter(None, (_spell(run.translate(turn.table)) for turn in TURNS)), "")


def _spell(run: str) -> str:
    known = signs()
    return "".join(known[syllable] for syllable in syllables_of(run))


def spellable() -> tuple[str, ...]:
    """The syllables that letters are read as: all but single letters that are no vowel."""
    return tuple(syllable for syllable in signs() if len(syllable) > 1 or syllable in "aeo")


@cache
def _alternatives() -> str:
    return "|".join(sorted(spellable(), key=len, reverse=True))


@cache
def _spelling() -> re.Pattern[str]:
    return re.compile(f"(?:{_alternatives()})+")


def derive() -> dict[str, str]:
    """The table as the installed pypinyin would make it now."""
    from pypinyin import lazy_pinyin

    found = {}
    for code in range(*HAN):
        syllable = lazy_pinyin(chr(code), v_to_u=False)[0]
        if syllable.isascii() and syllable.isalpha():
            found[chr(code)] = syllable
    return found


def format_table(table: dict[str, str]) -> str:
    """The text of the data file: a comment with its source, then one syllable a line with its characters."""
    lines: dict[str, list[str]] = {}
    for character, syllable in table.items():
        lines.setdefault(syllable, []).append(character)
    head = "# syllable<TAB>characters; source: pypinyin, first reading without tone (MIT)\n"
    return head + "".join(f"{syllable}\t{''.join(sorted(chars))}\n" for syllable, chars in sorted(lines.items()))


if __name__ == "__main__":
    TABLE.write_text(format_table(derive()), "utf-8")
