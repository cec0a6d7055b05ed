"""Working on a case before it is decided: split it by part, or put what belongs beside it before reviewers too."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from guiju.desk import Signals, opening
from guiju.errors import InvalidField, NothingToSplit
from guiju.evidence import Exchange, decode
from guiju.evidence.record import RecordedFinding
from guiju.store import case_opening, case_texts, desk_policy
from guiju.store.actor import Actor
from guiju.store.acts import act, reasoned
from guiju.store.audit import append
from guiju.store.case_claims import End, ended, held
from guiju.store.models import Case, Record
from guiju.store.permissions import Permission

_MOST = 20


@act(Permission.REVIEW_CASES)
def split(actor: Actor, case: Case, parts: Sequence[str], note: str, now: datetime) -> list[Case]:
    """Make a case of each of these parts of the exchange; the case itself, which one holds, is then done with.

    Each gets its own risk and severity from what was found in it; their deadline stays that of the whole.

    Raises:
        LeaseLost, InvalidTransition. NothingToSplit: fewer than two parts, one that is not there, or a case of one part.
    """
    row = held(actor, case, now, Case.Verdict.SPLIT)
    if row.part or row.kind != Case.Kind.FIRST:
        raise NothingToSplit(problem="it is about one part already" if row.part else "it reviews a decision")
    chosen = list(dict.fromkeys(parts))
    known = {part.where for part in case_texts.outline(row.record)}
    if len(chosen) < 2 or not known.issuperset(chosen):
        raise NothingToSplit(problem=", ".join(sorted(set(chosen) - known)) or "fewer than two parts")
    made = [_piece(row, part, now) for part in chosen]
    row.status, row.verdict, row.note = Case.Status.DECIDED, Case.Verdict.SPLIT, note.strip()
    row.decided_by, row.decided_at = actor.user, now
    row.claimed_by = row.claimed_until = None
    row.save()
    ended(row, now, End.SPLIT)
    append(actor, "case.split", row, reason=row.note, detail={"parts": chosen, "cases": [one.pk for one in made]})
    return made


@act(Permission.REVIEW_CASES)
def open_beside(actor: Actor, case: Case, records: Sequence[int], reason: str) -> list[Case]:
    """Put other exchanges of the same account before reviewers, one case each; those that have a case are left out.

    Raises:
        ReasonMissing. InvalidField: more than twenty, or a record that is not the account's.
    """
    because, account = reasoned(reason), case.record.account
    rows = list(Record.objects.filter(pk__in=records, account=account).order_by("id")) if account else []
    if not rows or len(rows) != len(set(records)) or len(rows) > _MOST:
        raise InvalidField(field="records", problem=f"1 to {_MOST} exchanges of the same account")
    taken = set(Case.objects.filter(record__in=rows, part="").values_list("record_id", flat=True))
    made = [_open(row, case) for row in rows if row.pk not in taken]
    append(actor, "case.open_beside", case, reason=because, detail={"cases": [one.pk for one in made]})
    return made


def _piece(whole: Case, part: str, now: datetime) -> Case:
    findings = [finding for finding in _findings(whole.record) if finding.where == part]
    severity = case_opening.severest(findings)
    gravest = [finding for finding in findings if finding.severity == severity]
    risk = max(gravest, key=lambda f: f.score).risk if gravest else whole.risk
    begun = opening(desk_policy.in_force(), Signals(risk, severity, whole.reach, whole.minors))
    case = Case.objects.create(
        record_id=whole.record_id,
        part=part[:200],
        about=whole,
        opened_at=now,
        due_at=whole.due_at,
        priority=begun.priority,
        risk=risk[:60],
        service=whole.service,
        severity=severity,
        severe=begun.severe,
        minors=begun.minors,
        reach=whole.reach,
        deadline=whole.deadline,
    )
    case_opening.keep_sketch(case, case_texts.of_part(whole.record, part))
    return case


def _open(record: Record, beside: Case) -> Case:
    body = decode(bytes(record.body))
    if not isinstance(body, Exchange):
        raise InvalidField(field="records", problem="no exchange")
    case = case_opening.open_case(record.pk, body, record.at, reach=beside.reach)
    case_opening.keep_sketch(case, case_texts.of_part(record, ""))
    if not case.risk:
        Case.objects.filter(pk=case.pk).update(risk=beside.risk)
    return case


def _findings(record: Record) -> tuple[RecordedFinding, ...]:
    body = decode(bytes(record.body))
    return (*body.prompt.findings, *body.answer.findings) if isinstance(body, Exchange) else ()
