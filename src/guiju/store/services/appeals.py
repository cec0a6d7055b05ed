"""Appeals: decided by somebody else than the first decider, answered, restored where granted, counted against the rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q
from django.utils import timezone

from guiju.errors import GuijuError, InvalidField, InvalidTransition, NothingToAppeal, SameDecider
from guiju.evidence import Exchange, decode
from guiju.store import complaint_words, outbox, sanction_numbers, snapshot_version
from guiju.store.actor import Actor
from guiju.store.acts import act, reasoned
from guiju.store.audit import append
from guiju.store.claims import held
from guiju.store.models import (
    Account,
    Appeal,
    Case,
    Complaint,
    ComplaintMessage,
    Record,
    RuleVerdict,
    Sanction,
    User,
    Violation,
)
from guiju.store.permissions import Permission, require
from guiju.store.services import accounts
from guiju.store.validation import fresh

Outcome = Appeal.Outcome


@dataclass(frozen=True)
class Precision:
    """How often appeals found that a rule had fired rightly.

    Attributes:
        decided: appeals decided about contents it fired on. ``right``: of these, the ones that were rejected.
    """

    detector: str
    rule: str
    decided: int
    right: int

    @property
    def share(self) -> float:
        """``right`` of ``decided``, 0 to 1."""
        return self.right / self.decided


def open_for(complaint: Complaint, sanction: int | str | None) -> Appeal:
    """The appeal behind a complaint of that kind; inside the transaction that receives it.

    The record is found by the number that came with the refusal, the sanction by the number that its notice quotes, by
    its bare number where the account is known, or as the newest in force that rests on the record or binds the account.

    Raises:
        NothingToAppeal: neither is found.
    """
    number = complaint.content_number
    record = Record.objects.filter(content_number=number).first() if number else None
    account = complaint.account
    if account is None and record is not None and record.account:
        account = Account.objects.filter(pk=record.account).first()
    row = _sanction(sanction, account, record)
    if record is None and row is None and not (account is not None and complaint.topic == "minor"):
        raise NothingToAppeal(key=number or sanction or "—")
    return Appeal.objects.create(
        complaint=complaint, record=record, sanction=row, account=account or (row.account if row else None)
    )


def undecided(complaint: Complaint) -> bool:
    """Whether this is an appeal that waits for its decision."""
    return Appeal.objects.filter(pk=complaint.pk, outcome="").exists()


def decided(complaint: Complaint) -> bool:
    """Whether this is an appeal that was decided."""
    return Appeal.objects.filter(pk=complaint.pk).exclude(outcome="").exists()


def first_deciders(appeal: Appeal) -> set[int]:
    """The users who took part in what is appealed against: they may not decide about it."""
    found: set[int | None] = set()
    if appeal.record_id:
        found |= set(Case.objects.filter(record=appeal.record_id).values_list("decided_by_id", flat=True))
    for sanction in _touched(appeal):
        found.add(sanction.imposed_by_id)
        proposal = getattr(sanction, "proposal", None)
        if proposal is not None:
            found |= {proposal.proposed_by_id, proposal.decided_by_id}
        if sanction.bulk is not None:
            found |= {sanction.bulk.created_by_id, sanction.bulk.decided_by_id}
    return {user for user in found if user is not None}


def may_decide(user: User, appeal: Appeal) -> bool:
    """Whether this user took no part in the first decision."""
    return user.pk not in first_deciders(appeal)


@act(Permission.DECIDE_APPEALS)
def decide(actor: Actor, appeal: Appeal, outcome: str, reason: str, answer: str, now: datetime) -> Appeal:
    """Decide an appeal whose complaint one holds, and answer its author.

    ``granted`` lifts every sanction in force that rests on what was appealed against, takes the violation back, and
    counts against each rule that fired; ``rejected`` counts for it.

    Raises:
        SameDecider: the actor decided first. LeaseLost: the complaint is not held. InvalidTransition: decided already.
        ReasonMissing; InvalidField: an unknown outcome, or no answer. PermissionDenied: granting would reopen a closed
        account, and the actor may not.
    """
    row, because = fresh(appeal), reasoned(reason)
    if outcome not in Outcome.values:
        raise InvalidField(field="outcome", problem="unknown outcome")
    if row.outcome:
        raise InvalidTransition(what_zh="申诉", what_en="appeal", state=row.outcome, target=outcome)
    if actor.user is None or not may_decide(actor.user, row):
        raise SameDecider()
    complaint = held(actor, row.complaint, now)
    if not answer.strip():
        raise InvalidField(field="answer", problem="empty")
    if outcome == Outcome.GRANTED and any(s.step == Sanction.Step.CLOSE and _binds(s, now) for s in _touched(row)):
        require(actor, Permission.CLOSE_ACCOUNTS)
    row.outcome, row.reason, row.decided_by, row.decided_at = outcome, because, actor.user, now
    if outcome == Outcome.GRANTED:
        row.restored = [sanction.pk for sanction in _restore(actor, row, because)]
    row.save()
    _count(row, right=outcome == Outcome.REJECTED, now=now)
    complaint_words.add(complaint, ComplaintMessage.Author.STAFF, answer.strip(), now, actor.user)
    _conclude(actor, complaint, now)
    detail = {"outcome": outcome, "restored": row.restored, "record": row.record_id}
    append(actor, "appeal.decide", complaint, reason=because, detail=detail)
    outbox.announce("appeal.decided", {"receipt": complaint.receipt, "outcome": outcome}, now)
    return row


def precision(since: datetime | None = None) -> list[Precision]:
    """Every rule that an appeal was decided about, the most often overturned first."""
    rows = RuleVerdict.objects.filter(at__gte=since) if since is not None else RuleVerdict.objects.all()
    counted = (
        rows.values("detector", "rule")
        .annotate(decided=Count("id"), rightly=Count("id", filter=Q(right=True)))
        .order_by("detector", "rule")
    )
    found = [Precision(r["detector"], r["rule"], r["decided"], r["rightly"]) for r in counted]
    return sorted(found, key=lambda p: (p.share, -p.decided, p.rule))


def _sanction(number: int | str | None, account: Account | None, record: Record | None) -> Sanction | None:
    if isinstance(number, str) and number.strip():
        told = sanction_numbers.find(number)
        return told if told is not None and (account is None or told.account_id == account.pk) else None
    if isinstance(number, int):
        return Sanction.objects.filter(pk=number, account=account).first() if account is not None else None
    if account is None:
        return None
    active = accounts.active(account, timezone.now())
    if record is not None:
        return next((s for s in active if record.pk in s.records), None)
    return active[0] if active else None


def _touched(appeal: Appeal) -> Iterator[Sanction]:
    """The sanction appealed against, and every other of the account that rests on the record."""
    related = Sanction.objects.select_related("bulk", "proposal")
    if appeal.sanction_id is not None:
        yield related.get(pk=appeal.sanction_id)
    if appeal.record_id is not None and appeal.account_id is not None:
        others = related.filter(account_id=appeal.account_id).exclude(pk=appeal.sanction_id or 0)
        yield from (sanction for sanction in others if appeal.record_id in sanction.records)


def _restore(actor: Actor, appeal: Appeal, reason: str) -> list[Sanction]:
    """Lift what is in force and take the violation back."""
    now, lifted = timezone.now(), []
    for sanction in _touched(appeal):
        if _binds(sanction, now):
            sanction.lifted_at, sanction.lifted_by, sanction.lift_reason = now, actor.user, reason
            sanction.save(update_fields=["lifted_at", "lifted_by", "lift_reason"])
            detail = {"sanction": sanction.pk, "step": sanction.step, "appeal": appeal.pk}
            append(actor, "account.lift", sanction.account, reason=reason, detail=detail)
            lifted.append(sanction)
    records = {appeal.record_id} if appeal.record_id is not None else set(_records(appeal))
    Violation.objects.filter(record_id__in=records).delete()
    if lifted:
        snapshot_version.bump()
        account = lifted[0].account_id
        outbox.announce("account.restored", {"account": account, "sanctions": [s.pk for s in lifted]}, now)
    return lifted


def _binds(sanction: Sanction, now: datetime) -> bool:
    return sanction.lifted_at is None and (sanction.expires_at is None or sanction.expires_at > now)


def _records(appeal: Appeal) -> Iterable[int]:
    return appeal.sanction.records if appeal.sanction is not None else ()


def _count(appeal: Appeal, *, right: bool, now: datetime) -> None:
    """One verdict per rule that fired on what was appealed against."""
    numbers = [appeal.record_id] if appeal.record_id is not None else list(_records(appeal))
    fired = {key for record in Record.objects.filter(pk__in=numbers) for key in _fired(record)}
    RuleVerdict.objects.bulk_create(
        RuleVerdict(appeal=appeal, detector=detector[:40], rule=rule[:120], risk=risk[:60], right=right, at=now)
        for detector, rule, risk in sorted(fired)
    )


def _fired(record: Record) -> Iterator[tuple[str, str, str]]:
    """The rules behind the verdict of a record: those that found the risk it was stopped for."""
    try:
        body = decode(bytes(record.body))
    except GuijuError:
        return
    if isinstance(body, Exchange):
        for verdict in (body.prompt, body.answer):
            yield from ((f.detector, f.rule, f.risk) for f in verdict.findings if f.risk == verdict.risk)


def _conclude(actor: Actor, complaint: Complaint, now: datetime) -> None:
    complaint.state, complaint.closed_at, complaint.closed_by = Complaint.State.CLOSED, now, actor.user
    complaint.answered_at = complaint.answered_at or now
    complaint.claimed_by = complaint.claimed_until = None
    complaint.save()
