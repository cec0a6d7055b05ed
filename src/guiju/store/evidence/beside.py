"""What stands beside the hashed bodies: columns and risks for searches and reports, and the encrypted texts.

The chain proves the bodies. Whoever changes a column leaves the chain whole, and every list and report would count
something else; so verification lays each body out anew and compares. A text is opened and held against the commitment in its
record; one that is gone must have been due when texts were last deleted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Max
from django.db.models.fields.json import KT

from guiju.errors import DataKeyMissing, RecordUnreadable, TextTampered
from guiju.evidence import Exchange, Vault, decode
from guiju.evidence.problems import Flaw, Log, Problem
from guiju.evidence.vault import NONCE
from guiju.store.evidence.retention import SWEEP
from guiju.store.models import AuditEntry
from guiju.store.models.evidence import SEQ_BITS
from guiju.store.moments import moment
from guiju.store.rows import RECORD, RISK, TEXT, Layout, Row

TEXTS = 200
"""How many records' texts are held at once."""

_SEQ = (1 << SEQ_BITS) - 1
_AT, _HASH, _BODY = RECORD.index("at"), RECORD.index("hash"), RECORD.index("body")
_COLUMNS = slice(0, _HASH)
_RISK = itemgetter(RISK.index("risk"))
Values = tuple[Any, ...]


class _Stored(NamedTuple):
    """One record as it stands in the database, what its body says, and how that would stand there."""

    number: int
    columns: Values
    exchange: Exchange
    expected: Row


class Beside:
    """Looks at page after page of a chain's records.

    Attributes:
        log: what was found. ``texts``: how many records' texts were opened.
    """

    def __init__(self, log: Log, vault: Callable[[], Vault] | None) -> None:
        """``vault``: opens the texts, asked for when there is one; None leaves them alone."""
        self.texts = 0
        self.log = log
        self._vault = vault
        self._layout = Layout()
        self._due: datetime | None = None

    def look(self, chain: str, page: Sequence[Values]) -> None:
        """Compare one page of stored records, in the order of :data:`~guiju.store.rows.RECORD`, with their bodies."""
        records = [each for row in page if (each := self._laid_out(row)) is not None]
        if not records:
            return
        first, last = records[0].number, records[-1].number
        risks: dict[int, list[Values]] = {}
        for risk in _rows("store_recordrisk", RISK, first, last):
            risks.setdefault(risk[0], []).append(risk)
        for each in records:
            self._compare(chain, each, risks.get(each.number, []))
        if self._vault is not None:
            for start in range(0, len(records), TEXTS):
                self._open(chain, records[start : start + TEXTS])

    def _laid_out(self, row: Values) -> _Stored | None:
        """None where the body says nothing of an exchange: the chain is verified apart."""
        try:
            body = decode(bytes(row[_BODY]))
        except (RecordUnreadable, TypeError):
            return None
        if not isinstance(body, Exchange):
            return None
        kept = b"text" if body.commitments.prompt else b""
        return _Stored(row[0], row[_COLUMNS], body, self._layout.row(row[0], b"", b"", body, "", kept, b""))

    def _compare(self, chain: str, stored: _Stored, risks: list[Values]) -> None:
        expected = stored.expected
        if expected.record[_COLUMNS] != stored.columns or list(expected.risks) != sorted(risks, key=_RISK):
            self._add(Flaw.COLUMNS, chain, stored)

    def _open(self, chain: str, records: Sequence[_Stored]) -> None:
        found = {row[0]: row for row in _rows("store_recordtext", TEXT, records[0].number, records[-1].number)}
        for each in records:
            text = found.get(each.number)
            committed = each.exchange.commitments
            if text is None:
                if committed.prompt and not self._was_due(each.exchange):
                    self._add(Flaw.TEXT_GONE, chain, each)
                continue
            self.texts += 1
            _, at, key, prompt, answer = text
            sound = at == each.expected.record[_AT] and all(
                self._holds(each.exchange.id, key, part, sealed, commitment)
                for part, sealed, commitment in (
                    ("prompt", prompt, committed.prompt),
                    ("answer", answer, committed.answer),
                )
            )
            if not sound:
                self._add(Flaw.TEXT_CHANGED, chain, each)

    def _holds(self, record: str, key: str, part: str, sealed: object, commitment: str) -> bool:
        """Whether a stored text is the one its record commits to."""
        assert self._vault is not None
        if not isinstance(sealed, (bytes, memoryview)):
            return False
        if not sealed and not commitment:
            return True
        data = bytes(sealed)
        try:
            opened = self._vault().open_text(key, data[:NONCE], data[NONCE:], record, part)
        except (TextTampered, DataKeyMissing):
            return False
        return opened.commitment == commitment

    def _was_due(self, exchange: Exchange) -> bool:
        """Whether a deletion on record covers a text; asked again where not, since one may be under way."""
        at = moment(exchange.at)
        if self._due is None or at >= self._due:
            self._due = _deleted_before()
        return self._due is not None and at < self._due

    def _add(self, flaw: Flaw, chain: str, stored: _Stored) -> None:
        seq = stored.number & _SEQ
        self.log.add(Problem(flaw, chain, seq, seq, stored.exchange.id))


def whole_pages(first: int, last: int, size: int) -> Iterator[list[Values]]:
    """Pages of records with every column, by id from ``first`` to ``last``, in order."""
    while page := list(_rows("store_record", RECORD, first, last, size)):
        yield page
        first = page[-1][0] + 1


def _rows(table: str, columns: Sequence[str], first: int, last: int, most: int = -1) -> Iterator[Values]:
    """Rows of a table of evidence by the record's number, past what Django makes of their values."""
    # SQLite's driver would parse the times, and break at one that was tampered with
    sqlite = connection.vendor == "sqlite"
    names = ", ".join(f'CAST("{name}" AS TEXT)' if sqlite and name == "at" else f'"{name}"' for name in columns)
    limit = f" LIMIT {most}" if most >= 0 else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT {names} FROM "{table}" WHERE "{columns[0]}" BETWEEN %s AND %s ORDER BY "{columns[0]}"{limit}',
            [first, last],
        )
        yield from cursor.fetchall()


def _deleted_before() -> datetime | None:
    """Texts of exchanges before this were deleted by the rules, as the audit log says."""
    found = AuditEntry.objects.filter(action=SWEEP).aggregate(last=Max(KT("detail__cutoff")))["last"]
    return datetime.fromisoformat(found) if found else None
