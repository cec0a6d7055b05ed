"""Running pattern rules over a window: heads by one automaton, each rule only where one of its heads occurs."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

import daachorse

from guiju.moderation.expressions import MATCH_SECONDS
from guiju.moderation.identifiers import CHECKS
from guiju.moderation.rules import WORD_CHARACTERS, WORD_FIRST, Rule
from guiju.moderation.scan import Hit, Scan
from guiju.moderation.screening.screen import ALL, Screen

_WORD_START = re.compile("(?<![0-9a-z])[0-9a-z]")


class _Heads(NamedTuple):
    """The heads of a set of rules: the rules behind each, where they occur, what may become one, and how they begin."""

    rules: tuple[tuple[Rule, ...], ...]
    automaton: daachorse.CharwiseDoubleArrayAhoCorasick | None
    prefixes: frozenset[str]
    tail: int
    """characters of the longest, less one"""
    firsts: frozenset[str]


@lru_cache(maxsize=4)
def _heads(rules: tuple[Rule, ...]) -> _Heads:
    """Made once for the same rules: word lists and policies change more often than they."""
    by_head: dict[str, list[Rule]] = {}
    for rule in rules:
        for head in rule.expression.heads:
            by_head.setdefault(head, []).append(rule)
    return _Heads(
        tuple(tuple(behind) for behind in by_head.values()),
        daachorse.CharwiseDoubleArrayAhoCorasick(list(by_head)) if by_head else None,
        frozenset(head[:end] for head in by_head for end in range(1, len(head))),
        max((len(head) for head in by_head), default=1) - 1,
        frozenset(head[0] for head in by_head),
    )


class Matcher:
    """Matches rules in windows of normalised text; the engine of the detectors ``patterns`` and ``pii``.

    Attributes:
        risks: the risk tags of the rules. ``reach``: the widest match.
    """

    def __init__(self, rules: tuple[Rule, ...], screen: Screen | None = None, bit: int = 0) -> None:
        """``screen`` speaks for these rules under ``bit`` of its answers."""
        self.screen = screen
        self._bit = bit
        self.risks = tuple(sorted({rule.risk for rule in rules}))
        self.reach = max((rule.expression.width for rule in rules), default=0)
        self._by_head, self._automaton, self._prefixes, self._tail, firsts = _heads(rules)
        self._prefix_ends = frozenset(prefix[-1] for prefix in self._prefixes)
        self._at_words = tuple(rule for rule in rules if rule.start == "word")
        self._firsts = firsts | frozenset(WORD_FIRST if self._at_words else "")

    def scan(self, window: str, fresh: int, final: bool) -> Scan | None:
        """See ``guiju.moderation.scan.Detector.scan``."""
        if final:
            if self.screen is not None and not self.screen.asks_normal(window) & (ALL | self._bit):
                return None
        elif self._firsts.isdisjoint(window[fresh:]):
            return None
        elif self.screen is not None:
            head, growing = self.screen.heads(window, self._bit)
            if head < fresh <= growing:
                return None if growing == len(window) else Scan((), growing, growing)
        starts = self._starts(window, fresh, final)
        hold = len(window) if final else self._growing_head(window, fresh)
        if not starts:
            return None if hold == len(window) else Scan((), hold, hold)
        hits: dict[Hit, None] = {}  # in order; two starts may report the same value
        for start, rule in starts:
            if not final and rule.expression.open_at(window, start):
                hold = min(hold, start)
                continue
            hit = _hit(window, start, rule)
            if hit is not None:
                hits[hit] = None
        return Scan(tuple(hits), hold, hold)

    def _starts(self, window: str, fresh: int, final: bool) -> list[tuple[int, Rule]]:
        starts: list[tuple[int, Rule]] = []
        if self._automaton is not None:
            for start, _, value in self._automaton.find_overlapping(window):
                if start >= fresh:
                    starts += [(start, rule) for rule in self._by_head[value]]
        for rule in self._at_words:
            if rule.needs in window:
                begin = fresh
            elif final:
                continue
            else:  # only the run of characters at the end can still become one
                begin = max(fresh, len(window.rstrip(WORD_CHARACTERS)))
            starts += [(match.start(), rule) for match in _WORD_START.finditer(window, begin)]
        return starts

    def _growing_head(self, window: str, fresh: int) -> int:
        """Where the longest suffix begins that could still grow into a head; the window's end where none can."""
        size = len(window)
        if window[-1:] not in self._prefix_ends:
            return size
        for start in range(max(fresh, size - self._tail), size):
            if window[start:] in self._prefixes:
                return start
        return size


def _hit(window: str, start: int, rule: Rule) -> Hit | None:
    match = rule.expression.pattern.match(window, start, timeout=MATCH_SECONDS)
    if match is None:
        return None
    first, last = match.span("value") if "value" in rule.expression.pattern.groupindex else match.span()
    if rule.check and not CHECKS[rule.check](window[first:last]):
        return None
    return Hit(first, last, rule.risk, rule.id, rule.score, rule.severity, rule.reason)
