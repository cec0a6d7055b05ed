from __future__ import annotations

from datetime import date

import pytest

from guiju.law.documents import Document, standing

from .ledger import ON


def document(
    id: str = "d", revision: int = 1, start: str = "2026-01-01", end: str | None = None, obligation: str = "FIL-02"
) -> Document:
    until = date.fromisoformat(end) if end else None
    return Document(id, revision, obligation, "回执", "00" * 32, date.fromisoformat(start), until, date(2026, 9, 29))


@pytest.mark.parametrize(
    ("documents", "days", "until"),
    [
        ([document()], None, None),
        ([document(end="2026-12-31")], None, date(2026, 12, 31)),
        ([document(end="2026-09-30")], None, date(2026, 9, 30)),
        ([document(obligation="urn:guiju:obligation:FIL-02")], None, None),
        ([document(start="2026-01-01")], 366, date(2027, 1, 2)),
        ([document(end="2026-11-30")], 366, date(2026, 11, 30)),
        ([document("a", end="2026-10-31"), document("b", end="2026-11-30")], None, date(2026, 11, 30)),
        ([document(revision=1, end="2026-01-31"), document(revision=2)], None, None),
        ([document(revision=1, end="2026-12-31"), document(revision=2, start="2026-10-01")], None, date(2026, 12, 31)),
    ],
)
def test_in_effect(documents: list[Document], days: int | None, until: date | None) -> None:
    found = standing(documents, "FIL-02", ON, days)
    assert found is not None and found.until == until


@pytest.mark.parametrize(
    ("documents", "days"),
    [
        ([], None),
        ([document(start="2026-10-01")], None),  # uploaded already, speaks for later
        ([document(end="2026-09-29")], None),
        ([document(start="2025-01-01")], 366),  # a yearly report is no proof in its second year
        ([document(obligation="FIL-03")], None),
        ([document(revision=1), document(revision=2, end="2026-02-01")], None),  # superseded by a shorter one
    ],
)
def test_not_in_effect(documents: list[Document], days: int | None) -> None:
    assert standing(documents, "FIL-02", ON, days) is None
