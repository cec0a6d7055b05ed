"""Obligations measured and assessed: checks run over the evidence and kept, documents and the operator's thresholds.

Measuring reads much and takes seconds; its results are kept as :class:`~guiju.store.models.CheckRun` rows. Assessing
puts the newest results together with the documents, the profile and the thresholds of this moment, and is quick.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

import msgspec
from django.db.models import Max, Q
from django.utils import timezone

from guiju.china import china_day
from guiju.errors import InvalidField, LawError
from guiju.law.book import Book, Override, rules
from guiju.law.documents import Document as Proof
from guiju.law.period import Period
from guiju.law.profile import Profile, read_profile
from guiju.law.result import insufficient
from guiju.law.schema import Obligation, SetBy
from guiju.law.status import CheckRun as Run
from guiju.law.status import ObligationStatus, State, assess, measure
from guiju.store.actor import Actor
from guiju.store.acts import act, guarded, reasoned
from guiju.store.audit import append, one_at_a_time
from guiju.store.ledger import DatabaseLedger
from guiju.store.models import CheckRun, Document, OperatorValue, Service
from guiju.store.permissions import Permission
from guiju.store.validation import clean

STALE = timedelta(days=7)
"""A measurement older than this proves nothing about today; obligations go back to unproven until measured again."""

_RUNS = tuple[Run, ...]


@guarded(Permission.RUN_CHECKS)
def run_checks(actor: Actor, service: Service, now: datetime) -> list[ObligationStatus]:
    """Measure every obligation that applies to the service, keep the results, and say how each stands.

    The reading happens before the transaction, so gateways are not held up by it.
    """
    rule_book, facts, on = book(), profile(service), china_day(now)
    ledger = DatabaseLedger(service, now)
    runs = {o.urn: measure(rule_book, o, facts, ledger, on) for o in rule_book.obligations}
    proofs = _proofs(service)
    statuses = [assess(rule_book, o, facts, runs[o.urn], proofs, on) for o in rule_book.obligations]
    rows = [_row(service, one, now) for one in statuses if one.runs]
    with one_at_a_time():
        CheckRun.objects.bulk_create(rows)
        counts = {state.value: sum(one.status is state for one in statuses) for state in State}
        append(actor, "law.run_checks", service, detail={"measured": len(rows), **counts})
    return statuses


def status(service: Service, now: datetime) -> list[ObligationStatus]:
    """How every obligation stands by the newest measurements and the documents of this moment, in the book's order."""
    rule_book, facts, on = book(), profile(service), china_day(now)
    newest, proofs = _newest(service), _proofs(service)
    return [assess(rule_book, o, facts, _current(o, newest.get(o.urn), now), proofs, on) for o in rule_book.obligations]


def due_soon(service: Service, now: datetime) -> list[ObligationStatus]:
    """Obligations whose proof ends soon, the soonest first."""
    found = [one for one in status(service, now) if one.status is State.DUE_SOON]
    return sorted(found, key=lambda one: one.validity.until if one.validity else date.max)


@act(Permission.SET_OPERATOR_VALUES)
def set_operator_value(
    actor: Actor, obligation: str, value: int | float, owner: str, reason: str, name: str = ""
) -> OperatorValue:
    """Set a threshold that no rule fixes, with the person who answers for it and why.

    Args:
        obligation: id or URN. ``name``: which of its thresholds; may be left out where it has one to set.

    Raises:
        UnknownObligationError; ThresholdError: not the operator's to set, or no such threshold; InvalidField.
    """
    rule_book = rules()
    found = rule_book.obligation(obligation)
    name = name or _only_name(found)
    override = Override(found.urn, name, value, owner.strip(), reasoned(reason), china_day(timezone.now()))
    rule_book.with_overrides([override])  # refuses what may not be set
    row = OperatorValue.objects.filter(obligation=found.urn, name=name).first()
    before = row.value if row else None
    row = row or OperatorValue(obligation=found.urn, name=name)
    row.value, row.owner, row.reason, row.set_by = value, override.owner, override.reason, actor.user
    clean(row)
    row.save()
    detail = {"name": name, "before": before, "after": value, "owner": row.owner}
    append(actor, "law.set_operator_value", row, reason=row.reason, detail={"obligation": found.urn, **detail})
    return row


def book() -> Book:
    """The rules with the operator's thresholds; a kept threshold that the rules no longer know is left out."""
    rule_book = rules()
    for row in OperatorValue.objects.order_by("obligation", "name"):
        override = Override(row.obligation, row.name, row.value, row.owner, row.reason, china_day(row.set_at))
        try:
            rule_book = rule_book.with_overrides([override])
        except LawError:
            continue
    return rule_book


def profile(service: Service) -> Profile:
    """The service's profile; provider name and code come from the service itself where the profile is silent.

    Raises:
        ProfileError: the stored profile no longer fits the form.
    """
    found = read_profile(service.profile)
    return msgspec.structs.replace(
        found,
        entity_name=found.entity_name or service.provider_name or None,
        provider_code=service.provider_code or found.provider_code,
    )


def _only_name(obligation: Obligation) -> str:
    names = [t.name for t in obligation.thresholds if t.set_by is SetBy.OPERATOR]
    if len(names) != 1:
        raise InvalidField(
            field="name", problem=f"{obligation.id} has {len(names)} thresholds to set: {', '.join(names)}"
        )
    return names[0]


def _row(service: Service, one: ObligationStatus, now: datetime) -> CheckRun:
    return CheckRun(
        obligation=one.obligation.urn,
        service=service,
        at=now,
        status=one.status.value,
        figures=msgspec.to_builtins(one.figures),
        records=list(one.records),
        explanation=one.reason_zh,
        runs=msgspec.to_builtins(one.runs),
    )


def _newest(service: Service) -> dict[str, CheckRun]:
    """The newest kept measurement of each obligation."""
    newest = CheckRun.objects.filter(service=service).values("obligation").annotate(newest=Max("id")).values("newest")
    return {row.obligation: row for row in CheckRun.objects.filter(id__in=newest)}


def _current(obligation: Obligation, row: CheckRun | None, now: datetime) -> _RUNS:
    """The kept answers, or *insufficient* ones that say why there are none to go by."""
    if not obligation.checks:
        return ()
    if row is None:
        return _nothing(obligation, now, "尚未运行核查。", "The checks have not been run yet.")
    if now - row.at > STALE:
        day = china_day(row.at)
        return _nothing(obligation, now, f"上次核查在 {day}，已过时。", f"Last measured on {day}; measure again.")
    try:
        runs = msgspec.convert(row.runs, _RUNS)
    except msgspec.ValidationError:
        return _nothing(obligation, now, "核查结果须重新生成。", "The checks must be run again.")
    if {run.id for run in runs} != {use.id for use in obligation.checks}:
        return _nothing(obligation, now, "核查项目已变更，须重新核查。", "The checks have changed; run them again.")
    return runs


def _nothing(obligation: Obligation, now: datetime, zh: str, en: str) -> _RUNS:
    on = china_day(now)
    return tuple(Run(use.id, Period.ending(on, use.window_days), insufficient((), zh, en)) for use in obligation.checks)


def _proofs(service: Service) -> list[Proof]:
    rows = Document.objects.filter(Q(service=service) | Q(service=None), withdrawn_at=None)
    return [
        Proof(
            id=f"{row.service_id or ''}:{row.obligation}:{row.title}",
            revision=row.revision,
            obligation=row.obligation,
            title=row.title,
            sha256=row.sha256,
            effective_from=row.effective_from,
            effective_until=row.expires,
            uploaded_on=china_day(row.uploaded_at),
        )
        for row in rows
    ]
