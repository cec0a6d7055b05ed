"""What ships with Guiju: starter word lists and pattern files, each with its owner, its source and its test lines."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec
import yaml

from guiju.moderation import lexicon_csv, rules, rumours
from guiju.moderation.lexicon import Entry, Lexicon
from guiju.moderation.rules import Rule
from guiju.moderation.rumours import Refuted

DATA = Path(__file__).parent / "data"
_INDEX = DATA / "lexicons" / "index.yaml"


class StarterList(msgspec.Struct, frozen=True):
    """One shipped word list.

    Attributes:
        id: the list name its entries carry; ``<id>.csv`` is its file.
        risks: the risks it is about. ``zh``, ``en``: titles. ``owner``, ``source``, ``updated``: who wrote it, from what, when.
        empty: it ships without entries on purpose; ``note`` says why.
        hits, misses: lines that must and must not meet an entry of this list.
    """

    id: str
    risks: tuple[str, ...]
    zh: str
    en: str
    owner: str
    source: str
    updated: str
    empty: bool = False
    note: str = ""
    hits: tuple[str, ...] = ()
    misses: tuple[str, ...] = ()

    def entries(self) -> tuple[Entry, ...]:
        """The entries of the list's file."""
        return lexicon_csv.parse((_INDEX.parent / f"{self.id}.csv").read_text("utf-8"), self.id)


@cache
def lists() -> tuple[StarterList, ...]:
    """The shipped lists, in the order of the index."""
    return tuple(msgspec.convert(yaml.safe_load(_INDEX.read_text("utf-8"))["lists"], list[StarterList]))


@cache
def lexicon() -> Lexicon:
    """All shipped lists in one compiled lexicon."""
    return Lexicon.compile(entry for each in lists() for entry in each.entries())


@cache
def patterns() -> tuple[Rule, ...]:
    """The rules of all shipped pattern files."""
    files = sorted((DATA / "patterns").glob("*.yaml"))
    return tuple(rule for file in files for rule in rules.load(file.read_text("utf-8"), file.name))


@cache
def refuted() -> tuple[Refuted, ...]:
    """The refuted claims that ship."""
    return rumours.parse((DATA / "rumours" / "refuted.csv").read_text("utf-8"))
