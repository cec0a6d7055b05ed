"""Packs: one field of special care each, as data with test lines."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

import daachorse
import msgspec
import yaml

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
    """All packs, with one automaton over their words: finding the fields of a text is one pass over it."""

    def __init__(self, packs: tuple[Pack, ...]) -> None:
        self.packs = {pack.id: pack for pack in packs}
        owners: dict[str, list[str]] = {}
        for pack in packs:
            for word in pack.subjects:
                owners.setdefault(word.lower(), []).append(pack.id)
        self._owners = list(owners.values())
        self._automaton = daachorse.CharwiseDoubleArrayAhoCorasick(list(owners))

    def of(self, text: str) -> list[Pack]:
        """The fields a text is of, in the order of the packs."""
        words: dict[str, set[int]] = {}
        for _, _, index in self._automaton.find_overlapping(text.lower()):
            for owner in self._owners[index]:
                words.setdefault(owner, set()).add(index)
        return [pack for pack in self.packs.values() if len(words.get(pack.id, ())) >= pack.at_least]


@cache
def packs() -> Fields:
    """The packs that ship with Guiju."""
    files = sorted(_DATA.glob("*.yaml"))
    return Fields(tuple(msgspec.convert(yaml.safe_load(file.read_text("utf-8")), Pack) for file in files))
