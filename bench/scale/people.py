"""What stands around the records: accounts, violations, sanctions, cases, complaints with their words, the audit log.

Written through the models in batches, chained and encrypted where the real rows are.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice

from django.db import transaction
from django.db.models import Model

from bench.scale.bulk import without_indexes
from bench.scale.exchanges import HALF_A_YEAR, Incident, Traffic, pseudonym
from guiju.complaints.receipt import new_receipt
from guiju.store import audit, complaint_words, keys
from guiju.store.actor import Actor
from guiju.store.complaint_rules import kinds
from guiju.store.models import (
    Account,
    AuditEntry,
    CareProfile,
    Case,
    CaseClaim,
    Complaint,
    ComplaintMessage,
    Integration,
    Role,
    Sanction,
    Service,
    User,
    Violation,
)
from guiju.store.moments import moment
from guiju.store.services.integrations import create

INTEGRATIONS = 200
SERVICES = 4
OPEN_CASES = 0.05
COMPLAINTS = 100_000
ENTRIES = 500_000
MINORS = 20_000
BATCH = 5_000


def callers() -> list[tuple[str, str]]:
    """Ids of the integrations, each with its service; made where there are fewer."""
    actor = Actor.system("bench")
    for number in range(Service.objects.count(), SERVICES):
        Service.objects.create(slug=f"service-{number}", name=f"服务 {number}")
    services = list(Service.objects.order_by("pk"))
    purposes = Integration.Purpose.values
    for number in range(Integration.objects.count(), INTEGRATIONS):
        create(
            actor,
            name=f"应用 {number:03d}",
            service=services[number % SERVICES],
            owner=f"部门 {number % 17}",
            purpose=purposes[number % len(purposes)],
            status="approved",
        )
    return list(Integration.objects.order_by("created_at", "pk").values_list("pk", "service_id"))


def surround(traffic: Traffic, of: list[tuple[str, str]], now: datetime) -> None:
    """Everything but the records, in the order in which rows refer to each other."""
    dice = random.Random(7)
    staff = [User.objects.create(username=f"审核员{n}", role=Role.REVIEWER) for n in range(20)]
    _save(Account, _accounts(traffic, of, now))
    _save(Violation, _violations(traffic.incidents))
    _save(Sanction, _sanctions(traffic.incidents, dice, now))
    _save(Case, _cases(traffic.incidents, dice, staff, now))
    claims()
    _save(CareProfile, _minors(len(traffic.first), now))
    _complaints(dice, of, staff, now)
    _audit(dice, staff, now)


def claims() -> None:
    """Who held each decided case and for how long, where nothing of it is there yet."""
    if not CaseClaim.objects.exists():
        decided = Case.objects.filter(status=Case.Status.DECIDED).order_by("pk")
        _save(CaseClaim, (_claim(case) for case in decided.iterator(chunk_size=BATCH)))


def _claim(case: Case) -> CaseClaim:
    assert case.decided_at is not None
    began = case.decided_at - timedelta(seconds=20 + case.pk * 7919 % 400)
    return CaseClaim(
        case=case, reviewer_id=case.decided_by_id, claimed_at=began, until=began + timedelta(minutes=10),
        ended_at=case.decided_at, end=CaseClaim.End.DECIDED,
    )  # fmt: skip


def _save(model: type[Model], rows: Iterable[Model]) -> None:
    rows = iter(rows)
    with without_indexes([model._meta.db_table]):
        while batch := list(islice(rows, BATCH)):
            with transaction.atomic():
                model._default_manager.bulk_create(batch)


def _accounts(traffic: Traffic, of: list[tuple[str, str]], now: datetime) -> Iterator[Account]:
    for number, (first, last) in enumerate(zip(traffic.first, traffic.last, strict=True)):
        yield Account(
            pseudonym=pseudonym(number),
            integration_id=of[traffic.integration[number]][0],
            first_seen=moment(first) if first else now - timedelta(days=183),
            last_seen=moment(last) if last else now - timedelta(days=183),
        )


def _violations(found: Iterable[Incident]) -> Iterator[Violation]:
    for one in found:
        if one.action == "block":
            yield Violation(
                account_id=pseudonym(one.account), record_id=one.record, at=moment(one.at), risk=one.risk, streak=1
            )


def _sanctions(found: Iterable[Incident], dice: random.Random, now: datetime) -> Iterator[Sanction]:
    for one in found:
        if one.action == "block" and dice.random() < 0.3:
            at = moment(one.at)
            step = dice.choice(("warn", "warn", "limit", "suspend"))
            yield Sanction(
                account_id=pseudonym(one.account),
                step=step,
                rule="five_in_a_day",
                reason="当日违规五次",
                records=[one.record],
                starts_at=at,
                expires_at=at + timedelta(days=dice.choice((1, 3, 30))),
            )


def _cases(found: Iterable[Incident], dice: random.Random, staff: list[User], now: datetime) -> Iterator[Case]:
    for one in found:
        if one.action == "review":
            at = moment(one.at)
            row = Case(
                record_id=one.record,
                opened_at=at,
                due_at=at + timedelta(hours=24),
                priority=dice.randrange(20, 100),
                risk=one.risk,
            )
            if dice.random() >= OPEN_CASES:
                row.status, row.verdict = Case.Status.DECIDED, dice.choice(("violation", "fine"))
                row.decided_by, row.decided_at = dice.choice(staff), at + timedelta(hours=dice.random() * 30)
            yield row


def _minors(accounts: int, now: datetime) -> Iterator[CareProfile]:
    for number in range(min(MINORS, accounts)):
        at = now - timedelta(minutes=number)
        yield CareProfile(account_id=pseudonym(number), band="8_12", basis="stated", mode=True, updated_at=at)


def _complaints(dice: random.Random, of: list[tuple[str, str]], staff: list[User], now: datetime) -> None:
    known, vault, used = kinds().kinds, keys.vault(), set[str]()
    rows: list[Complaint] = []
    said: list[ComplaintMessage] = []
    for number in range(COMPLAINTS):
        at = now - timedelta(microseconds=HALF_A_YEAR // COMPLAINTS * number)
        while (receipt := new_receipt(at.date())) in used:
            pass
        used.add(receipt)
        kind = known[int(len(known) * dice.random() ** 2)]
        done = dice.random() < (0.6 if number < 3000 else 0.998)
        answered = at + timedelta(hours=dice.random() * 200) if done else None
        caller = of[dice.randrange(len(of))]
        row = Complaint(
            receipt=receipt,
            secret=hashlib.sha256(receipt.encode()).hexdigest(),
            kind=kind.id,
            topic=kind.topics[0].id if kind.topics else "",
            service_id=caller[1],
            integration_id=caller[0],
            via=Complaint.Via.PAGE,
            state=Complaint.State.OPEN if not done else dice.choice(("answered", "closed", "closed", "closed")),
            received_at=at,
            due_at=at + timedelta(days=15),
            remind_at=at + timedelta(days=12),
            answered_at=answered,
        )
        if row.state == "closed":
            row.closed_at, row.closed_by = answered, dice.choice(staff)
        rows.append(row)
        key, sealed = complaint_words.seal(receipt, "message 1", "有人用 AI 冒充我的声音向亲友借钱", vault)
        said.append(ComplaintMessage(complaint=row, number=1, at=at, author="submitter", key_id=key, sealed=sealed))
    _save(Complaint, rows)
    _save(ComplaintMessage, said)


_ACTS = ("case.claim", "case.decide", "case.claim", "case.decide", "evidence.read", "account.impose", "complaint.read")


def _audit(dice: random.Random, staff: list[User], now: datetime) -> None:
    """Entries after those that setting up left; each digest covers the one before, as `audit.append` does it."""
    last = AuditEntry.objects.order_by("-id").values_list("digest", flat=True).first()
    previous = bytes(last) if last is not None else bytes(32)

    def entries() -> Iterator[AuditEntry]:
        nonlocal previous
        start = now.astimezone(UTC) - timedelta(days=183)
        for number in range(ENTRIES):
            who, act = dice.choice(staff), dice.choice(_ACTS)
            entry = AuditEntry(
                at=start + timedelta(seconds=15 * number),
                actor_id=who.pk,
                actor_name=who.username,
                actor_role=who.role,
                action=act,
                object_type="Case" if act.startswith("case") else "Record",
                object_id=str(dice.randrange(100_000)),
                reason="例行审核",
                address="10.0.0.7",
            )
            entry.digest = previous = audit.digest(previous, entry)
            yield entry

    _save(AuditEntry, entries())
