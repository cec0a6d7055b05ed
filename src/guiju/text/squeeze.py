"""The squeezed text: only letters and digits, with the skip characters between them dropped.

People put spaces, punctuation or symbols between the characters of a word so that a filter misses it. Words are therefore
looked for in the squeezed text, and ``positions`` leads back to the text the gaps can be judged in. A gap of more than
``MAX_GAP`` skip characters is left in place: no word reaches across it.
"""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt

MAX_GAP = 4
#: Code points of a text.
Codes = npt.NDArray[np.uint32]
#: From this length on, a table lookup over all characters at once is faster than a regular expression.
VECTOR_FROM = 40

#: Letters and digits of normalised text: ASCII, then whole blocks of scripts; all the rest is skipped.
_WORD = (
    "0-9a-z\u00aa\u00b5\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u1fff\u2c00-\u2dff\u3005-\u3007\u3041-\u30ff\u3105-\u318e"
    "\u31a0-\ud7ff\uf900-\ufdff\U00010000-\U0001cfff\U00020000-\U000323af"
)
_RUNS = re.compile(f"[{_WORD}]+|[^{_WORD}]{{{MAX_GAP + 1},}}")
_SKIP = re.compile(f"[^{_WORD}]")
_IS_WORD = re.compile(f"[{_WORD}]")


_LONG_GAP = re.compile(f"[^{_WORD}]{{{MAX_GAP + 1}}}")


def _word_table() -> npt.NDArray[np.bool_]:
    every = np.zeros(0x110000, np.bool_)
    for low, high in re.findall(r"(.)-(.)", _WORD) + [(c, c) for c in "\u00aa\u00b5\u00ba"]:
        every[ord(low) : ord(high) + 1] = True
    return every


_TABLE = _word_table()


def squeeze(text: str) -> str:
    """``text`` (normalised) without its skip characters, long gaps excepted.

    Several detectors ask for the same text one after the other: the last answer is kept, with its code points.
    """
    global _last
    last = _last
    if last[0] is text:
        return last[1]
    answer, codes = _squeeze(text)
    _last = text, answer, codes
    return answer


_last: tuple[str, str, Codes | None] = ("", "", None)


def _squeeze(text: str) -> tuple[str, Codes | None]:
    if _SKIP.search(text) is None:
        return text, None
    if len(text) < VECTOR_FROM:
        return "".join(_RUNS.findall(text)), None
    codes, kept = _codes_and_mask(text)
    if len(text) - int(np.count_nonzero(kept)) > MAX_GAP and _LONG_GAP.search(text) is not None:
        return "".join(_RUNS.findall(text)), None
    letters = codes[kept]
    return text_of(letters), letters


def positions(text: str) -> list[int]:
    """For each character of ``squeeze(text)``, its index in ``text``."""
    if len(text) >= VECTOR_FROM and _LONG_GAP.search(text) is None:
        places: list[int] = np.flatnonzero(_codes_and_mask(text)[1]).tolist()
        return places
    found: list[int] = []
    for match in _RUNS.finditer(text):
        found.extend(range(match.start(), match.end()))
    return found


def codes_of(text: str) -> Codes:
    """The code points of a text."""
    _, answer, codes = _last
    if codes is not None and answer is text:
        return codes
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def text_of(codes: Codes) -> str:
    """The text of code points."""
    return codes.tobytes().decode("utf-32-le", "surrogatepass")


def _codes_and_mask(text: str) -> tuple[Codes, npt.NDArray[np.bool_]]:
    codes = codes_of(text)
    return codes, _TABLE.take(codes)


def is_word(character: str) -> bool:
    """Whether a normalised character is a letter or digit, that is, not a skip character."""
    return _IS_WORD.match(character) is not None


def is_latin(character: str) -> bool:
    """Whether a normalised character is written with word boundaries: an ASCII letter or digit."""
    return "a" <= character <= "z" or "0" <= character <= "9"
