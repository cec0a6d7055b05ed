"""What Guiju looks for: every detector with its rules, as data for the console, the command line and the documents.

Words themselves are not listed (they belong to their lists); a list appears as one rule with its number of entries.
"""

from __future__ import annotations

from collections import Counter

import msgspec

from guiju.moderation import starter
from guiju.moderation.checker import Checker
from guiju.moderation.detectors import registered
from guiju.moderation.models import shelf
from guiju.moderation.rules import Rule
from guiju.text.disguises import BY_SOUND, KINDS, TAG, reason_of

_MODELS = "trained by Guiju: python -m training"


class CataloguedRule(msgspec.Struct, frozen=True):
    """One rule: its id (as findings carry it, or the list's name), title, risk, severity, source and size."""

    id: str
    title: str
    risk: str
    severity: str
    source: str
    entries: int = 1


class CataloguedDetector(msgspec.Struct, frozen=True):
    """One detector: name, titles, rules."""

    name: str
    zh: str
    en: str
    rules: tuple[CataloguedRule, ...]


def catalogue(checker: Checker, patterns: tuple[Rule, ...]) -> tuple[CataloguedDetector, ...]:
    """All detectors, reading disguises included, with the rules of this checker's lexicon and these pattern rules."""
    detectors = [
        CataloguedDetector(each.name, each.title_zh, each.title_en, _rules(each.name, checker, patterns))
        for each in registered()
    ]
    return (*detectors, CataloguedDetector("disguise", "伪装", "Disguises undone while reading", _disguises(KINDS)))


def _disguises(kinds: tuple[str, ...]) -> tuple[CataloguedRule, ...]:
    return tuple(CataloguedRule(kind, reason_of(kind), TAG + kind, "low", "guiju.text") for kind in kinds)


def _rules(name: str, checker: Checker, patterns: tuple[Rule, ...]) -> tuple[CataloguedRule, ...]:
    if name == "words":
        return _lists(checker)
    if name == "sounds":
        return _disguises(BY_SOUND)
    if name == "rumours":
        claims = len(starter.refuted())
        return (
            CataloguedRule("refuted", "已辟谣的说法", "A.1.g/rumour", "medium", "each entry names its own", claims),
        )
    if name == "model":
        return tuple(CataloguedRule(head.name, head.zh, head.risk, "low", _MODELS) for head in shelf.manifest().heads)
    return tuple(
        CataloguedRule(rule.id, rule.title, rule.risk, rule.severity, rule.source)
        for rule in patterns
        if rule.detector == name
    )


def _lists(checker: Checker) -> tuple[CataloguedRule, ...]:
    counts = Counter((e.list, e.risk, e.severity, e.source) for e in checker.lexicon.entries if not e.allow)
    return tuple(
        CataloguedRule(name, name, risk, severity, source, entries)
        for (name, risk, severity, source), entries in sorted(counts.items())
    )
