"""The shapes of the rules data: one frozen struct per noun, strict about unknown fields.

URNs are stable and never reused. In the YAML an entry carries its short ``id``; the URN is derived from it.
"""

from __future__ import annotations

import enum
from datetime import date

import msgspec


class Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A struct that refuses fields it does not know."""


class Named(Strict, frozen=True):
    """A code with its Chinese and English name."""

    code: str
    zh: str
    en: str


class Actor(Named, frozen=True):
    """Who an obligation falls on; ``role`` is the profile role that says so."""

    role: str


class Confidence(Named, frozen=True):
    """How sure a fact is; ``verified`` only where the text of the clause itself was read."""

    verified: bool


class Cadence(Named, frozen=True):
    """How often an obligation is due; ``current_days``: how long one document stays current at most, ``None`` for no limit."""

    current_days: int | None


class Duty(Strict, frozen=True):
    """One of the eight duties of the campaign notices."""

    number: int
    title_zh: str
    title_en: str
    line_zh: str
    line_en: str


class InstrumentKind(enum.StrEnum):
    """What an instrument is."""

    LAW = "law"
    REGULATION = "regulation"
    RULE = "rule"
    STANDARD = "standard"
    NOTICE = "notice"
    GUIDE = "guide"
    PRACTICE = "practice"


class InstrumentStatus(enum.StrEnum):
    """Whether an instrument has been issued, or is a draft that obliges nobody."""

    IN_FORCE = "in_force"
    DRAFT = "draft"


class Instrument(Strict, frozen=True):
    """A law, regulation, standard, notice or body of practice.

    ``in_force`` is the date it takes effect; ``None`` for drafts and where the date could not be established.
    """

    id: str
    kind: InstrumentKind
    title_zh: str
    title_en: str
    issuer: str
    in_force: date | None
    status: InstrumentStatus
    confidence: str
    note: str
    number: str = ""

    @property
    def urn(self) -> str:
        """``urn:guiju:instrument:<id>``."""
        return f"urn:guiju:instrument:{self.id}"


class Clause(Strict, frozen=True):
    """Where an obligation comes from.

    ``verbatim`` says that the obligation's text is the clause's own wording; ``confidence`` how the clause is known.
    """

    instrument: str
    confidence: str
    article: str = ""
    verbatim: bool = False


class SetBy(enum.StrEnum):
    """Who fixed a threshold: a rule or standard, filing practice, or the operator."""

    LAW = "law"
    PRACTICE = "practice"
    OPERATOR = "operator"


class Comparison(enum.StrEnum):
    """How a measured value must stand to the threshold."""

    AT_LEAST = ">="
    AT_MOST = "<="
    MORE = ">"
    LESS = "<"
    EQUAL = "=="

    def met(self, value: float, threshold: float) -> bool:
        """Whether ``value`` stands to ``threshold`` as required."""
        match self:
            case Comparison.AT_LEAST:
                return value >= threshold
            case Comparison.AT_MOST:
                return value <= threshold
            case Comparison.MORE:
                return value > threshold
            case Comparison.LESS:
                return value < threshold
            case Comparison.EQUAL:
                return value == threshold


class Threshold(Strict, frozen=True):
    """A number an obligation turns on.

    ``value`` is ``None`` where no rule fixes it and the operator has yet to. A threshold set by the operator carries
    its ``owner``, a ``reason`` and the day it was set; without an owner it is Guiju's default, not yet confirmed.
    """

    name: str
    comparison: Comparison
    value: int | float | None
    unit: str
    set_by: SetBy
    confidence: str
    zh: str
    en: str
    owner: str = ""
    reason: str = ""
    set_on: date | None = None

    @property
    def confirmed(self) -> bool:
        """Whether the number is fixed by a rule or practice, or was confirmed by a named owner."""
        return self.set_by is not SetBy.OPERATOR or bool(self.owner)


class CheckUse(Strict, frozen=True):
    """A registered check that measures an obligation, over the last ``window_days`` days."""

    id: str
    window_days: int


class Proof(enum.StrEnum):
    """What proves an obligation: its checks, a document in effect, either, or both."""

    CHECK = "check"
    DOCUMENT = "document"
    CHECK_OR_DOCUMENT = "check_or_document"
    CHECK_AND_DOCUMENT = "check_and_document"


class Obligation(Strict, frozen=True):
    """One duty that a rule puts on an actor.

    Attributes:
        duty: 1 to 8. ``text_zh``: what the clauses ask, in our own words.
        actors: codes of vocabulary.yaml; the obligation applies to a service with any of these roles.
        applies: a CEL expression over the profile that must hold besides; empty for always.
        confidence: the tags of the threshold, strongest first, as the source table gives them.
        effective_from, effective_until: the days between which it binds, both inclusive.
    """

    id: str
    duty: int
    title_zh: str
    title_en: str
    text_zh: str
    clauses: tuple[Clause, ...]
    actors: tuple[str, ...]
    cadence: tuple[str, ...]
    evidence: tuple[str, ...]
    confidence: tuple[str, ...]
    effective_from: date | None
    effective_until: date | None = None
    applies: str = ""
    thresholds: tuple[Threshold, ...] = ()
    checks: tuple[CheckUse, ...] = ()
    proof: Proof = Proof.DOCUMENT

    @property
    def urn(self) -> str:
        """``urn:guiju:obligation:<id>``."""
        return f"urn:guiju:obligation:{self.id}"


class CampaignItem(Strict, frozen=True):
    """One item of a campaign notice and the obligations that answer it. ``verbatim``: ``text_zh`` is the notice's own wording."""

    id: str
    instrument: str
    article: str
    title_zh: str
    title_en: str
    text_zh: str
    verbatim: bool
    confidence: str
    obligations: tuple[str, ...]

    @property
    def urn(self) -> str:
        """``urn:guiju:campaign:<id>``."""
        return f"urn:guiju:campaign:{self.id}"


class RiskClass(Named, frozen=True):
    """One of the five classes of GB/T 45654 with its minima per risk; ``None`` where none is set."""

    keywords: int | None
    generation_questions: int | None
    refusal_questions: int | None


class Risks(Strict, frozen=True):
    """The risk taxonomy: classes, the 31 risks, Guiju's finer tags, and the ``guiju.*`` families."""

    source: str
    confidence: str
    classes: tuple[RiskClass, ...]
    risks: tuple[Named, ...]
    tags: tuple[Named, ...]
    families: tuple[Named, ...]

    def class_of(self, risk: str) -> RiskClass | None:
        """The class of a risk or finer tag; ``None`` for the ``guiju.*`` families."""
        return next((c for c in self.classes if risk.startswith(c.code + ".")), None)

    def name(self, tag: str) -> Named | None:
        """The names of any risk tag; a finer tag nobody listed answers with its risk."""
        known = {n.code: n for n in (*self.risks, *self.tags, *self.families)}
        return known.get(tag) or known.get(tag.partition("/")[0])


class Pattern(Strict, frozen=True):
    """The published form of a number, as a regular expression that must match in full."""

    code: str
    pattern: str
    confidence: str
    zh: str
    en: str


class Vocabulary(Strict, frozen=True):
    """The words the other files use."""

    actors: tuple[Actor, ...]
    confidences: tuple[Confidence, ...]
    cadences: tuple[Cadence, ...]
    units: tuple[Named, ...]
    evidence: tuple[Named, ...]
    figures: tuple[Named, ...]
    patterns: tuple[Pattern, ...]
