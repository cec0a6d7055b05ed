"""What a decision teaches the rules: a word for a list, or a claim known to be false. A second person approves it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from guiju.errors import InvalidField, InvalidTransition, OwnProposal
from guiju.moderation import lexicon_csv
from guiju.moderation.lexicon import Entry
from guiju.store.actor import Actor
from guiju.store.acts import act, guarded, reasoned
from guiju.store.audit import append, one_at_a_time
from guiju.store.models import Case, CaseProposal, WordList
from guiju.store.permissions import Permission
from guiju.store.services import rumours, word_lists
from guiju.store.validation import clean, fresh

Kind, State = CaseProposal.Kind, CaseProposal.State


@dataclass(frozen=True)
class Word:
    """A word for a list; ``allow`` lets it pass where a shorter one would be met."""

    word_list: WordList
    word: str
    severity: str = "medium"
    allow: bool = False


@dataclass(frozen=True)
class Claim:
    """A claim that was refuted: what it says, what is true instead, and who refuted it where."""

    claim: str
    truth: str
    source: str


@act(Permission.REVIEW_CASES)
def propose_word(actor: Actor, case: Case, word: Word, reason: str, now: datetime) -> CaseProposal:
    """Propose a word for a list.

    Raises:
        ReasonMissing; InvalidField: no word, an unknown severity, or the list has it.
    """
    text = word.word.strip()
    if any(entry.word == text and entry.allow == word.allow for entry in _entries(word.word_list)):
        raise InvalidField(field="text", problem="the list has this word")
    if word.severity not in ("low", "medium", "high"):
        raise InvalidField(field="severity", problem="low, medium or high")
    row = CaseProposal(kind=Kind.WORD, word_list=word.word_list, text=text, severity=word.severity, allow=word.allow)
    return _propose(actor, case, row, reason, now)


@act(Permission.REVIEW_CASES)
def propose_claim(actor: Actor, case: Case, claim: Claim, reason: str, now: datetime) -> CaseProposal:
    """Propose a claim for the register of refuted ones.

    Raises:
        ReasonMissing; InvalidField: the claim, what is true, or the source is missing.
    """
    for field, value in (("truth", claim.truth), ("source", claim.source)):
        if not value.strip():
            raise InvalidField(field=field, problem="missing")
    row = CaseProposal(
        kind=Kind.RUMOUR, text=claim.claim.strip(), truth=claim.truth.strip(), source=claim.source.strip()
    )
    return _propose(actor, case, row, reason, now)


@guarded(Permission.MANAGE_WORD_LISTS)
def approve(actor: Actor, proposal: CaseProposal, answer: str, now: datetime) -> CaseProposal:
    """Put what was proposed in force; gateways follow within a second.

    Raises:
        InvalidTransition: it was decided already, or the list changed meanwhile. OwnProposal. LexiconError.
    """
    row = _pending(actor, proposal, State.APPROVED)
    if row.kind == Kind.WORD and row.word_list is not None:
        _add_word(actor, row, row.word_list)
    else:
        _add_claim(actor, row, now)
    return _close(actor, row, State.APPROVED, answer.strip(), now)


@act(Permission.MANAGE_WORD_LISTS)
def refuse(actor: Actor, proposal: CaseProposal, answer: str, now: datetime) -> CaseProposal:
    """Say why something proposed is not taken over.

    Raises:
        ReasonMissing; InvalidTransition: it was decided already. OwnProposal.
    """
    return _close(actor, _pending(actor, proposal, State.REFUSED), State.REFUSED, reasoned(answer), now)


def _propose(actor: Actor, case: Case, row: CaseProposal, reason: str, now: datetime) -> CaseProposal:
    row.case, row.reason, row.proposed_by, row.proposed_at = case, reasoned(reason), actor.user, now
    clean(row)
    row.save(force_insert=True)
    append(actor, "case.propose", case, reason=row.reason, detail={"proposal": row.pk, "kind": row.kind})
    return row


def _pending(actor: Actor, proposal: CaseProposal, target: str) -> CaseProposal:
    row = fresh(proposal)
    if row.state != State.PENDING:
        raise InvalidTransition(what_zh="提议", what_en="proposal", state=row.state, target=target)
    if actor.user is not None and row.proposed_by_id == actor.user.pk:
        raise OwnProposal()
    return row


def _close(actor: Actor, row: CaseProposal, state: str, answer: str, now: datetime) -> CaseProposal:
    with one_at_a_time():
        taken = CaseProposal.objects.filter(pk=row.pk, state=State.PENDING).update(
            state=state, answer=answer[:500], decided_by=actor.user, decided_at=now
        )
        if not taken:
            raise InvalidTransition(what_zh="提议", what_en="proposal", state="decided", target=state)
        detail = {"proposal": row.pk, "kind": row.kind}
        append(actor, f"case_proposal.{state}", row.case, reason=answer, detail=detail)
    return fresh(row)


def _add_word(actor: Actor, row: CaseProposal, word_list: WordList) -> None:
    """The list's next version: what is in force and the word, with the case as its reason."""
    base, reason = word_list.live_id, f"case {row.case_id}: {row.reason}"
    entry = Entry(
        word=row.text, risk="" if row.allow else word_list.risk or row.case.risk, severity=row.severity, allow=row.allow,
        reason=reason[:200], source=f"case {row.case_id}", owner=word_list.owner, hit="" if row.allow else row.text,
    )  # fmt: skip
    version = word_lists.add_version(
        actor, word_list, lexicon_csv.format_csv([*_entries(word_list), entry]), f"+1 ({reason})"[:200]
    )
    with one_at_a_time():
        if fresh(word_list).live_id != base:
            raise InvalidTransition(what_zh="词表", what_en="word list", state="changed meanwhile", target="live")
        word_lists.set_live(actor, version)


def _add_claim(actor: Actor, row: CaseProposal, now: datetime) -> None:
    """An entry of the register of refuted claims, refuted on the day of its approval as far as is known here."""
    rumours.add(actor, row.text, row.truth, row.source, refuted=now.date(), note=f"case {row.case_id}: {row.reason}")


def _entries(word_list: WordList) -> tuple[Entry, ...]:
    """What is in force of a list, or its newest version where none is."""
    return word_lists.entries(word_list.live or word_list.versions.order_by("-number").first())
