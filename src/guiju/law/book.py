"""The rule book: everything under ``data/``, loaded, checked against each other, and indexed.

Loading reports every fault at once, compiler-style, and raises a :class:`~guiju.errors.LawError` subclass.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path

import msgspec

import guiju.law.checks  # noqa: F401  registers every check
from guiju.errors import ThresholdError, UnknownObligationError
from guiju.law.applicability import Applicability, applicability
from guiju.law.diagnostics import Faults
from guiju.law.form import Form
from guiju.law.profile import Profile
from guiju.law.references import Read, located, verify
from guiju.law.registry import Parameters
from guiju.law.schema import (
    CampaignItem,
    Duty,
    Instrument,
    Named,
    Obligation,
    Risks,
    SetBy,
    Threshold,
    Vocabulary,
)
from guiju.law.source import Source

DATA = Path(__file__).parent / "data"


class Override(msgspec.Struct, frozen=True):
    """A threshold the operator set: for which obligation, its value, who answers for it, why, and since when."""

    obligation: str
    name: str
    value: int | float
    owner: str
    reason: str
    set_on: date


@dataclass(frozen=True)
class Book:
    """Every instrument, obligation, campaign item and risk, and the words they use."""

    duties: tuple[Duty, ...]
    vocabulary: Vocabulary
    instruments: tuple[Instrument, ...]
    obligations: tuple[Obligation, ...]
    campaigns: tuple[CampaignItem, ...]
    risks: Risks
    form: Form

    def obligation(self, id_or_urn: str) -> Obligation:
        """The obligation with this id (``FIL-01``) or URN.

        Raises:
            UnknownObligationError: there is none.
        """
        found = self._obligations.get(id_or_urn.rpartition(":")[2])
        if found is None:
            raise UnknownObligationError(obligation=id_or_urn)
        return found

    def instrument(self, id_or_urn: str) -> Instrument:
        """The instrument with this id or URN (``KeyError`` if there is none)."""
        return self._instruments[id_or_urn.rpartition(":")[2]]

    def figure_name(self, code: str) -> Named:
        """The names of a figure (``KeyError`` if vocabulary.yaml has none)."""
        return self._figures[code]

    def verified(self, obligation: Obligation) -> bool:
        """Whether the text of every clause it rests on was read; otherwise screens show 「条款原文未核实」."""
        return all(self._verified[c.confidence] for c in obligation.clauses)

    def applicability(self, obligation: Obligation, profile: Profile, on: date) -> Applicability:
        """Whether it binds the service on that day, and why."""
        return applicability(obligation, profile, on, actors=self.vocabulary.actors, form=self.form)

    def parameters(self, obligation: Obligation) -> Parameters:
        """What its checks are given."""
        return Parameters({t.name: t for t in obligation.thresholds}, self._patterns)

    def current_days(self, obligation: Obligation) -> int | None:
        """How long one document for it stays current at most, by its shortest cadence; ``None`` for no limit."""
        spans = (self._cadences[code] for code in obligation.cadence)
        return min((s for s in spans if s is not None), default=None)

    def with_overrides(self, overrides: Iterable[Override]) -> Book:
        """The book with thresholds the operator set.

        Raises:
            ThresholdError: the threshold does not exist, is not the operator's to set, or lacks owner or reason.
            UnknownObligationError: no such obligation.
        """
        changed = dict(self._obligations)
        for override in overrides:
            obligation = changed[self.obligation(override.obligation).id]
            kept = tuple(_overridden(t, override) if t.name == override.name else t for t in obligation.thresholds)
            if all(t.name != override.name for t in kept):
                raise ThresholdError(
                    obligation=override.obligation, name=override.name, reason="没有此阈值 / no such threshold"
                )
            changed[obligation.id] = msgspec.structs.replace(obligation, thresholds=kept)
        return replace(self, obligations=tuple(changed.values()))

    @cached_property
    def _obligations(self) -> dict[str, Obligation]:
        return {o.id: o for o in self.obligations}

    @cached_property
    def _instruments(self) -> dict[str, Instrument]:
        return {i.id: i for i in self.instruments}

    @cached_property
    def _figures(self) -> dict[str, Named]:
        return {f.code: f for f in self.vocabulary.figures}

    @cached_property
    def _verified(self) -> dict[str, bool]:
        return {c.code: c.verified for c in self.vocabulary.confidences}

    @cached_property
    def _cadences(self) -> dict[str, int | None]:
        return {c.code: c.current_days for c in self.vocabulary.cadences}

    @cached_property
    def _patterns(self) -> dict[str, re.Pattern[str]]:
        return {p.code: re.compile(p.pattern) for p in self.vocabulary.patterns}


def _overridden(threshold: Threshold, override: Override) -> Threshold:
    def refuse(reason: str) -> ThresholdError:
        return ThresholdError(obligation=override.obligation, name=override.name, reason=reason)

    if threshold.set_by is not SetBy.OPERATOR:
        raise refuse("由法规或实务规定 / fixed by a rule or by practice")
    if not override.owner.strip() or not override.reason.strip():
        raise refuse("缺少负责人或理由 / owner or reason is missing")
    return msgspec.structs.replace(
        threshold, value=override.value, owner=override.owner, reason=override.reason, set_on=override.set_on
    )


def load(directory: Path = DATA) -> Book:
    """Read and check a data folder laid out like the one in the package.

    Raises:
        LawError: a subclass for the first fault, with every fault in ``params["diagnostics"]`` and rendered in
            ``params["report"]``.
    """
    faults = Faults()
    read = _read(directory, faults)
    faults.raise_if_any()
    if read is None:  # every way to get here has noted a fault
        raise FileNotFoundError(directory)
    verify(read, faults)
    faults.raise_if_any()
    return Book(
        duties=tuple(d.item for d in read.duties),
        vocabulary=read.vocabulary,
        instruments=tuple(i.item for i in read.instruments),
        obligations=tuple(o.item for o in read.obligations),
        campaigns=tuple(c.item for c in read.campaigns),
        risks=read.risks,
        form=read.form,
    )


@lru_cache(maxsize=1)
def rules() -> Book:
    """The rules shipped with Guiju, loaded once."""
    return load()


def _read(root: Path, faults: Faults) -> Read | None:
    def source(name: str) -> Source:
        return Source.read(root / name, root, faults)

    duties, words, instruments, campaigns = map(
        source, ("duties.yaml", "vocabulary.yaml", "instruments.yaml", "campaigns.yaml")
    )
    taxonomy, profile = source("risks.yaml"), source("profile.yaml")
    groups = [Source.read(path, root, faults) for path in sorted((root / "obligations").glob("*.yaml"))]
    faults.raise_if_any()
    vocabulary, risks, form = words.convert((), Vocabulary), taxonomy.convert((), Risks), profile.convert((), Form)
    read_duties = located(duties, Duty)
    read_instruments = located(instruments, Instrument)
    read_campaigns = located(campaigns, CampaignItem)
    read_obligations = tuple(item for group in groups for item in located(group, Obligation))
    if vocabulary is None or risks is None or form is None:
        return None
    return Read(
        duties=read_duties,
        instruments=read_instruments,
        obligations=read_obligations,
        campaigns=read_campaigns,
        vocabulary=vocabulary,
        risks=risks,
        form=form,
        words=words,
        taxonomy=taxonomy,
    )
