"""Refuted claims: a register the operator keeps or imports, and finding a claim again in other words.

A claim is found by the pairs of characters it shares with a stretch of the text, rare pairs counting more, and by how near
both lie in the meaning the models have learnt. A text that itself says it refutes, or only asks, is left alone. What is
found goes to people: a register can be out of date, and a resemblance is no proof.
"""

from __future__ import annotations

import csv
import io
import math
import operator
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property

import msgspec

from guiju import native
from guiju.errors import RumourRegisterError
from guiju.moderation.models import shelf
from guiju.moderation.models.network import Vector
from guiju.nouns import Direction
from guiju.text.reading import read

COLUMNS = ("claim", "refutation", "source", "claimed", "refuted", "expires")
_REQUIRED = ("claim", "refutation", "source")
#: Pairs of characters a text must share with a claim before it is looked at closely.
WORTH_A_LOOK = 2
#: From this resemblance on a claim counts as found; of it, words count this much and meaning the rest.
FOUND = 0.46
_WORDS = 0.6
#: Share of either half of a claim, subject and statement, that a sentence must have.
_EITHER_HALF = 0.2
#: What a single character counts beside a pair.
_SINGLE = 0.5
_SENTENCE = re.compile(r"[^。!?;\n]{4,120}")
_REFUTING = (
    "辟谣", "谣言", "不实", "假消息", "假的", "误区", "不能预防", "不会", "并不", "没有证据", "没有科学依据", "真的吗", "是真的",
    "是否", "吗?", "吗？", "myth", "debunk", "hoax", "is it true", "no evidence",
)  # fmt: skip


class Refuted(msgspec.Struct, frozen=True):
    """One refuted claim: what is said, what holds instead, who says so, and ISO dates (of the claim, of the refutation, and
    until when the entry counts, the last day; empty where unknown or open). ``id`` names it in findings, where it has one."""

    claim: str
    refutation: str
    source: str
    claimed: str = ""
    refuted: str = ""
    expires: str = ""
    id: str = ""


class Likeness(msgspec.Struct, frozen=True):
    """A claim found again: which, how like, and where in the text."""

    entry: Refuted
    score: float
    start: int
    end: int


def parse(text: str) -> tuple[Refuted, ...]:
    """The entries of a CSV text with a header; ``claim``, ``refutation`` and ``source`` are required.

    Raises:
        RumourRegisterError: an unknown column, a missing value, or a date that is none; ``line`` is the line in the text.
    """
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    unknown = [name for name in rows.fieldnames or () if name not in COLUMNS]
    if unknown or not set(_REQUIRED) <= set(rows.fieldnames or ()):
        raise RumourRegisterError(
            line=1, problem=f"columns {', '.join(rows.fieldnames or ())}; known: {', '.join(COLUMNS)}"
        )
    return tuple(entry_of(row, rows.line_num) for row in rows)


def entry_of(row: Mapping[str, str], line: int) -> Refuted:
    """An entry from its columns.

    Raises:
        RumourRegisterError: a missing value, or a date that is none; ``line`` says where.
    """
    values = {name: (row.get(name) or "").strip() for name in COLUMNS}
    missing = [name for name in _REQUIRED if not values[name]]
    if missing:
        raise RumourRegisterError(line=line, problem=f"missing {', '.join(missing)}")
    for name in ("claimed", "refuted", "expires"):
        try:
            date.fromisoformat(values[name] or "2000-01-01")
        except ValueError:
            raise RumourRegisterError(line=line, problem=f"{name} is no date: {values[name]}") from None
    return Refuted(**values)


class Register:
    """Refuted claims ready to be found. Immutable, shared by threads.

    Attributes:
        filter: the pairs of characters of all claims, compiled; None where nothing is.
    """

    def __init__(self, entries: Iterable[Refuted]) -> None:
        self.entries = tuple(entries)
        claims = [read(entry.claim).text for entry in self.entries]
        self._grams = [_grams(claim) for claim in claims]
        self._halves = [(_grams(c[: len(c) // 2]), _grams(c[len(c) // 2 :])) for c in claims]
        counts = Counter(gram for grams in self._grams for gram in grams)
        total = len(claims) + 1
        self._weight = {
            gram: (math.log(total / count) + 0.5) * (_SINGLE if len(gram) == 1 else 1.0)
            for gram, count in counts.items()
        }
        self._pairs: dict[str, list[int]] = {}
        for index, grams in enumerate(self._grams):
            for gram in grams:
                if len(gram) == 2:
                    self._pairs.setdefault(gram, []).append(index)
        self.filter = native.module.pairs(self._pairs) if native.module is not None else None

    @cached_property
    def _meanings(self) -> Sequence[Vector]:
        network = shelf.network(Direction.PROMPT)
        return [network.meaning(read(entry.claim).text) for entry in self.entries]

    def find(self, text: str, today: str = "") -> tuple[Likeness, ...]:
        """The claims a normalised text repeats, the likest first; entries expired by ``today`` (ISO) are passed over."""
        if not self._may_share(text):
            return ()
        shared = Counter(index for i in range(len(text) - 1) for index in self._pairs.get(text[i : i + 2], ()))
        near = [index for index, count in shared.items() if count >= WORTH_A_LOOK]
        if not near or any(cue in text for cue in _REFUTING):
            return ()
        found: dict[int, Likeness] = {}
        for match in _SENTENCE.finditer(text):
            for index in near:
                entry = self.entries[index]
                if entry.expires and today and entry.expires < today:
                    continue
                score = self._likeness(match[0], index)
                if score >= FOUND and score > (found[index].score if index in found else 0.0):
                    found[index] = Likeness(entry, round(score, 4), match.start(), match.end())
        return tuple(sorted(found.values(), key=lambda each: -each.score))

    def _may_share(self, text: str) -> bool:
        """Whether a closer look can find anything: most texts share no pairs with any claim."""
        if native.module is not None:
            return native.module.may_share(self.filter, text, WORTH_A_LOOK)
        return sum(pair in self._pairs for pair in map(operator.add, text, text[1:])) >= WORTH_A_LOOK

    def _likeness(self, sentence: str, index: int) -> float:
        """How like a sentence and a claim are, from 0 to 1; 0 where a half of the claim is not spoken of."""
        grams = _grams(sentence)
        if any(self._share(grams, half) < _EITHER_HALF for half in self._halves[index]):
            return 0.0
        words = self._share(grams, self._grams[index])
        near = float(shelf.network(Direction.PROMPT).meaning(sentence) @ self._meanings[index])
        return _WORDS * words + (1 - _WORDS) * max(0.0, near)

    def _share(self, grams: frozenset[str], claim: frozenset[str]) -> float:
        whole = sum(self._weight[gram] for gram in claim)
        return sum(self._weight[gram] for gram in claim & grams) / whole if whole else 0.0


def _grams(text: str) -> frozenset[str]:
    return frozenset(text) | {text[i : i + 2] for i in range(len(text) - 1)}
