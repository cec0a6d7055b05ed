"""Packs: one field of special care each, as data with test lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec
import yaml

from guiju import native

_DATA = Path(__file__).parent / "data"


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text in both languages."""

    zh: str
    en: str


class Emergency(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Cues in a question that need help at once, and the help; ``helped`` are words by which an answer gives it already."""

    cues: tuple[str, ...]
    zh: str
    en: str
    helped: tuple[str, ...]


class Pack(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One field.

    Attributes:
        id, risk, zh, en: its name, and the risk its advice is about.
        source, confidence: where the duty comes from, and how sure its wording is.
        subjects: words that mark a text as of this field; ``at_least`` different ones must stand in it.
        reminder: what is added where none of ``reminded`` stands in the answer.
        of, not_of: test lines that are, and are not, of this field.
    """

    id: str
    risk: str
    zh: str
    en: str
    source: str
    confidence: Literal["A", "B", "C", "S", "M"]
    subjects: tuple[str, ...]
    at_least: int
    reminder: Words
    reminded: tuple[str, ...]
    of: tuple[str, ...]
    not_of: tuple[str, ...]
    emergency: Emergency | None = None


class Fields:
    """All packs, with their words by the two characters they begin with: finding the fields of a text is one pass over it."""

    def __init__(self, packs: tuple[Pack, ...]) -> None:
        self.packs = {pack.id: pack for pack in packs}
        self._owners: dict[str, list[str]] = {}
        for pack in packs:
            for word in pack.subjects:
                self._owners.setdefault(word.lower(), []).append(pack.id)
        self._words: dict[str, list[str]] = {}
        self._single = [word for word in self._owners if len(word) == 1]
        for word in self._owners:
            if len(word) > 1:
                self._words.setdefault(word[:2], []).append(word)
        self._pairs = native.module.pairs(self._words) if native.module is not None else None
        self._fewest = min((pack.at_least for pack in packs), default=1)
        self._cues = tuple(cue for pack in packs if pack.emergency is not None for cue in pack.emergency.cues)
        long = native.module is not None and all(len(cue) > 1 for cue in self._cues)
        self._cue_pairs = native.module.pairs(cue[:2] for cue in self._cues) if long else None

    def of(self, text: str) -> list[Pack]:
        """The fields a text is of, in the order of the packs."""
        text = text.lower()
        found = {word for word in self._single if word in text}
        for place in self._places(text):
            for word in self._words.get(text[place : place + 2], ()):
                if text.startswith(word, place):
                    found.add(word)
        if len(found) < self._fewest:
            return []
        words = Counter(owner for word in found for owner in self._owners[word])
        return [pack for pack in self.packs.values() if words[pack.id] >= pack.at_least]

    def may_be_urgent(self, text: str) -> bool:
        """Whether a cue of any emergency may stand in a text: never false where one does."""
        if self._cue_pairs is not None:
            return native.module.may_share(self._cue_pairs, text, 1)
        return any(cue in text for cue in self._cues)

    def _places(self, text: str) -> Sequence[int]:
        """Where one of the words may begin."""
        if native.module is not None and self._pairs is not None:
            return native.module.places(self._pairs, text)
        return range(len(text) - 1)


@cache
def packs() -> Fields:
    """The packs that ship with Guiju."""
    files = sorted(_DATA.glob("*.yaml"))
    return Fields(tuple(msgspec.convert(yaml.safe_load(file.read_text("utf-8")), Pack) for file in files))
