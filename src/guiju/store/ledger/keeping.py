"""How evidence was kept: retention, the chain and its verifications, export drills."""

from __future__ import annotations

from datetime import datetime, time

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet, Sum

from guiju.china import CHINA, china_day
from guiju.law.ledger import ChainFacts, Drill, Retention, Verification
from guiju.law.period import Period, add_months
from guiju.store.evidence.retention import SWEEP
from guiju.store.ledger.traffic import sample
from guiju.store.models import AuditEntry, Chain, Record, RecordText, Seal, VerifyRun


def retention(slug: str, months: int, now: datetime) -> Retention:
    """Records and their texts by age.

    A text counts as deleted where a record had one and has it no more, whoever deleted it. Deletions by the sweep are
    judged by the age the texts had then, from its audit entries (which cover the whole installation).
    """
    rows = Record.objects.filter(service=slug)
    oldest = rows.order_by("at").values_list("at", flat=True).first()
    first = china_day(oldest) if oldest is not None else None
    gone = rows.filter(~Exists(RecordText.objects.filter(record=OuterRef("pk"))), has_text=True)
    edge = _months_before(now, months)
    early, due = gone.filter(at__gte=edge), gone.filter(at__lt=edge)
    return Retention(
        first_written=first,
        oldest_kept=first,
        deleted_early=early.count() + _swept_early(months),
        deleted_due=due.count(),
        sample=sample(early, _oldest(rows)),
    )


def chain() -> ChainFacts:
    """Records, seals and the last verification. A genesis is sealed like a record, though it is no exchange."""
    records = Record.objects.count()
    sealed = Seal.objects.aggregate(n=Sum(F("seq_to") - F("seq_from") + 1), at=Max("at"))
    last = VerifyRun.objects.filter(kind="verify").order_by("-at").first()
    return ChainFacts(
        records=records,
        last_record=Record.objects.aggregate(at=Max("at"))["at"],
        last_seal=sealed["at"],
        unsealed=max(0, records + Chain.objects.count() - (sealed["n"] or 0)),
        last_verification=Verification(at=last.at, records=last.records, problems=last.problems) if last else None,
    )


def drills(period: Period) -> tuple[Drill, ...]:
    """Exports that ended in the span; ``verified`` where the package passed its own instructions."""
    rows = VerifyRun.objects.filter(kind="export", at__gte=period.start, at__lt=period.end).order_by("at")
    return tuple(
        Drill(id=f"export-{row.pk}", at=row.at, seconds=row.seconds, records=row.records, verified=row.ok)
        for row in rows
    )


def _swept_early(months: int) -> int:
    """Texts that sweeps deleted before they were so old."""
    early = 0
    for entry in AuditEntry.objects.filter(action=SWEEP).iterator(chunk_size=500):
        newest = datetime.fromisoformat(entry.detail["newest"])
        if newest >= _months_before(entry.at, months):
            early += int(entry.detail["texts"])
    return early


def _months_before(now: datetime, months: int) -> datetime:
    return datetime.combine(add_months(china_day(now), -months), time(), CHINA)


def _oldest(rows: QuerySet[Record]) -> QuerySet[Record]:
    edge = rows.order_by("at").values_list("at", flat=True)[:20]
    newest_of_them = max(edge, default=None)
    return rows.filter(at__lte=newest_of_them) if newest_of_them is not None else rows.filter(Q(pk=None))
