"""The status of every obligation, every duty and every campaign item on a given day."""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date

import msgspec

from guiju.law.applicability import Applicability
from guiju.law.book import Book
from guiju.law.documents import Document, Standing, standing
from guiju.law.ledger import SAMPLE, Ledger
from guiju.law.period import Period
from guiju.law.profile import Profile
from guiju.law.registry import CHECKS
from guiju.law.result import CheckResult, Figure, Outcome, Validity, insufficient
from guiju.law.schema import CampaignItem, Duty, Obligation, Proof

DUE_DAYS = 30
"""A proof that ends within so many days shows as due soon."""


class State(enum.StrEnum):
    """How an obligation stands. ``unknown``: the profile does not yet say whether it applies."""

    PROVEN = "proven"
    DUE_SOON = "due_soon"
    UNPROVEN = "unproven"
    FAILING = "failing"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"


class CheckRun(msgspec.Struct, frozen=True):
    """One check as run for an obligation: its id, the span it looked at, and what it answered."""

    id: str
    period: Period
    result: CheckResult


class ObligationStatus(msgspec.Struct, frozen=True):
    """One obligation's standing.

    Attributes:
        runs: its checks with their answers; empty for obligations proven by document, or that do not apply.
        document: the document that counts, if any.
        validity: how long the proof holds, ``None`` without an end or without proof.
        reason_zh, reason_en: one sentence: why this status.
    """

    obligation: Obligation
    status: State
    applicability: Applicability
    verified: bool
    reason_zh: str
    reason_en: str
    runs: tuple[CheckRun, ...] = ()
    document: Standing | None = None
    validity: Validity | None = None

    @property
    def figures(self) -> tuple[Figure, ...]:
        """The figures of every check."""
        return tuple(f for run in self.runs for f in run.result.figures)

    @property
    def records(self) -> tuple[str, ...]:
        """Sample record ids of every check, each once."""
        return tuple(dict.fromkeys(r for run in self.runs for r in run.result.records))[:SAMPLE]


class DutyStatus(msgspec.Struct, frozen=True):
    """How many obligations of a duty stand how."""

    duty: Duty
    counts: dict[State, int]

    def count(self, state: State) -> int:
        """Obligations in this state."""
        return self.counts.get(state, 0)


class CampaignStatus(msgspec.Struct, frozen=True):
    """A campaign item and the worst standing among the obligations that answer it."""

    item: CampaignItem
    status: State


_WORST_FIRST = (State.FAILING, State.UNPROVEN, State.UNKNOWN, State.DUE_SOON, State.PROVEN, State.NOT_APPLICABLE)


def status(
    book: Book,
    profile: Profile,
    ledger: Ledger,
    documents: Iterable[Document],
    on: date,
    due_days: int = DUE_DAYS,
) -> list[ObligationStatus]:
    """The standing of every obligation of the book for one service on the day ``on``, in the book's order."""
    uploaded = tuple(documents)
    return [obligation_status(book, o, profile, ledger, uploaded, on, due_days) for o in book.obligations]


def obligation_status(
    book: Book,
    obligation: Obligation,
    profile: Profile,
    ledger: Ledger,
    documents: Sequence[Document],
    on: date,
    due_days: int = DUE_DAYS,
) -> ObligationStatus:
    """The standing of one obligation, measured now."""
    runs = measure(book, obligation, profile, ledger, on)
    return assess(book, obligation, profile, runs, documents, on, due_days)


def measure(book: Book, obligation: Obligation, profile: Profile, ledger: Ledger, on: date) -> tuple[CheckRun, ...]:
    """Run the checks of an obligation; none where it does not apply."""
    if not obligation.checks or not book.applicability(obligation, profile, on).applies:
        return ()
    parameters = book.parameters(obligation)
    periods = [(use.id, Period.ending(on, use.window_days)) for use in obligation.checks]
    return tuple(CheckRun(name, span, CHECKS[name](ledger, profile, span, parameters)) for name, span in periods)


def assess(
    book: Book,
    obligation: Obligation,
    profile: Profile,
    runs: Sequence[CheckRun],
    documents: Sequence[Document],
    on: date,
    due_days: int = DUE_DAYS,
) -> ObligationStatus:
    """The standing of one obligation from checks that were run before (kept by whoever ran them) and its documents."""
    binding = book.applicability(obligation, profile, on)
    verified = book.verified(obligation)
    if not binding.applies:
        state = State.UNKNOWN if binding.applies is None else State.NOT_APPLICABLE
        return ObligationStatus(obligation, state, binding, verified, binding.reason_zh, binding.reason_en)
    held = standing(documents, obligation.id, on, book.current_days(obligation))
    verdict = _weigh(obligation.proof, [_current(r.result, on) for r in runs], held)
    state = verdict.state
    if state is State.PROVEN and verdict.validity and verdict.validity.ends_soon(on, due_days):
        state = State.DUE_SOON
    return ObligationStatus(
        obligation, state, binding, verified, verdict.zh, verdict.en, tuple(runs), held, verdict.validity
    )


def by_duty(book: Book, statuses: Iterable[ObligationStatus]) -> list[DutyStatus]:
    """The roll-up per duty, in the order of the duties."""
    counts: dict[int, Counter[State]] = {d.number: Counter() for d in book.duties}
    for one in statuses:
        counts[one.obligation.duty][one.status] += 1
    return [DutyStatus(d, dict(counts[d.number])) for d in book.duties]


def by_campaign(book: Book, statuses: Iterable[ObligationStatus]) -> list[CampaignStatus]:
    """The roll-up per campaign item: the worst of its obligations; *not applicable* only when none applies."""
    states = {s.obligation.id: s.status for s in statuses}
    return [CampaignStatus(c, min((states[o] for o in c.obligations), key=_WORST_FIRST.index)) for c in book.campaigns]


class _Verdict(msgspec.Struct, frozen=True):
    state: State
    zh: str
    en: str
    validity: Validity | None = None


def _weigh(proof: Proof, results: Sequence[CheckResult], held: Standing | None) -> _Verdict:
    """What checks and document add up to under an obligation's kind of proof."""
    by_document = _document_verdict(held)
    if proof is Proof.DOCUMENT:
        return by_document
    by_checks = _checks_verdict(results)
    if proof is Proof.CHECK_OR_DOCUMENT and by_checks.state is State.UNPROVEN and by_document.state is State.PROVEN:
        return _both(by_checks, by_document, State.PROVEN, by_document.validity)
    if proof is Proof.CHECK_AND_DOCUMENT and by_checks.state is State.PROVEN:
        return _both(
            by_checks, by_document, by_document.state, Validity.earlier(by_checks.validity, by_document.validity)
        )
    return by_checks


def _checks_verdict(results: Sequence[CheckResult]) -> _Verdict:
    if not results:
        return _Verdict(State.UNPROVEN, "尚未测量。", "Not measured yet.")
    counted = [r for r in results if r.status is not Outcome.NOT_APPLICABLE]
    if not counted:
        return _Verdict(State.NOT_APPLICABLE, *_said(results))
    for outcome, state in ((Outcome.FAIL, State.FAILING), (Outcome.INSUFFICIENT, State.UNPROVEN)):
        if found := [r for r in counted if r.status is outcome]:
            return _Verdict(state, *_said(found))
    return _Verdict(State.PROVEN, *_said(counted), Validity.earlier(*(r.validity for r in counted)))


def _current(result: CheckResult, on: date) -> CheckResult:
    """A kept *pass* whose validity has ended since no longer proves anything."""
    if result.status is not Outcome.PASS or result.validity is None or result.validity.until >= on:
        return result
    until = result.validity.until
    return insufficient(result.figures, f"证明已于 {until} 到期。", f"The proof ended on {until}.", result.records)


def _document_verdict(held: Standing | None) -> _Verdict:
    if held is None:
        return _Verdict(State.UNPROVEN, "尚无有效的证明文件。", "No document in effect proves it yet.")
    title, until = held.document.title, held.until
    zh = f"由文件「{title}」证明" + (f"，有效至 {until}。" if until else "。")
    en = f"Proven by “{title}”" + (f", until {until}." if until else ".")
    return _Verdict(State.PROVEN, zh, en, held.validity)


def _both(checks: _Verdict, document: _Verdict, state: State, validity: Validity | None) -> _Verdict:
    return _Verdict(state, checks.zh + document.zh, f"{checks.en} {document.en}", validity)


def _said(results: Iterable[CheckResult]) -> tuple[str, str]:
    said = tuple(results)
    return "".join(r.zh for r in said), " ".join(r.en for r in said)
