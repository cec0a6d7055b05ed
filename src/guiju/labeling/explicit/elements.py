"""Which elements of 5.1 a text shows, as a person reads it: blanks, widths and the look-alikes of OCR do not count."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

import msgspec

from guiju.labeling.words import denies, wording

_SLIPS: Final = re.compile(r"(?<![A-Za-z0-9])A[ \t]*[Il1|i](?![A-Za-z0-9])")
"""AI as OCR may write it, standing alone among letters."""

_AI: Final = re.compile(r"(?<![A-Za-z])AI(?:GC)?(?![a-z])")
SENTENCE: Final = re.compile(r"[^。！？!?\n]+")
_NEGATED: Final = re.compile(r"(?:不是|并非|禁止|请勿|不得|拒绝|反对)[^。！？，,;；]{0,12}$")


class Elements(msgspec.Struct, frozen=True):
    """The elements a text shows. ``denied``: it says the opposite."""

    ai: bool
    generation: bool
    denied: bool = False

    @property
    def complete(self) -> bool:
        """Whether the words make an explicit label."""
        return self.ai and self.generation and not self.denied


def elements(text: str) -> Elements:
    """The elements in ``text``."""
    plain = tidy(text)
    rules = wording().elements
    chinese = [word for word in rules.ai if not word.isascii()]
    ai = any(word in plain for word in chinese) or _AI.search(plain) is not None
    generation = any(word in plain for word in rules.generation)
    return Elements(ai, generation, ai and generation and _denied(plain))


def tidy(text: str) -> str:
    """``text`` in one width, AI put right, without the blanks between Chinese characters."""
    plain = _SLIPS.sub("AI", unicodedata.normalize("NFKC", text))
    return re.sub(r"(?<=[^\x21-\x7e])\s+|\s+(?=[^\x21-\x7e])", "", plain).strip()


def _denied(plain: str) -> bool:
    if denies(plain):
        return True
    first = min((place for word in wording().elements.ai if (place := plain.find(word)) >= 0), default=0)
    return _NEGATED.search(plain[:first]) is not None
