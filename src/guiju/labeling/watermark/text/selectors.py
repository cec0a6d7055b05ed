"""A mark in text: variation selectors, which are not drawn, behind the ends of sentences.

Sixteen selectors (U+FE00 to U+FE0F) stand for four bits each. A mark is 24 of them: the enciphered number and a keyed check
sum. It is fragile on purpose of nobody: typing the text again, GB 2312 and GBK, and every filter of format or combining
characters take it away, that of Guiju's own reading of texts among them.
"""

from __future__ import annotations

import hmac
import re
from typing import Final

from guiju.labeling.watermark.keys import Finder

LONGEST: Final = 64
"""Marks in a text that are looked at, and put in at most."""
APART: Final = 120
"""Characters of text at least from one mark to the next."""
SHORTEST: Final = 100
"""Characters of a text that is marked."""

_FIRST: Final = 0xFE00
_LENGTH: Final = 24
_RUN: Final = re.compile(f"[\ufe00-\ufe0f]{{{_LENGTH}}}")
_ENDS: Final = re.compile(r"[。!?！？]|[.](?=\s|$)")


def marked(text: str, finder: Finder, enciphered: int) -> str:
    """``text`` with the mark behind ends of sentences, some hundred characters apart; once at least, at the end."""
    mark = _mark(finder, enciphered)
    out, last, count = [], 0, 0
    for end in _ENDS.finditer(text):
        if end.end() - last >= APART and count < LONGEST - 1:
            out += [text[last : end.end()], mark]
            last, count = end.end(), count + 1
    rest = text[last:]
    kept = len(rest.rstrip())
    return "".join(out) + (rest if count and not rest.strip() else rest[:kept] + mark + rest[kept:])


def found(text: str, finder: Finder) -> int | None:
    """The enciphered number of the first whole mark; None if there is none of this key."""
    for number, run in enumerate(_RUN.finditer(text)):
        if number == LONGEST:
            return None
        word = int("".join(f"{ord(one) - _FIRST:x}" for one in run.group()), 16)
        if hmac.compare_digest(_check(finder, word >> 32), (word & 0xFFFFFFFF).to_bytes(4, "big")):
            return word >> 32
    return None


def _mark(finder: Finder, enciphered: int) -> str:
    word = enciphered << 32 | int.from_bytes(_check(finder, enciphered), "big")
    return "".join(chr(_FIRST + int(digit, 16)) for digit in f"{word:024x}")


def _check(finder: Finder, enciphered: int) -> bytes:
    return hmac.digest(finder.key, b"text" + enciphered.to_bytes(8, "big"), "sha256")[:4]
