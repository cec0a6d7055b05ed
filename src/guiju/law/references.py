"""Checks the rules data against itself: unique identifiers, references that exist, expressions that mean something."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

import msgspec

from guiju.errors import DuplicateUrnError, ExpressionError, LawSchemaError, UnknownReferenceError
from guiju.law import expression
from guiju.law.diagnostics import Faults, Place, nearest
from guiju.law.form import Form
from guiju.law.profile import FACTS
from guiju.law.registry import CHECKS
from guiju.law.schema import (
    CampaignItem,
    Clause,
    Duty,
    Instrument,
    Named,
    Obligation,
    Proof,
    Risks,
    Threshold,
    Vocabulary,
)
from guiju.law.source import Source

T = TypeVar("T", bound=msgspec.Struct)


@dataclass(frozen=True)
class Located(Generic[T]):
    """An entry and where it was read."""

    item: T
    source: Source
    path: tuple[str | int, ...]

    def place(self, *inner: str | int) -> Place:
        """Where a part of the entry stands."""
        return self.source.place(*self.path, *inner)


def located(source: Source, kind: type[T]) -> tuple[Located[T], ...]:
    """Every entry of a file that is a list."""
    return tuple(Located(item, source, path) for item, path in source.items(kind))


@dataclass(frozen=True)
class Read:
    """Everything as read, before it is checked against itself."""

    duties: tuple[Located[Duty], ...]
    instruments: tuple[Located[Instrument], ...]
    obligations: tuple[Located[Obligation], ...]
    campaigns: tuple[Located[CampaignItem], ...]
    vocabulary: Vocabulary
    risks: Risks
    form: Form
    words: Source
    taxonomy: Source


def verify(read: Read, faults: Faults) -> None:
    """Note every contradiction inside the data."""
    check = _Verifier(read, faults)
    check.vocabulary()
    check.risks()
    check.unique("instrument", ((i, i.item.id) for i in read.instruments))
    check.unique("obligation", ((o, o.item.id) for o in read.obligations))
    check.unique("campaign item", ((c, c.item.id) for c in read.campaigns))
    for instrument in read.instruments:
        check.known("confidence", instrument.item.confidence, instrument.place("confidence"))
    for obligation in read.obligations:
        check.obligation(obligation)
    for campaign in read.campaigns:
        check.campaign(campaign)


class _Verifier:
    def __init__(self, read: Read, faults: Faults) -> None:
        words = read.vocabulary
        self._read = read
        self._faults = faults
        self._known: dict[str, set[str]] = {
            "actor": {a.code for a in words.actors},
            "confidence": {c.code for c in words.confidences},
            "cadence": {c.code for c in words.cadences},
            "unit": {u.code for u in words.units},
            "evidence kind": {e.code for e in words.evidence},
            "instrument": {i.item.id for i in read.instruments},
            "duty": {str(d.item.number) for d in read.duties},
            "obligation": {o.item.id for o in read.obligations},
            "check": set(CHECKS),
        }

    def known(self, kind: str, word: str, place: Place) -> None:
        """Note a reference to something that does not exist."""
        if word not in self._known[kind]:
            self._faults.add(UnknownReferenceError, place, f"unknown {kind} {word!r}", nearest(word, self._known[kind]))

    def unique(self, kind: str, entries: Iterable[tuple[Located[T], str]]) -> None:
        """Note the second of two entries with one identifier."""
        first: dict[str, Place] = {}
        for entry, name in entries:
            place = entry.place("id")
            if name in first:
                hint = f"first used at {first[name].file}:{first[name].line}"
                self._faults.add(DuplicateUrnError, place, f"{kind} {name!r} appears twice", hint)
            first.setdefault(name, place)

    def vocabulary(self) -> None:
        """Codes are unique, actors name roles of the form, patterns compile."""
        words, source = self._read.vocabulary, self._read.words
        lists: dict[str, tuple[str, ...]] = {
            name: tuple(n.code for n in getattr(words, name)) for name in msgspec.structs.asdict(words)
        }
        for name, codes in lists.items():
            self._codes(source, name, codes)
        roles = {c.code for c in self._read.form.field("roles").choices}
        for i, actor in enumerate(words.actors):
            if actor.role not in roles:
                place = source.place("actors", i, "role")
                self._faults.add(
                    UnknownReferenceError, place, f"unknown role {actor.role!r}", nearest(actor.role, roles)
                )
        for i, pattern in enumerate(words.patterns):
            try:
                re.compile(pattern.pattern)
            except re.error as error:
                place = source.place("patterns", i, "pattern")
                self._faults.add(LawSchemaError, place, f"no regular expression: {error}")

    def risks(self) -> None:
        """Risks belong to a class, finer tags to a risk, families to ``guiju.``; codes are unique."""
        risks, source = self._read.risks, self._read.taxonomy
        classes, codes = {c.code for c in risks.classes}, {r.code for r in risks.risks}
        self._codes(source, "classes", tuple(c.code for c in risks.classes))
        parents: tuple[tuple[str, tuple[Named, ...], set[str], str], ...] = (
            ("risks", risks.risks, classes, "."),
            ("tags", risks.tags, codes, "/"),
            ("families", risks.families, {"guiju"}, "."),
        )
        for name, entries, above, separator in parents:
            self._codes(source, name, tuple(e.code for e in entries))
            for i, entry in enumerate(entries):
                stem, _, _ = entry.code.partition(".") if name == "families" else entry.code.rpartition(separator)
                if stem not in above:
                    place = source.place(name, i, "code")
                    self._faults.add(UnknownReferenceError, place, f"unknown risk {stem!r}", nearest(stem, above))

    def obligation(self, entry: Located[Obligation]) -> None:
        """Everything an obligation names."""
        item = entry.item
        self.known("duty", str(item.duty), entry.place("duty"))
        for i, clause in enumerate(item.clauses):
            self._clause(entry, i, clause)
        for field, kind in (
            ("actors", "actor"),
            ("cadence", "cadence"),
            ("evidence", "evidence kind"),
            ("confidence", "confidence"),
        ):
            for i, word in enumerate(getattr(item, field)):
                self.known(kind, word, entry.place(field, i))
        if not item.actors or not item.clauses:
            self._faults.add(LawSchemaError, entry.place(), "an obligation needs at least one actor and one clause")
        for i, threshold in enumerate(item.thresholds):
            self._threshold(entry, i, threshold)
        self._checks(entry)
        if item.applies:
            self._expression(entry)

    def campaign(self, entry: Located[CampaignItem]) -> None:
        """The instrument and the obligations a campaign item points to."""
        item = entry.item
        self.known("instrument", item.instrument, entry.place("instrument"))
        self.known("confidence", item.confidence, entry.place("confidence"))
        for i, obligation in enumerate(item.obligations):
            self.known("obligation", obligation, entry.place("obligations", i))
        if not item.obligations:
            self._faults.add(LawSchemaError, entry.place("obligations"), "no obligation answers this item")

    # --- parts of an obligation

    def _clause(self, entry: Located[Obligation], i: int, clause: Clause) -> None:
        self.known("instrument", clause.instrument, entry.place("clauses", i, "instrument"))
        self.known("confidence", clause.confidence, entry.place("clauses", i, "confidence"))

    def _threshold(self, entry: Located[Obligation], i: int, threshold: Threshold) -> None:
        self.known("unit", threshold.unit, entry.place("thresholds", i, "unit"))
        self.known("confidence", threshold.confidence, entry.place("thresholds", i, "confidence"))
        if any(t.name == threshold.name for t in entry.item.thresholds[:i]):
            place = entry.place("thresholds", i, "name")
            self._faults.add(DuplicateUrnError, place, f"threshold {threshold.name!r} appears twice")

    def _checks(self, entry: Located[Obligation]) -> None:
        item = entry.item
        for i, use in enumerate(item.checks):
            place = entry.place("checks", i, "id")
            self.known("check", use.id, place)
            have = {t.name for t in item.thresholds}
            for name in CHECKS[use.id].needs if use.id in CHECKS else ():
                if name not in have:
                    message = f"check {use.id!r} needs threshold {name!r}"
                    self._faults.add(UnknownReferenceError, place, message, "add it under thresholds")
        if bool(item.checks) is (item.proof is Proof.DOCUMENT):
            hint = "give proof: check, check_or_document or check_and_document exactly where there are checks"
            self._faults.add(LawSchemaError, entry.place("proof"), "proof does not agree with checks", hint)

    def _expression(self, entry: Located[Obligation]) -> None:
        text, place = entry.item.applies, entry.place("applies")
        if wrong := expression.fault(text, FACTS):
            hint = nearest(wrong.split("'")[1], FACTS) if wrong.startswith("unknown profile field") else ""
            self._faults.add(ExpressionError, place, wrong, hint)
            return
        for code, name in expression.literals(text):
            choices = {c.code for c in self._read.form.field(name).choices}
            if code not in choices:
                self._faults.add(UnknownReferenceError, place, f"{name} has no choice {code!r}", nearest(code, choices))

    def _codes(self, source: Source, name: str, codes: tuple[str, ...]) -> None:
        for i, code in enumerate(codes):
            if code in codes[:i]:
                self._faults.add(DuplicateUrnError, source.place(name, i, "code"), f"{name}: {code!r} appears twice")
