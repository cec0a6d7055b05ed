"""How much is found of what is disguised: every shipped list in every disguise, and false hits on ordinary text.

Run with ``python -m bench.disguises [--entries 40] [--ordinary FILE.jsonl …]``. For each list a fixed random sample of
entries is written in each disguise, put into a sentence, and checked. Found means: a finding of the list's own risk class
from words or sounds, or an entry of the list named by a finding. A disguise that cannot be done to an entry (no character
of it has an emoji) is left out and counted as such. Of ordinary text (JSON lines with ``text``; rows labelled harmful are
skipped) every text with any finding by a word list or by sound counts as falsely hit.
"""

from __future__ import annotations

import argparse
import base64
import json
import random
import urllib.parse
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import opencc

from guiju.moderation import policy_source, starter
from guiju.moderation.checker import Checker
from guiju.moderation.lexicon import Entry
from guiju.nouns import Direction, Finding, Part
from guiju.text import components, decoding, rewriting, syllables

CHOOSE = random.Random(45654)
CARRIER = "你好，{}，谢谢"
_TRADITIONAL = opencc.OpenCC("s2t")
_SPLITS = {character: pair for pair, character in reversed(components.splits().items())}
_EMOJI = {reading: sign for sign, readings in reversed(rewriting.emoji().items()) for reading in readings}
_MARTIAN = {plain: rare for rare, plain in components.martian().items()}
_MORSE = {letter: sign for sign, letter in decoding._MORSE.items()}
_SYLLABLES = syllables.load()
_COMMON = [bytes((high, low)).decode("gb2312", "ignore") for high in range(0xB0, 0xD8) for low in range(0xA1, 0xFF)]
_SAME: dict[str, list[str]] = defaultdict(list)
for _character in _COMMON:
    if _character:
        _SAME[_SYLLABLES.get(_character, "")].append(_character)

Disguise = Callable[[str], str]


def _each(change: Callable[[str], str]) -> Disguise:
    return lambda word: "".join(change(character) for character in word)


def _between(sign: str) -> Disguise:
    return lambda word: sign.join(word)


def _is_latin(word: str) -> bool:
    return word.isascii() and any(c.isalpha() for c in word)


def _is_han(word: str) -> bool:
    return all(character in _SYLLABLES for character in word)


def _pinyin(separator: str, every: int = 1) -> Disguise:
    def write(word: str) -> str:
        if not _is_han(word):
            return word
        return separator.join(_SYLLABLES[c] if i % every == 0 else c for i, c in enumerate(word))

    return write


def _homophones(word: str) -> str:
    """Every second character as another of the same sound."""
    out = list(word)
    for index in range(0, len(word), 2):
        others = [c for c in _SAME[_SYLLABLES.get(word[index], "?")] if c != word[index]]
        if others:
            out[index] = CHOOSE.choice(others)
    return "".join(out)


def _first_replaced(table: dict[str, str]) -> Disguise:
    """The longest pieces of a word that the table has, replaced."""

    def write(word: str) -> str:
        for piece in sorted(table, key=len, reverse=True):
            if piece in word:
                return word.replace(piece, table[piece])
        return word

    return write


def _columns(width: int) -> Disguise:
    def write(word: str) -> str:
        rows = (len(word) + width - 1) // width
        lines = ["".join(word[c * rows + r : c * rows + r + 1] or "\u3000" for c in range(width)) for r in range(rows)]
        return "\n" + "\n".join(lines) + "\n"

    return write


def _latin(change: Disguise) -> Disguise:
    return lambda word: change(word) if _is_latin(word) else word


def _initials(word: str) -> str:
    first = "".join(_SYLLABLES[c][0] for c in word) if _is_han(word) and 4 <= len(word) <= 12 else word
    return word if set(first) & set("aeiou") else first


def _morse(word: str) -> str:
    letters = _pinyin("")(word).lower() if _is_han(word) else word.lower()
    return " ".join(_MORSE[c] for c in letters) if all(c in _MORSE for c in letters) else word


_CYRILLIC = str.maketrans("aeopcyxi", "аеорсухі")
_WIDE = {c: c + 0xFEE0 for c in range(0x21, 0x7F)}
_BOLD = {ord("a") + i: 0x1D41A + i for i in range(26)}
_ROT13 = str.maketrans("abcdefghijklmnopqrstuvwxyz", "nopqrstuvwxyzabcdefghijklm")
_CAESAR = str.maketrans("abcdefghijklmnopqrstuvwxyz", "defghijklmnopqrstuvwxyzabc")
_ATBASH = str.maketrans("abcdefghijklmnopqrstuvwxyz", "zyxwvutsrqponmlkjihgfedcba")

DISGUISES: dict[str, Disguise] = {
    "plain": lambda word: word,
    "full width": lambda word: word.translate(_WIDE),
    "capitals": str.upper,
    "traditional": _TRADITIONAL.convert,
    "zero width": _between("\u200b"),
    "tag characters": _between("\U000e0041"),
    "variation selectors": _each(lambda c: c + "\ufe0f"),
    "combining marks": _each(lambda c: c + "\u0336\u0337"),
    "spaces": _between(" "),
    "symbols": _between("*"),
    "emoji between": _between("😀"),
    "dots": _between("."),
    "repeats": _each(lambda c: c * 2),
    "split characters": _each(lambda c: _SPLITS.get(c, c)),
    "emoji for words": _first_replaced(_EMOJI),
    "Martian script": _each(lambda c: _MARTIAN.get(c, c)),
    "homophones": _homophones,
    "pinyin": _pinyin(""),
    "pinyin, spaced": _pinyin(" "),
    "pinyin with tone digits": lambda word: "".join(_SYLLABLES[c] + "4" for c in word) if _is_han(word) else word,
    "pinyin mixed in": _pinyin("", 2),
    "initials": _initials,
    "pinyin in bold letters": lambda word: _pinyin("")(word).translate(_BOLD) if _is_han(word) else word,
    "pinyin with Cyrillic": lambda word: _pinyin("")(word).translate(_CYRILLIC) if _is_han(word) else word,
    "pinyin by ROT13": lambda word: _pinyin("")(word).translate(_ROT13) if _is_han(word) else word,
    "pinyin by Atbash": lambda word: _pinyin("")(word).translate(_ATBASH) if _is_han(word) else word,
    "Latin with Cyrillic": _latin(lambda word: word.lower().translate(_CYRILLIC)),
    "Latin with digits": _latin(lambda word: word[0] + word[1:].translate(str.maketrans("oieasb", "013458"))),
    "Latin by ROT13": _latin(lambda word: word.lower().translate(_ROT13)),
    "Latin by Caesar": _latin(lambda word: word.lower().translate(_CAESAR)),
    "Latin by Atbash": _latin(lambda word: word.lower().translate(_ATBASH)),
    "reversed": lambda word: word[::-1],
    "vertical, one column": lambda word: "\n" + "\n".join(word) + "\n",
    "vertical, two columns": _columns(2),
    "Base64": lambda word: base64.b64encode(word.encode()).decode(),
    "Base64 twice": lambda word: base64.b64encode(base64.b64encode(word.encode())).decode(),
    "Base32": lambda word: base64.b32encode(word.encode()).decode(),
    "hexadecimal": lambda word: word.encode().hex(),
    "hexadecimal, spaced": lambda word: word.encode().hex(" "),
    "hexadecimal, 0x": lambda word: "0x" + word.encode().hex(),
    "bytes, 0x": lambda word: ", ".join(f"0x{byte:02x}" for byte in word.encode()),
    "bytes, decimal": lambda word: " ".join(map(str, word.encode())),
    "binary": lambda word: " ".join(f"{byte:08b}" for byte in word.encode()),
    "percent (UTF-8)": lambda word: urllib.parse.quote(word, safe=""),
    "percent (GBK)": lambda word: urllib.parse.quote(word.encode("gb18030"), safe=""),
    "HTML entities": _each(lambda c: f"&#{ord(c)};"),
    "Unicode escapes": _each(lambda c: f"\\u{ord(c):04x}"),
    "Morse": _morse,
}


def is_found(checker: Checker, entry: Entry, text: str) -> bool:
    """Whether the check names the entry's list or its risk."""

    def tells(finding: Finding) -> bool:
        if finding.detector not in ("words", "sounds"):
            return False
        named = checker.lexicon.entry(finding.rule)
        return finding.risk == entry.risk or (named is not None and named.list == entry.list)

    return any(tells(finding) for finding in checker.check([Part("p", text)], Direction.PROMPT).findings)


def matrix(checker: Checker, entries: int) -> dict[str, dict[str, tuple[int, int]]]:
    """Disguise → list → found and tried."""
    table: dict[str, dict[str, tuple[int, int]]] = {name: {} for name in DISGUISES}
    for each in starter.lists():
        words = [entry for entry in each.entries() if not entry.allow]
        latin = [entry for entry in words if _is_latin(entry.word)]
        sample = CHOOSE.sample(words, min(entries, len(words))) + latin
        for name, disguise in DISGUISES.items():
            tried = found = 0
            for entry in sample:
                written = disguise(entry.word)
                if name == "plain" or written != entry.word:
                    tried += 1
                    found += is_found(checker, entry, CARRIER.format(written))
            if tried:
                table[name][each.id] = (found, tried)
    return table


def false_hits(checker: Checker, paths: list[Path]) -> tuple[int, int, int]:
    """Texts hit by a word or a sound, texts, characters."""
    hit = texts = characters = 0
    for path in paths:
        for line in path.open(encoding="utf-8"):
            row = json.loads(line)
            if row.get("label") not in ("harmful", "refusal"):
                texts += 1
                characters += len(row["text"])
                findings = checker.check([Part("p", row["text"])], Direction.PROMPT).findings
                hit += any(finding.detector in ("words", "sounds") for finding in findings)
    return hit, texts, characters


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--entries", type=int, default=40)
    arguments.add_argument("--ordinary", type=Path, nargs="*", default=[])
    asked = arguments.parse_args()
    checker = Checker.build(
        starter.lexicon(), policy_source.default(), detectors=("words", "sounds"), budget_ms=10_000, cache_size=0
    )
    table = matrix(checker, asked.entries)
    print(f"{'disguise':26}{'found':>8}{'tried':>8}{'share':>8}  worst list")
    for name, row in table.items():
        found, tried = (sum(cell[i] for cell in row.values()) for i in (0, 1))
        worst = min(row, key=lambda each: row[each][0] / row[each][1])
        share = row[worst][0] / row[worst][1]
        print(f"{name:26}{found:8}{tried:8}{found / tried:8.1%}  {worst if share < 1 else '':22}{share:6.1%}")
    cells = [cell for row in table.values() for cell in row.values()]
    found, tried = sum(c[0] for c in cells), sum(c[1] for c in cells)
    good = sum(c[0] >= 0.95 * c[1] for c in cells)
    print(f"{'all':26}{found:8}{tried:8}{found / tried:8.1%}  {good} of {len(cells)} cells at 95 % or more")
    if asked.ordinary:
        hit, texts, characters = false_hits(checker, asked.ordinary)
        print(f"ordinary text: {hit} of {texts} texts falsely hit ({hit / texts:.3%}), {characters:,} characters")


if __name__ == "__main__":
    main()
