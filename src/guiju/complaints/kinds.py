"""The kinds of things the public may send in, with their declared time limits, as data with diagnostics."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Literal

import msgspec

from guiju import located
from guiju.errors import ComplaintRulesInvalid

Confidence = Literal["V", "S", "M-H", "M-M", "M-L", "O"]


class Limit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long something may take: working days in China, or hours on the clock. Exactly one is set."""

    working_days: int | None = None
    hours: int | None = None

    @property
    def fits(self) -> bool:
        """Whether exactly one is set, and to at least 1."""
        given = [value for value in (self.working_days, self.hours) if value is not None]
        return len(given) == 1 and given[0] >= 1


LEAST_MONTHS = 6
"""No file may keep the words of complaints for less: no rule found fixes a number, and logs are kept for six months
(网络安全法 第二十三条)."""


class Keep(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many months after its conclusion the words and the contact of a complaint are kept, and what that rests on."""

    months: int
    source: str
    confidence: Confidence


class Topic(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a message of a kind is about. ``limit`` None: that of the kind."""

    id: str
    zh: str
    en: str
    limit: Limit | None = None
    source: str = ""
    confidence: Confidence = "O"


class Kind(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One kind of message, its published limit, and where that comes from."""

    id: str
    zh: str
    en: str
    hint_zh: str = ""
    hint_en: str = ""
    limit: Limit
    remind: Limit
    keep: Keep
    source: str
    confidence: Confidence
    topics: tuple[Topic, ...]
    appeal: bool = False

    def topic(self, name: str) -> Topic | None:
        """The topic of this name."""
        return next((topic for topic in self.topics if topic.id == name), None)

    def limit_of(self, topic: str) -> Limit:
        """The time limit of a message about ``topic``."""
        found = self.topic(topic)
        return found.limit if found is not None and found.limit is not None else self.limit


class Kinds(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A checked file of kinds. Build it with :meth:`load`."""

    version: str
    kinds: tuple[Kind, ...]

    @classmethod
    def load(cls, source: str | None = None) -> Kinds:
        """Read kinds from YAML; Guiju's own if None.

        Raises:
            ComplaintRulesInvalid: naming every mistake.
        """
        return _shipped() if source is None else located.typed(source, cls, _mistakes, ComplaintRulesInvalid)

    def kind(self, name: str) -> Kind | None:
        """The kind of this name."""
        return next((kind for kind in self.kinds if kind.id == name), None)


@cache
def _shipped() -> Kinds:
    return Kinds.load(resources.files("guiju.complaints").joinpath("data", "kinds.yaml").read_text("utf-8"))


def _mistakes(kinds: Kinds) -> Iterator[located.Fault]:
    names = [kind.id for kind in kinds.kinds]
    if len(set(names)) != len(names):
        yield "$.kinds", "编号重复 (repeated id)"
    if not kinds.kinds:
        yield "$.kinds", "至少一个类别 (at least one kind)"
    if sum(kind.appeal for kind in kinds.kinds) != 1:
        yield "$.kinds", "须恰有一个 appeal 类别 (exactly one kind of appeals)"
    for index, kind in enumerate(kinds.kinds):
        for name, message in _kind_mistakes(kind):
            yield f"$.kinds[{index}].{name}", f"{kind.id}: {message}"


def _kind_mistakes(kind: Kind) -> Iterator[located.Fault]:
    topics = [topic.id for topic in kind.topics]
    if not topics or len(set(topics)) != len(topics):
        yield "topics", "至少一个且编号不重复 (at least one, no id twice)"
    limits = [("limit", kind.limit), ("remind", kind.remind)]
    limits += [(f"topics[{i}].limit", topic.limit) for i, topic in enumerate(kind.topics) if topic.limit is not None]
    for name, limit in limits:
        if not limit.fits:
            yield name, "时限须恰有 working_days、hours 之一且至少为 1 (exactly one of the two, at least 1)"
    if kind.keep.months < LEAST_MONTHS:
        yield "keep.months", f"不少于 {LEAST_MONTHS} 个月 (at least {LEAST_MONTHS} months)"
    if not kind.source.strip():
        yield "source", "须写明依据 (a source is needed)"
