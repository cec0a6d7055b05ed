"""Reports of accounts that a rule asks for, and the documents of all of them."""

from __future__ import annotations

import hashlib
from collections import Counter

from django.conf import settings

from guiju.accounts.authority import Case, Evidence, Measure, document
from guiju.law.book import rules
from guiju.paper import Paper
from guiju.store import account_policy, outbox
from guiju.store.actor import Actor
from guiju.store.audit import append
from guiju.store.models import AuthorityReport, Record, Sanction, Violation

State = AuthorityReport.State


def follow(by: Actor, sanction: Sanction) -> AuthorityReport | None:
    """Prepare the report that the rule behind a sanction asks for; inside the caller's transaction, once for a sanction."""
    asking = {rule.id for rule in account_policy.in_force().rules if rule.report}
    if sanction.rule not in asking or sanction.reports.exists():
        return None
    row = AuthorityReport.objects.create(
        account=sanction.account,
        sanction=sanction,
        state=State.PREPARED,
        reason=sanction.reason,
        records=sanction.records,
        prepared_at=sanction.starts_at,
    )
    announce(by, row)
    return row


def announce(by: Actor, row: AuthorityReport) -> None:
    """Leave the entry and tell whoever listens that a report waits for a second person."""
    assert row.prepared_at is not None
    append(by, "report.prepare", row.account, reason=row.reason, detail={"report": row.pk, "records": row.records})
    outbox.announce("account.report_waiting", {"account": row.account_id, "report": row.pk}, row.prepared_at)


def paper(row: AuthorityReport) -> Paper:
    """The document of a report as it stands now."""
    told = settings.GUIJU.notices.values
    return document(_case(row, told.get("operator", ""), told.get("contact", "")))


def digest(made: Paper) -> str:
    """The SHA-256 of a document, by which what was approved is known again."""
    return hashlib.sha256(made.markdown.encode()).hexdigest()


def _case(row: AuthorityReport, operator: str, contact: str) -> Case:
    account = row.account
    violations = Violation.objects.filter(account=account)
    if row.prepared_at is not None:
        violations = violations.filter(at__lte=row.prepared_at)
    counted = Counter(violations.order_by("risk").values_list("risk", flat=True))
    return Case(
        account=account.pk,
        service=f"{account.integration.service} · {account.integration.name}",
        identity=f"{account.identity}",
        registration=f"{account.registration}",
        first_seen=account.first_seen,
        last_seen=account.last_seen,
        reason=row.reason,
        prepared_at=row.prepared_at or account.last_seen,
        violations=[(_risk(tag), count) for tag, count in sorted(counted.items())],
        evidence=_evidence(row),
        measures=[_measure(one) for one in account.sanctions.order_by("starts_at", "pk")],
        authority=row.authority,
        operator=operator,
        contact=contact,
    )


def _evidence(row: AuthorityReport) -> list[Evidence]:
    risks = dict(Violation.objects.filter(record_id__in=row.records).values_list("record_id", "risk"))
    records = Record.objects.filter(pk__in=row.records).order_by("at", "pk")
    return [Evidence(r.content_number, bytes(r.hash).hex(), r.at, _risk(risks.get(r.pk, ""))) for r in records]


def _risk(tag: str) -> str:
    """A risk with its Chinese name, as whoever reads the report knows no tags."""
    named = rules().risks.name(tag)
    return tag if named is None else f"{tag} {named.zh}"


def _measure(row: Sanction) -> Measure:
    return Measure(row.step, row.starts_at, row.expires_at, row.reason, row.lifted_at is not None)
