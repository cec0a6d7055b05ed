"""Reporting an account to an authority: prepared by one person (or a rule), approved by another, sent, its receipt kept."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from guiju.errors import InvalidField, InvalidTransition, ReportUnfilled, SecondPersonNeeded
from guiju.paper import Paper
from guiju.store import authority_reports as reports
from guiju.store.actor import Actor
from guiju.store.acts import act, guarded, reasoned
from guiju.store.audit import append
from guiju.store.models import Account, AuthorityReport, Sanction
from guiju.store.permissions import Permission
from guiju.store.validation import clean, fresh

State = AuthorityReport.State


@act(Permission.IMPOSE_SANCTIONS)
def prepare(
    actor: Actor,
    account: Account,
    authority: str,
    reason: str,
    now: datetime,
    *,
    records: Iterable[int] = (),
    sanction: Sanction | None = None,
) -> AuthorityReport:
    """Prepare the report of an account and put it before a second person.

    Raises:
        ReasonMissing; InvalidField: no authority. InvalidTransition: one waits already.
    """
    if waiting().filter(account=account).exists():
        raise InvalidTransition(what_zh="报告", what_en="report", state=State.PREPARED, target=State.PREPARED)
    row = AuthorityReport(
        account=account,
        sanction=sanction,
        state=State.PREPARED,
        authority=_authority(authority),
        reason=reasoned(reason),
        records=[int(record) for record in records],
        prepared_at=now,
        prepared_by=actor.user,
    )
    clean(row)
    row.save(force_insert=True)
    reports.announce(actor, row)
    return row


@act(Permission.CLOSE_ACCOUNTS)
def approve(actor: Actor, report: AuthorityReport, authority: str, note: str, now: datetime) -> AuthorityReport:
    """Approve a report as it stands; the hash of its document is kept. ``authority`` may be set anew.

    Raises:
        SecondPersonNeeded: the actor prepared it. ReportUnfilled: something is missing. InvalidTransition: it waits no more.
    """
    row = _at(report, State.PREPARED, State.APPROVED)
    _second(actor, row)
    row.authority = _authority(authority or row.authority)
    made = reports.paper(row)
    if made.missing:
        raise ReportUnfilled(missing="、".join(one.zh for one in made.missing))
    row.state, row.decided_at, row.decided_by, row.note = State.APPROVED, now, actor.user, note.strip()
    row.document_sha256 = reports.digest(made)
    row.save()
    detail = {"report": row.pk, "authority": row.authority, "sha256": row.document_sha256}
    append(actor, "report.approve", row.account, reason=row.note, detail=detail)
    return row


@act(Permission.CLOSE_ACCOUNTS)
def refuse(actor: Actor, report: AuthorityReport, reason: str, now: datetime) -> AuthorityReport:
    """Do not report, with the reason.

    Raises:
        SecondPersonNeeded, ReasonMissing; InvalidTransition: it waits no more.
    """
    row = _at(report, State.PREPARED, State.REFUSED)
    _second(actor, row)
    row.state, row.note, row.decided_at, row.decided_by = State.REFUSED, reasoned(reason), now, actor.user
    row.save()
    append(actor, "report.refuse", row.account, reason=row.note, detail={"report": row.pk})
    return row


@act(Permission.CLOSE_ACCOUNTS)
def sent(
    actor: Actor, report: AuthorityReport, number: str, now: datetime, at: datetime | None = None
) -> AuthorityReport:
    """Note that an approved report was sent ``at`` (now by default), with the authority's receipt where there is one.

    Raises:
        InvalidTransition: nobody approved it, or it was sent. InvalidField: a time to come, or before the approval.
    """
    row, when = _at(report, State.APPROVED, State.SENT), at or now
    if when > now or (row.decided_at is not None and when < row.decided_at.replace(second=0, microsecond=0)):
        raise InvalidField(field="at", problem="in the future, or before it was approved")
    row.state, row.number, row.reported_at, row.reported_by = State.SENT, number.strip(), when, actor.user
    clean(row)
    row.save()
    detail = {"report": row.pk, "authority": row.authority, "number": row.number}
    append(actor, "account.report", row.account, detail=detail)
    return row


@guarded(Permission.SEE_ACCOUNTS)
def draft(actor: Actor, report: AuthorityReport) -> Paper:
    """The document of a report as it stands now, with the fields that are missing."""
    return reports.paper(report)


def waiting() -> QuerySet[AuthorityReport]:
    """What waits for a second person or to be sent, the longest waiting first."""
    return AuthorityReport.objects.filter(state__in=(State.PREPARED, State.APPROVED)).order_by("prepared_at", "pk")


def _authority(name: str) -> str:
    if not (stripped := name.strip()):
        raise InvalidField(field="authority", problem="empty")
    return stripped


def _at(report: AuthorityReport, state: str, target: str) -> AuthorityReport:
    row = fresh(report)
    if row.state != state:
        raise InvalidTransition(what_zh="报告", what_en="report", state=row.state, target=target)
    return row


def _second(actor: Actor, row: AuthorityReport) -> None:
    if row.prepared_by_id is not None and actor.user is not None and row.prepared_by_id == actor.user.pk:
        raise SecondPersonNeeded
