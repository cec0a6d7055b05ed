"""Which words go into a text, and finding them again: lines of their own, or words in brackets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from guiju.labeling.explicit.elements import SENTENCE, elements, tidy
from guiju.labeling.explicit.mark import Form, Mark, presets
from guiju.labeling.explicit.report import Check, Report, Sighting, check, judged
from guiju.labeling.verdict import Verdict
from guiju.labeling.words import Words, find_words, wording

CORNER: Final = "AI"
"""The corner mark: the one label that needs no generation element (5.1 c)."""

_BRACKETS: Final = re.compile(
    r"[【\[(（「『〔<＜]\s*([^【】\[\]()（）「」『』〔〕<>＜＞\n]{2,80}?)\s*[】\])）」』〕>＞]"
)
_CORNER: Final = re.compile(r"(?:【AI】|\[AI\]|［AI］|ᴬᴵ|\x01AI\x02)")
_ADORNED: Final = " \t\r>*_#-—=~|·•.。!！【】[]()（）「」『』\x01\x02\ufeff"
_END_SHARE: Final = 0.1
_LONGEST_LINE: Final = 2000

SUPERSCRIPT: Final = ("\x01", "\x02")
"""What raised text stands between in a :class:`Line`, where the kind of file knows raised text."""


class Line(msgspec.Struct, frozen=True):
    """One line or paragraph as a reader sees it; ``code`` for code blocks, ``hidden`` for what nobody sees."""

    text: str
    code: bool = False
    hidden: bool = False
    where: str = ""
    """A place of its own, like ``header``; else the place follows from the order of lines."""


def text_words(mark: Mark) -> Words:
    """The words for a text, or the corner mark.

    Raises:
        LabelWordsInvalid: words that will not do (5.1).
    """
    return Words("corner", CORNER) if mark.form is Form.CORNER else find_words(mark.words)


def judge(medium: str, lines: Iterable[Line]) -> Report:
    """Find and judge the labels in the lines of a text, in their order."""
    listed = list(lines)
    found = list(_found(listed))
    seen = [(line, said, where) for line, said, where in found if not (line.code or line.hidden)]
    if not seen:
        checks = [check("explicit.found", False)]
        if found:
            checks.append(check("text.outside_code", False, found[0][1]))
        return Report(Verdict.NOT_FOUND, medium, tuple(checks))
    return judged(medium, _checks(seen), tuple(Sighting(said, where) for _, said, where in seen[:8]))


def said_in(text: str) -> str:
    """The label that a line is, or holds in brackets; empty for none."""
    if len(text) > _LONGEST_LINE:
        text = text[:1000] + "\n" + text[-1000:]
    pieces = (*(match.group(1) for match in _BRACKETS.finditer(text)), *text.split("\n"))
    for piece in pieces:
        plain = tidy(piece).strip(_ADORNED)
        short = len(plain) <= wording().max_length and not plain.endswith(presets().titles)
        if short and any(elements(sentence).complete for sentence in SENTENCE.findall(plain)):
            return plain
    return ""


def _found(lines: list[Line]) -> Iterator[tuple[Line, str, str]]:
    total = max(1, sum(len(line.text) for line in lines))
    texts = [number for number, line in enumerate(lines) if line.text.strip() and not line.where]
    place = 0
    for number, line in enumerate(lines):
        said = said_in(line.text) or ("AI" if _CORNER.search(line.text) else "")
        if said:
            first, last = bool(texts) and number == texts[0], bool(texts) and number == texts[-1]
            yield line, said, line.where or _where(place / total, (place + len(line.text)) / total, first, last)
        place += len(line.text)


def _where(begins: float, ends: float, first: bool, last: bool) -> str:
    if first or begins <= _END_SHARE:
        return "start"
    return "end" if last or ends >= 1 - _END_SHARE else "middle"


def _checks(seen: list[tuple[Line, str, str]]) -> Iterator[Check]:
    words = [said for _, said, _ in seen]
    places = ", ".join(dict.fromkeys(where for _, _, where in seen))
    yield check("explicit.found", True, words[0])
    if all(said == CORNER for said in words):
        yield check("text.corner_mark", True, CORNER)
    else:
        yield check("explicit.words", True, next(said for said in words if said != CORNER))
    yield check("text.position", True, places)
    yield check("text.outside_code", True)
