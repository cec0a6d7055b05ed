"""What companion services must hear in a user's words, and must not say back (Order 21 Arts. 13, 18, 19)."""

from __future__ import annotations

import enum
import re
from functools import cache
from importlib import resources

import msgspec
import yaml

from guiju.text.reading import read

_LONGEST = 20_000


class Heard(enum.StrEnum):
    """What a message says of its author's state, gravest first."""

    CRISIS = "crisis"
    DISTRESS = "distress"
    DEPENDENCE = "dependence"


class Sign(msgspec.Struct, frozen=True, order=True):
    """One sign in a message; it holds nothing of the text."""

    kind: Heard
    id: str


class Hearing(msgspec.Struct, frozen=True):
    """One message of a user.

    Attributes:
        signs: gravest kind first. ``exit``: the message asks for the end. ``leaving``: it takes leave.
    """

    signs: tuple[Sign, ...] = ()
    exit: bool = False
    leaving: bool = False

    @property
    def gravest(self) -> Heard | None:
        """The gravest kind heard."""
        return self.signs[0].kind if self.signs else None


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A number to call."""

    number: str
    zh: str
    en: str
    source: str


class _Signal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    pattern: str
    kind: Heard | None = None


class _Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    code: str
    zh: str
    en: str


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: str
    exit: str
    leaving: str
    signals: tuple[_Signal, ...]
    retention: tuple[_Signal, ...]
    texts: tuple[_Text, ...]
    lines: tuple[Line, ...]


_ORDER = {kind: index for index, kind in enumerate(Heard)}
_EDGES = " \t\r\n。.!！~～,，"


class CompanionRules:
    """The compiled data file. Immutable; :func:`rules` gives the shipped one."""

    def __init__(self, data: _File) -> None:
        self.version, self.lines = data.version, data.lines
        self._exit = re.compile(data.exit, re.IGNORECASE)
        self._leaving = re.compile(data.leaving, re.IGNORECASE)
        self._signals = [(Sign(s.kind, s.id), re.compile(s.pattern)) for s in data.signals if s.kind is not None]
        self._retention = [(s.id, re.compile(s.pattern)) for s in data.retention]
        self._texts = {text.code: text for text in data.texts}

    def hear(self, text: str) -> Hearing:
        """What one message says."""
        heard = read(text[:_LONGEST]).text
        signs = sorted({sign for sign, pattern in self._signals if pattern.search(heard)}, key=_gravity)
        return Hearing(
            signs=tuple(signs),
            exit=self._exit.fullmatch(heard.strip(_EDGES)) is not None,
            leaving=self._leaving.search(heard) is not None,
        )

    def retention(self, answer: str) -> tuple[str, ...]:
        """Ids of the ways in which an answer holds its user back."""
        said = read(answer[:_LONGEST]).text
        return tuple(id for id, pattern in self._retention if pattern.search(said))

    def text(self, code: str) -> str:
        """A text for the user, Chinese with English beside, the numbers to call filled in."""
        words = self._texts[code]
        zh = "、".join(f"{line.number}（{line.zh}）" for line in self.lines)
        en = ", ".join(f"{line.number} ({line.en})" for line in self.lines)
        return f"{words.zh.format(lines=zh)}\n{words.en.format(lines=en)}"


def _gravity(sign: Sign) -> tuple[int, str]:
    return _ORDER[sign.kind], sign.id


@cache
def rules() -> CompanionRules:
    """The shipped rules."""
    text = resources.files("guiju.minors").joinpath("data", "companion.yaml").read_text("utf-8")
    return CompanionRules(msgspec.convert(yaml.safe_load(text), _File))
