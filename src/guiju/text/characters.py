"""What one character is read as.

Three answers exist for a character: it is *plain* (read as itself; nearly all Chinese text and lower-case ASCII is), it
*folds* to other characters (full-width ``Ａ`` → ``a``, ``①`` → ``1``, 賭 → 赌, ``é`` → ``e``, Cyrillic ``а`` → ``a``, Martian
哋 → 地), or it is *removed* (zero-width characters, direction marks, tags, variation selectors, controls, stacked accents).
Nothing here looks at a neighbour, which is what lets a stream be read in pieces. Word lists go through the same folds, so
a fold never keeps an honest word of another script from being found.
"""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

from guiju.text import components, simplified

_LOOKALIKES_FILE = Path(__file__).parent / "data" / "lookalikes.tsv"


def _lookalikes() -> dict[str, str]:
    rows = (line.split("\t") for line in _LOOKALIKES_FILE.read_text("utf-8").splitlines() if not line.startswith("#"))
    return {written: read for written, read in rows}


_SIMPLIFIED = simplified.load()
_MARTIAN = components.martian()
_LOOKALIKES = _lookalikes()

#: Chinese punctuation that compatibility forms would turn into ASCII, kept as the writer typed it.
_PUNCTUATION = "，。！？；：（）、…—“”‘’《》〈〉【】「」『』·～￥"

_REMOVED: dict[str, tuple[tuple[int, int], ...]] = {
    "zero_width": (
        (0x00AD, 0x00AD),
        (0x034F, 0x034F),
        (0x115F, 0x1160),
        (0x17B4, 0x17B5),
        (0x180E, 0x180E),
        (0x200B, 0x200D),
        (0x2060, 0x2064),
        (0x3164, 0x3164),
        (0xFEFF, 0xFEFF),
        (0xFFA0, 0xFFA0),
    ),
    "bidi": ((0x061C, 0x061C), (0x200E, 0x200F), (0x202A, 0x202E), (0x2066, 0x206F)),
    "tag": ((0xE0000, 0xE007F),),
    "variation": ((0x180B, 0x180D), (0x180F, 0x180F), (0xFE00, 0xFE0F), (0xE0100, 0xE01EF)),
    "control": ((0x00, 0x08), (0x0B, 0x0C), (0x0E, 0x1F), (0x7F, 0x9F), (0xFFF9, 0xFFFB)),
    "combining": (
        (0x0300, 0x034E),
        (0x0350, 0x036F),
        (0x0483, 0x0489),
        (0x1AB0, 0x1AFF),
        (0x1DC0, 0x1DFF),
        (0x20D0, 0x20FF),
        (0x3099, 0x309A),
        (0xFE20, 0xFE2F),
    ),
}
#: Letters drawn in another style, which nobody types by accident: circled, squared, mathematical.
_STYLED = (
    (0x249C, 0x24E9),
    (0x1D400, 0x1D7CB),
    (0x1F110, 0x1F12B),
    (0x1F130, 0x1F149),
    (0x1F150, 0x1F169),
    (0x1F170, 0x1F189),
)

KIND_OF_REMOVED: dict[str, str] = {
    chr(code): kind for kind, ranges in _REMOVED.items() for low, high in ranges for code in range(low, high + 1)
}
_MEMORY = 50_000


def is_styled(character: str) -> bool:
    """Whether the character is a letter in a decorative form (Ⓐ, 𝐚, 🅰)."""
    code = ord(character)
    return any(low <= code <= high for low, high in _STYLED)


def kind_of(character: str) -> str:
    """What a letter that is read as another one may be a disguise by: ``styled``, ``lookalike``, ``martian``, or nothing."""
    if is_styled(character):
        return "styled"
    if character in _MARTIAN:
        return "martian"
    return "lookalike" if _is_letter_of_another_script(character) else ""


def _is_letter_of_another_script(character: str) -> bool:
    return not character.isascii() and character.isalpha() and character.lower() in _LOOKALIKES


def _has_accented_base(character: str) -> bool:
    code = ord(character)
    return code < 0x0530 or 0x1E00 <= code < 0x2000


def _derive(character: str) -> str:
    if character in KIND_OF_REMOVED:
        return ""
    if "\ud800" <= character <= "\udfff":  # half of a pair: no text, and automata refuse it
        return "\ufffd"
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", character).casefold())
    letters: list[str] = []
    for letter in folded:
        base = unicodedata.normalize("NFD", letter) if _has_accented_base(letter) else letter
        letters += [_read_as(part) for part in base if part not in KIND_OF_REMOVED]
    return "".join(letters)


def _read_as(letter: str) -> str:
    letter = _SIMPLIFIED.get(letter, letter)
    return _LOOKALIKES.get(letter) or _MARTIAN.get(letter, letter)


class _Folds(dict[str, str]):
    """Character → what it is read as, derived on first sight; bounded, since a hostile text may show every character."""

    def __missing__(self, character: str) -> str:
        folded = _derive(character)
        if len(self) < _MEMORY:
            self[character] = folded
        return folded


FOLDS: dict[str, str] = _Folds()


def _ranges(codes: list[int]) -> str:
    parts: list[str] = []
    start = previous = codes[0]
    for code in [*codes[1:], -1]:
        if code != previous + 1:
            parts.append(re.escape(chr(start)) + "-" + re.escape(chr(previous)))
            start = code
        previous = code
    return "".join(parts)


def _plain_class() -> str:
    han = [*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000)]
    kana = [*range(0x3041, 0x3097), *range(0x30A1, 0x30FB), 0x30FC]
    codes = [code for code in han if chr(code) not in _SIMPLIFIED and chr(code) not in _MARTIAN]
    return "\\t\\n\\r -@\\[-~" + _ranges(kana) + _ranges(codes) + _PUNCTUATION


_PLAIN = _plain_class()
#: Finds a character that is not read as itself (or may not be: the fold decides).
ODD = re.compile(f"[^{_PLAIN}]")
#: The same, with ASCII capitals let through: where this finds nothing, ``str.lower`` does the whole reading.
ODD_BESIDE_CAPITALS = re.compile(f"[^{_PLAIN}A-Z]")
#: What ``str.translate`` may do in one go: capitals, traditional characters, full-width letters; all one to one.
EASY: dict[int, str] = {
    ord(c): _derive(c)
    for c in (*_SIMPLIFIED, *map(chr, range(0x41, 0x5B)), *map(chr, range(0xFF01, 0xFF5F)), "\u3000", "\u00a0")
    if c not in _MARTIAN and c not in _PUNCTUATION
}
#: Finds a character that needs a look of its own: where this finds nothing, ``EASY`` does the whole reading.
HARD = re.compile(f"[^{_PLAIN}{''.join(re.escape(chr(code)) for code in sorted(EASY))}]")
