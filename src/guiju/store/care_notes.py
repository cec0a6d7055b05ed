"""What gateways did and heard under the minors' policy, stored with its consequences: suspicions and crises.

Gateways report in batches and may report the same thing again; an event is known by its exchange, kind and code.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction

from guiju.minors import ADULT, Basis, MinorsPolicy
from guiju.minors import signals as signs
from guiju.store import outbox, snapshot_version
from guiju.store.actor import Actor
from guiju.store.audit import append, one_at_a_time
from guiju.store.models import Account, CareCase, CareEvent, CareProfile
from guiju.store.moments import micros, moment

_GATEWAY = Actor.system("gateway")
Kind = CareEvent.Kind


class Noted(NamedTuple):
    """One event of an exchange. ``record`` is its content number, ``at`` microseconds."""

    at: int
    service: str
    integration: str
    account: str
    kind: str
    code: str
    record: str
    band: str = ""
    weight: int = 0


class StatedAge(NamedTuple):
    """An age band or minors' mode that a caller stated with an exchange."""

    account: str
    integration: str
    band: str
    mode: bool
    at: int


def note(events: Iterable[Noted], policy: MinorsPolicy) -> None:
    """Store events; switch minors' mode on where signs suffice, open a case where a crisis was heard."""
    found = list(events)
    if not found:
        return
    with transaction.atomic():
        CareEvent.objects.bulk_create([_row(event) for event in found], ignore_conflicts=True)
    for account in sorted({e.account for e in found if e.account and e.kind == Kind.SIGNAL}):
        _suspect(account, found, policy)
    for event in found:
        if event.account and event.kind == Kind.HEARD and event.code.startswith("crisis"):
            open_crisis(event, policy)


def state(ages: Iterable[StatedAge]) -> None:
    """Keep what callers stated with their exchanges, where nothing better founded is known."""
    for age in ages:
        with one_at_a_time():
            account = known(age.account, age.integration, moment(age.at))
            row, created = CareProfile.objects.get_or_create(
                account=account,
                defaults={"band": age.band, "basis": Basis.STATED, "mode": age.mode, "updated_at": moment(age.at)},
            )
            if not created:
                if not _says_more(row, age):
                    continue
                before = {"band": row.band, "mode": row.mode}
                row.band, row.mode, row.updated_at = age.band or row.band, age.mode or row.mode, moment(age.at)
                if age.band:
                    row.basis = Basis.STATED
                row.save()
            else:
                before = {}
            detail = {"band": row.band, "mode": row.mode, "basis": row.basis, "before": before, "by": age.integration}
            append(_GATEWAY, "minors.state", account, detail=detail)
            snapshot_version.bump()


def _says_more(row: CareProfile, age: StatedAge) -> bool:
    """Whether a caller's statement changes what is known: never what is better founded, and no suspicion into an adult."""
    if Basis(row.basis).rank > Basis.STATED.rank or (row.basis == Basis.SUSPECTED and age.band == ADULT):
        return False
    return (age.band not in ("", row.band)) or (age.mode and not row.mode)


def known(account: str, integration: str, at: datetime) -> Account:
    """The account's row, made if this is the first that is heard of it."""
    row, _ = Account.objects.get_or_create(
        pseudonym=account, defaults={"integration_id": integration, "first_seen": at, "last_seen": at}
    )
    return row


def open_crisis(event: Noted, policy: MinorsPolicy) -> CareCase:
    """The account's open case of a crisis; one that is open takes further signs in."""
    opened = moment(event.at)
    with one_at_a_time():
        account = known(event.account, event.integration, opened)
        row = CareCase.objects.filter(account=account, kind="crisis", state__in=("open", "contacted")).first()
        if row is None:
            row = CareCase.objects.create(
                account=account,
                service=event.service,
                kind="crisis",
                code=event.code,
                record=event.record,
                opened_at=opened,
                due_at=opened + timedelta(minutes=policy.companion.crisis_minutes.value),
            )
            append(_GATEWAY, "care.open", row, detail={"kind": "crisis", "code": event.code, "record": event.record})
            outbox.announce("care.crisis", _told_of(row, event), opened)
        return row


def _told_of(row: CareCase, event: Noted) -> dict[str, object]:
    """What the operator's own system is told of a crisis, so that somebody is woken and the contact reached in time."""
    due = row.due_at.isoformat()
    return {
        "case": row.pk,
        "account": event.account,
        "integration": event.integration,
        "record": event.record,
        "due_at": due,
    }


def _suspect(account: str, found: list[Noted], policy: MinorsPolicy) -> None:
    """Minors' mode for an account whose signs suffice, unless its age is verified or a guardian's word."""
    latest = max(event.at for event in found if event.account == account)
    integration = next(event.integration for event in found if event.account == account)
    rules = signs.rules()
    since = moment(latest) - timedelta(days=rules.days)
    rows = CareEvent.objects.filter(account=account, kind=Kind.SIGNAL, at__gte=since)
    seen = [rules.recall(micros(row.at), row.code, row.weight) for row in rows]
    suspicion = rules.assess(seen, latest)
    if not suspicion.suspected:
        return
    with one_at_a_time():
        row = CareProfile.objects.filter(pk=account).first()
        if row is not None and (row.mode or row.basis in (Basis.GUARDIAN, Basis.VERIFIED)):
            return
        if row is not None and policy.band(row.band) is not None:
            return  # known to be a minor already
        at = moment(latest)
        values = {"basis": Basis.SUSPECTED, "mode": True, "suspected_at": at, "updated_at": at}
        known(account, integration, at)
        CareProfile.objects.update_or_create(account_id=account, defaults=values)
        detail = {"score": suspicion.score, "threshold": suspicion.threshold, "signals": list(suspicion.signals)}
        append(_GATEWAY, "minors.suspect", Account(pk=account), detail=detail)
        outbox.announce("care.suspected", {"account": account, "integration": integration}, at)
        snapshot_version.bump()


def _row(event: Noted) -> CareEvent:
    return CareEvent(
        at=moment(event.at),
        service=event.service,
        account=event.account,
        kind=event.kind,
        code=event.code[:40],
        band=event.band,
        weight=event.weight,
        record=event.record,
    )
