"""Deciding again: a sample of decided cases goes to a second reviewer, blind; where the two differ, a third one settles it."""

from __future__ import annotations

from datetime import datetime, timedelta

from guiju.desk import Agreement, agreement, drawn
from guiju.store import desk_policy
from guiju.store.actor import Actor
from guiju.store.audit import append
from guiju.store.desk_counts import FIRED
from guiju.store.finished_days import forget
from guiju.store.models import Case, CaseSketch, Sanction, Violation
from guiju.store.services import accounts


def follow(actor: Actor, case: Case, now: datetime) -> None:
    """What follows from a decision: perhaps a second review, a settling, or a verdict overturned. Inside its transaction."""
    if case.kind == Case.Kind.FIRST:
        if drawn(bytes(case.record.hash) + case.part.encode(), desk_policy.in_force().double_review.per_mille):
            _again(case, Case.Kind.SECOND, now)
    elif case.about is not None and case.kind == Case.Kind.SECOND:
        if case.verdict != case.about.verdict:
            _again(case.about, Case.Kind.SETTLE, now)
    elif case.about is not None and case.verdict != case.about.verdict:
        _overturn(actor, case.about, case, now)


def pairs(since: datetime, until: datetime) -> list[tuple[str, str]]:
    """First and second verdict of every case whose second review was decided in the span."""
    rows = Case.objects.filter(
        kind=Case.Kind.SECOND, status=Case.Status.DECIDED, decided_at__gte=since, decided_at__lt=until
    ).values_list("about__overturned_from", "about__verdict", "verdict")
    return [(before or first, second) for before, first, second in rows]


def measured(since: datetime, until: datetime) -> Agreement:
    """How far first and second reviewers agreed in the span."""
    return agreement(pairs(since, until))


def _again(first: Case, kind: Case.Kind, now: datetime) -> None:
    """Put a decided case before somebody else; a settling takes the place in the queue that the first one had."""
    rules = desk_policy.in_force()
    settle = kind == Case.Kind.SETTLE
    hours = rules.deadlines[-1].hours if settle else rules.double_review.hours
    case, created = Case.objects.get_or_create(
        record_id=first.record_id,
        part=first.part,
        kind=kind,
        defaults={
            "about": first,
            "opened_at": now,
            "due_at": now + timedelta(hours=hours),
            "priority": first.priority if settle else rules.double_review.points,
            **{name: getattr(first, name) for name in ("risk", "service", "severity", "severe", "minors", "reach")},
        },
    )
    kept = CaseSketch.objects.filter(pk=first.pk).first()
    if created and kept is not None:
        CaseSketch.objects.create(case=case, at=now, sketch=kept.sketch)


def _overturn(actor: Actor, first: Case, settled: Case, now: datetime) -> None:
    """The settling prevails: the verdict in force changes, and what rested on it is taken back."""
    first.overturned_from, first.overturned_at, first.verdict = first.verdict, now, settled.verdict
    first.save(update_fields=["overturned_from", "overturned_at", "verdict"])
    if first.decided_at is not None:
        forget(FIRED, first.decided_at)
    lifted = []
    if settled.verdict == Case.Verdict.FINE:
        Violation.objects.filter(record_id=first.record_id).delete()
        lifted = _lift(actor, first, settled.note or f"case {settled.pk}")
    detail = {"from": first.overturned_from, "to": first.verdict, "settled_by": settled.pk, "lifted": lifted}
    append(actor, "case.overturn", first, detail=detail)


def _lift(actor: Actor, first: Case, reason: str) -> list[int]:
    """Lift what was done to the account for this record alone; a closed account is the compliance officer's to reopen."""
    active = Sanction.objects.filter(account_id=first.record.account, lifted_at=None).exclude(step=Sanction.Step.CLOSE)
    resting = [sanction for sanction in active if sanction.records == [first.record_id]]
    for sanction in resting:
        accounts.lift(actor, sanction, reason)
    return [sanction.pk for sanction in resting]
