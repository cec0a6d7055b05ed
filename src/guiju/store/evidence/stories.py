"""Everything about one record except its text: what was found and decided, how it is proven, what followed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from guiju.errors import NotFound
from guiju.evidence import Body, decode
from guiju.store.evidence.proof import EXPORT_TEXT
from guiju.store.evidence.texts import LOOK
from guiju.store.models import (
    Account,
    AuditEntry,
    Case,
    Chain,
    Integration,
    Record,
    RecordText,
    Sanction,
    Seal,
    Violation,
)


@dataclass(frozen=True)
class Story:
    """One record with all that belongs to it.

    Attributes:
        record: the row. ``body``: what is hashed, decoded.
        integration: the calling application, ``None`` if its row is gone.
        chain, previous: its chain, and the hash before it (hex; ``""`` if that record is missing).
        seal: the signed seal over it, ``None`` while it waits for one.
        text_held: whether the encrypted text is still there to be read.
        account, violation, case: what was made of it, where anything was.
        sanctions: measures that name it as evidence.
        looks: who read its text or took it away in an export, newest first.
    """

    record: Record
    body: Body
    integration: Integration | None
    chain: Chain
    previous: str
    seal: Seal | None
    text_held: bool
    account: Account | None
    violation: Violation | None
    case: Case | None
    sanctions: tuple[Sanction, ...]
    looks: tuple[AuditEntry, ...]


def story(record: Record) -> Story:
    """The whole story of a record.

    Raises:
        RecordUnreadable: its body is damaged. NotFound: its chain is gone (`verify` says more).
    """
    chain = Chain.objects.filter(pk=record.chain_number).first()
    if chain is None:
        raise NotFound(what_zh="证据链", what_en="chain", key=record.chain_number)
    sanctions = Sanction.objects.filter(account_id=record.account).select_related("imposed_by", "lifted_by")
    return Story(
        record=record,
        body=decode(bytes(record.body)),
        integration=Integration.objects.filter(pk=record.integration_id).first(),
        chain=chain,
        previous=_previous(record, chain),
        seal=Seal.objects.filter(chain=chain, seq_from__lte=record.seq, seq_to__gte=record.seq).first(),
        text_held=RecordText.objects.filter(record=record).exists(),
        account=Account.objects.filter(pk=record.account).first() if record.account else None,
        violation=Violation.objects.filter(record_id=record.id).first(),
        case=_case(record),
        sanctions=tuple(s for s in sanctions if record.id in s.records) if record.account else (),
        looks=_looks(record),
    )


def _case(record: Record) -> Case | None:
    """The first review of the whole exchange, or of its first part; not the reviews of that review."""
    cases = Case.objects.select_related("claimed_by", "decided_by").filter(record=record, kind=Case.Kind.FIRST)
    return cases.order_by("part", "pk").first()


def _looks(record: Record) -> tuple[AuditEntry, ...]:
    read = AuditEntry.objects.filter(object_type="Record", object_id=str(record.id), action=LOOK)
    exports = [entry for entry in AuditEntry.objects.filter(action=EXPORT_TEXT) if _covers(entry, record)]
    return tuple(sorted([*read, *exports], key=lambda entry: entry.id, reverse=True))


def _covers(export: AuditEntry, record: Record) -> bool:
    """Whether an export with texts spanned the record, which was there already and still had its text."""
    since, until = (export.detail.get(end) for end in ("since", "until"))
    after = since is None or datetime.fromisoformat(since) <= record.at
    return after and record.has_text and record.at < (datetime.fromisoformat(until) if until else export.at)


def _previous(record: Record, chain: Chain) -> str:
    if record.seq == 1:
        return bytes(chain.genesis_hash).hex()
    before = Record.objects.filter(id=record.id - 1).values_list("hash", flat=True).first()
    return bytes(before).hex() if before is not None else ""
