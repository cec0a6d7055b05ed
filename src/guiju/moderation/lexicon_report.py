"""What an inspector and an owner ask of word lists: how many, how spread, how old, which lines fail, what is padding.

Counts follow GB/T 45654: different words (variants that read alike count once) over all lists and per risk. *Padding* is an
entry that only makes the number bigger: it meets ordinary text, or reads like another entry of the same risk.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

import msgspec

from guiju.moderation.detectors import Materials, build
from guiju.moderation.lexicon import Entry, Lexicon
from guiju.text.reading import read
from guiju.text.squeeze import squeeze

NEUTRAL = Path(__file__).parent / "data" / "lexicons" / "neutral.txt"
EVERYDAY = NEUTRAL.with_name("everyday.txt")


class RiskCount(msgspec.Struct, frozen=True):
    """Different words of one risk, beside the least there must be (0 where nothing is asked)."""

    risk: str
    entries: int
    least: int

    @property
    def met(self) -> bool:
        """Whether there are enough."""
        return self.entries >= self.least


class Stats(msgspec.Struct, frozen=True):
    """Counts over a set of entries.

    Attributes:
        entries: different words in all; ``least``: what the standard asks for. ``allow``: allow entries.
        risks: per risk of the standard, those with a minimum and those with entries.
        lists: entries per list. ``sourced``, ``owned``: words that state a source, an owner.
        newest: date of the newest entry, None where none is dated. ``days``: from then to the day asked about.
        expired: entries past their date.
    """

    entries: int
    least: int
    allow: int
    risks: tuple[RiskCount, ...]
    lists: tuple[tuple[str, int], ...]
    sourced: int
    owned: int
    newest: date | None
    days: int | None
    expired: int


class FailingLine(msgspec.Struct, frozen=True):
    """A test line that does not do what it must: ``wanted`` is ``hit`` or ``miss``."""

    rule: str
    word: str
    wanted: str
    line: str


class Padding(msgspec.Struct, frozen=True):
    """An entry that looks like padding: ``why`` is ``neutral`` (``line`` is the text it meets) or ``repeated``."""

    rule: str
    word: str
    why: str
    line: str


def letters(entry: Entry) -> str:
    """What an entry reads like; entries with the same letters are one word."""
    return squeeze(read(entry.word).text)


def stats(entries: Iterable[Entry], minima: Mapping[str, int], least: int, on: date) -> Stats:
    """Count entries.

    Args:
        minima: risk of the standard → least number of words. ``least``: the same over all. ``on``: the day.
    """
    kept = tuple(entries)
    deny = [entry for entry in kept if not entry.allow]
    by_risk: dict[str, set[str]] = defaultdict(set)
    by_list: dict[str, int] = defaultdict(int)
    for entry in deny:
        by_risk[entry.risk.partition("/")[0]].add(letters(entry))
        by_list[entry.list] += 1
    dates = [date.fromisoformat(entry.added) for entry in kept if entry.added]
    newest = max(dates, default=None)
    risks = sorted({*by_risk, *minima})
    return Stats(
        entries=len(set().union(*by_risk.values())),
        least=least,
        allow=len(kept) - len(deny),
        risks=tuple(RiskCount(risk, len(by_risk[risk]), minima.get(risk, 0)) for risk in risks),
        lists=tuple(sorted(by_list.items())),
        sourced=sum(bool(entry.source) for entry in deny),
        owned=sum(bool(entry.owner) for entry in deny),
        newest=newest,
        days=(on - newest).days if newest else None,
        expired=sum(bool(entry.expires) and date.fromisoformat(entry.expires) < on for entry in kept),
    )


def failing_lines(lexicon: Lexicon) -> tuple[FailingLine, ...]:
    """The test lines of the entries that fail over the whole lexicon (allow entries of other lists included)."""
    failing = []
    meets = _Meets(lexicon)
    for entry in lexicon.entries:
        if entry.allow:
            continue
        if entry.hit and entry.id not in meets(entry.hit):
            failing.append(FailingLine(entry.id, entry.word, "hit", entry.hit))
        if entry.miss and entry.id in meets(entry.miss):
            failing.append(FailingLine(entry.id, entry.word, "miss", entry.miss))
    return tuple(failing)


def lacking(entries: Iterable[Entry]) -> tuple[str, ...]:
    """The kinds of test lines (``hit``, ``miss``) that no entry of a list has; none is asked of a list that only allows."""
    deny = [entry for entry in entries if not entry.allow]
    if not deny:
        return ()
    return tuple(kind for kind in ("hit", "miss") if not any(getattr(entry, kind).strip() for entry in deny))


def padding(lexicon: Lexicon, neutral: Iterable[str]) -> tuple[Padding, ...]:
    """The entries that look like padding against ordinary lines."""
    meets = _Meets(lexicon)
    found: dict[str, Padding] = {}
    for line in neutral:
        for rule in meets(line):
            entry = lexicon.entry(rule)
            if entry is not None:
                found.setdefault(rule, Padding(rule, entry.word, "neutral", line))
    seen: dict[tuple[str, str], Entry] = {}
    for entry in lexicon.entries:
        if entry.allow:
            continue
        first = seen.setdefault((letters(entry), entry.risk), entry)
        if first is not entry:
            found.setdefault(entry.id, Padding(entry.id, entry.word, "repeated", first.word))
    return tuple(found.values())


def neutral_lines() -> tuple[str, ...]:
    """Ordinary lines, about the subjects of the shipped lists and about everyday things, which no entry may meet."""
    lines = (line for path in (NEUTRAL, EVERYDAY) for line in path.read_text("utf-8").splitlines())
    return tuple(line for line in lines if line.strip() and not line.startswith("#"))


class _Meets:
    """Which entries a line meets as they stand: words, not sounds."""

    def __init__(self, lexicon: Lexicon) -> None:
        (self._words,) = build(Materials(lexicon), ("words",))

    def __call__(self, line: str) -> frozenset[str]:
        scan = self._words.scan(read(line).text, 0, True)
        return frozenset(hit.rule for hit in scan.hits if not hit.detector) if scan else frozenset()
