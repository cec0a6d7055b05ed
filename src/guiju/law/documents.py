"""Documents as evidence: an uploaded file proves an obligation in its effective period, whenever it was uploaded."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import msgspec

from guiju.law.result import Validity


class Document(msgspec.Struct, frozen=True):
    """One revision of an uploaded document.

    Attributes:
        id: the document, the same over its revisions. ``revision``: 1, 2, …; on a day the newest counts whose
            effective period has begun: what is handed in early does not end what holds today.
        obligation: id or URN of the obligation it proves.
        sha256: of the file, hexadecimal.
        effective_from, effective_until: the days it speaks for, both inclusive; no end where ``None``.
        uploaded_on: when it came in; says nothing about what it proves.
    """

    id: str
    revision: int
    obligation: str
    title: str
    sha256: str
    effective_from: date
    effective_until: date | None
    uploaded_on: date


class Standing(msgspec.Struct, frozen=True):
    """The document that proves an obligation on a day, and the last day it does (``None``: no end)."""

    document: Document
    until: date | None

    @property
    def validity(self) -> Validity | None:
        """The same as a span; ``None`` without an end."""
        return Validity(self.document.effective_from, self.until) if self.until else None


def standing(documents: Iterable[Document], obligation: str, on: date, current_days: int | None) -> Standing | None:
    """The document in effect on ``on`` that lasts longest, or ``None``.

    Args:
        obligation: its id, such as ``FIL-02``.
        current_days: how long any document for this obligation stays current at most, counted from the start of its
            effective period (a yearly report is no proof two years later, whatever its cover says).
    """
    newest: dict[str, Document] = {}
    for document in documents:
        if document.obligation.rpartition(":")[2] != obligation or document.effective_from > on:
            continue
        known = newest.get(document.id)
        if known is None or document.revision > known.revision:
            newest[document.id] = document
    held = [Standing(d, _until(d, current_days)) for d in newest.values()]
    valid = [s for s in held if s.until is None or s.until >= on]
    return max(valid, key=lambda s: (s.until or date.max, s.document.effective_from), default=None)


def _until(document: Document, current_days: int | None) -> date | None:
    if current_days is None:
        return document.effective_until
    limit = document.effective_from + timedelta(days=current_days)
    return min(limit, document.effective_until or limit)
