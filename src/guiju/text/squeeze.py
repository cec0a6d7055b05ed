"""The squeezed text: only letters and digits, with the skip characters between them dropped.

People put spaces, punctuation or symbols between the characters of a word so that a filter misses it. Words are therefore
looked for in the squeezed text, and ``positions`` leads back to the text the gaps can be judged in. A gap of more than
``MAX_GAP`` skip characters is left in place: no word reaches across it.
"""

from __future__ import annotations

import re

MAX_GAP = 4

#: Letters and digits of normalised text: ASCII, then whole blocks of scripts; all the rest is skipped.
_WORD = (
    "0-9a-z\u00aa\u00b5\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u1fff\u2c00-\u2dff\u3005-\u3007\u3041-\u30ff\u3105-\u318e"
    "\u31a0-\ud7ff\uf900-\ufdff\U00010000-\U0001cfff\U00020000-\U000323af"
)
_RUNS = re.compile(f"[{_WORD}]+|[^{_WORD}]{{{MAX_GAP + 1},}}")
_SKIP = re.compile(f"[^{_WORD}]")
_IS_WORD = re.compile(f"[{_WORD}]")


def squeeze(text: str) -> str:
    """``text`` (normalised) without its skip characters, long gaps excepted."""
    return text if _SKIP.search(text) is None else "".join(_RUNS.findall(text))


def positions(text: str) -> list[int]:
    """For each character of ``squeeze(text)``, its index in ``text``."""
    found: list[int] = []
    for match in _RUNS.finditer(text):
        found.extend(range(match.start(), match.end()))
    return found


def is_word(character: str) -> bool:
    """Whether a normalised character is a letter or digit, that is, not a skip character."""
    return _IS_WORD.match(character) is not None


def is_latin(character: str) -> bool:
    """Whether a normalised character is written with word boundaries: an ASCII letter or digit."""
    return "a" <= character <= "z" or "0" <= character <= "9"
