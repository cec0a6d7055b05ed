"""The tables a text is screened with, in one block of bytes that can be written to a file and mapped from it.

Everything that the screen asks is derived from what the detectors are built from: the words and their sounds, the heads of
the patterns and what else their expressions need. ``native/tables.h`` says how the block is read.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from guiju.moderation.detectors import Materials
from guiju.moderation.lexicon import MAX_WORD, Lexicon, Word
from guiju.moderation.rules import DETECTORS, Rule
from guiju.moderation.screening import characters
from guiju.moderation.screening.needs import Needs, needs_of
from guiju.moderation.screening.trie import Alphabet, Key, Trie, bloom, build
from guiju.moderation.spoken import Spoken, SpokenLexicon, spoken
from guiju.text import ordinary
from guiju.text.rewriting import LEET_READINGS, LEET_SIGNS
from guiju.text.squeeze import MAX_GAP, is_latin
from guiju.text.syllables import signs, spellable

MAGIC = b"GUIJUSC4"
_DENY, _ALLOW, _OWN_GAPS, _DOUBLED, _DENY_LIVES, _ALLOW_LIVES, _HEARD = 1, 2, 8, 16, 32, 64, 128
_HEAD, _MAIL, _INITIALS = 3, 4, 5
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
#: A unit of a word by sound that no single letter is.
_NO_LETTER = 0xFFFF
_RULE = np.dtype(
    [("width", "u2"), ("digits", "u1"), ("ascii", "u1"), ("slots", "u1"), ("detector", "u1"), ("spare", "u2")]
)
Arrays = tuple[npt.NDArray[np.generic], ...]


def tables(materials: Materials) -> bytes | None:
    """The block for a set of materials; None where it cannot be made (more different characters than numbers)."""
    lexicon, heard = materials.lexicon, spoken(materials.lexicon)
    marks = _marks(materials.patterns, heard)
    written = Alphabet.of(
        sorted({*"".join(w.text for w in lexicon.words), *"".join(lexicon.pairs), *lexicon.pairs.values()})
    )
    sounded = Alphabet.of(sorted({sign for group in heard.words for sign in group[0].signs}))
    headed = Alphabet.of([*_LETTERS, *sorted({*"".join(marks), *LEET_SIGNS} - {*_LETTERS})])
    if max(len(written), len(sounded), len(headed)) >= _NO_LETTER:
        return None
    latin = any(is_latin(letter) for letter in written.characters)
    keys = [_word_key(number, word) for number, word in enumerate(lexicon.words)]
    groups = [Key(group[0].signs, number, _DENY, _DENY_LIVES) for number, group in enumerate(heard.words)]
    tries = (
        build(keys, written, 2, solo=True),
        build(groups, sounded, 3),
        build([_head_key(text, n, marks[text], materials.patterns) for n, text in enumerate(marks)], headed, 2),
        _spelling(sounded),
    )
    others: Arrays = (
        characters.entries(written, sounded, headed, lexicon.pairs, latin, {mark for mark in marks if len(mark) == 1}),
        characters.pictures(),
        _leet(written, headed),
        *_pairs(lexicon, written),
        *_units(heard.words, written),
        *_listed(marks.values()),
        _rules(materials.patterns),
        characters.plain(),
        _neighbours(any(word.heard for word in lexicon.words)),
        _follow(lexicon, written),
    )
    longest = max((len(word.text) for word in lexicon.words), default=0)
    return _block((array for trie in tries for array in trie.arrays()), others, longest, heard.longest)


def _word_key(number: int, word: Word) -> Key:
    """A word as it is looked for. A form with its double letters once counts only where letters were doubled in the text."""
    denied = _DOUBLED if word.disguise == "repeat" else _DENY
    ends = (denied if word.deny else 0) | (_ALLOW if word.allow else 0) | (_OWN_GAPS if word.gaps else 0)
    ends |= _HEARD if word.heard else 0
    lives = _ALLOW_LIVES if word.allow or word.heard else _DENY_LIVES if word.deny else 0
    lives |= _DENY_LIVES if word.deny and not word.heard else 0
    return Key(word.text, number, ends, lives)


def _spelling(sounded: Alphabet) -> Trie:
    known = signs()
    keys = [Key(syllable, sounded.number(known[syllable])) for syllable in spellable()]
    return build(keys, Alphabet.of(_LETTERS), 2)


def _leet(written: Alphabet, headed: Alphabet) -> npt.NDArray[np.uint16]:
    found = np.zeros((len(headed), 2), np.uint16)
    for sign in LEET_SIGNS:
        found[headed.number(sign)] = [written.number(chr(reading[ord(sign)])) for reading in LEET_READINGS]
    return found


def _pairs(lexicon: Lexicon, written: Alphabet) -> Arrays:
    """The pairs of components as rising numbers, and what each makes."""
    numbered = sorted(
        (written.number(pair[0]) << 16 | written.number(pair[1]), written.number(character))
        for pair, character in lexicon.pairs.items()
    )
    return (
        np.array([pair for pair, _ in numbered], np.uint32),
        np.array([character for _, character in numbered], np.uint16),
    )


def _units(groups: Sequence[Sequence[Spoken]], written: Alphabet) -> Arrays:
    """What the words of each sound are written as, and where those of each sound begin."""
    begins, found = [0], []
    for group in groups:
        for word in group:
            if word.units[0]:
                found += [written.number(unit) or _NO_LETTER if len(unit) == 1 else _NO_LETTER for unit in word.units]
        begins.append(len(found))
    return np.array(begins, np.uint32), np.array(found, np.uint16)


def _marks(rules: Sequence[Rule], heard: SpokenLexicon) -> dict[str, list[int]]:
    """Literal → what it means: the head or a need of rules, initials of words. Each mark is ``rule << 3 | slot``."""
    found: dict[str, list[int]] = {}
    for number, rule in enumerate(rules):
        for head in rule.expression.heads:
            found.setdefault(head, []).append(number << 3 | _HEAD)
        if rule.start == "word":
            found.setdefault(rule.needs, []).append(number << 3 | _MAIL)
        for slot, literals in enumerate(_needs(rule).literals):
            for literal in literals:
                found.setdefault(literal, []).append(number << 3 | slot)
    for initials in heard.initials:
        found.setdefault(initials, []).append(_INITIALS)
    return found


def _needs(rule: Rule) -> Needs:
    return needs_of(rule.expression.source, rule.expression.heads)


def _head_key(text: str, number: int, marks: Iterable[int], rules: Sequence[Rule]) -> Key:
    begun = {DETECTORS.index(rules[mark >> 3].detector) for mark in marks if mark & 7 == _HEAD}
    return Key(text, number, lives=sum((_DENY_LIVES, _ALLOW_LIVES)[which] for which in begun))


def _listed(marks: Iterable[list[int]]) -> Arrays:
    begins, found = [0], []
    for each in marks:
        found += each
        begins.append(len(found))
    return np.array(begins, np.uint32), np.array(found, np.uint32)


def _rules(rules: Sequence[Rule]) -> npt.NDArray[np.generic]:
    found = np.zeros(len(rules), _RULE)
    for number, rule in enumerate(rules):
        needs = _needs(rule)
        found[number] = (
            min(rule.expression.width, 0xFFFF), needs.digits, needs.ascii, len(needs.literals), DETECTORS.index(rule.detector), 0,
        )  # fmt: skip
    return found


def _neighbours(asked: bool) -> npt.NDArray[np.uint32]:
    """The pairs of ``guiju.text.ordinary`` as rising numbers, where words are told apart by them."""
    pairs = ordinary.load().items() if asked else ()
    found = [ord(first) << 16 | ord(second) for first, seconds in pairs for second in seconds]
    return np.array(sorted(found), np.uint32)


def _follow(lexicon: Lexicon, written: Alphabet) -> npt.NDArray[np.uint32]:
    """A filter over the letters that follow one another in a word, and over the pairs of components."""
    table = written.table()
    both = sorted({*lexicon.bigrams, *lexicon.pairs})
    codes = np.array([[ord(letter) for letter in pair] for pair in both], np.uint32).reshape(-1, 2)
    return bloom(table[codes])


def _block(tries: Iterable[npt.NDArray[np.generic]], others: Arrays, longest_word: int, longest_sound: int) -> bytes:
    arrays = [np.ascontiguousarray(array) for array in (*tries, *others)]
    offset = 24 + 16 * len(arrays)
    places, parts = [], []
    for array in arrays:
        places += [offset, array.nbytes]
        parts.append(array.tobytes() + bytes(-array.nbytes % 8))
        offset += array.nbytes + -array.nbytes % 8
    reach = MAX_WORD + (MAX_WORD - 1) * MAX_GAP
    head = MAGIC + struct.pack("=4I", len(arrays), longest_word, longest_sound, reach)
    return head + struct.pack(f"={len(places)}Q", *places) + b"".join(parts)
