"""The registry of content numbers, asked from a thread of the gateway, never from the event loop."""

from __future__ import annotations

from django.db import connection

from guiju.store.issued import record_of
from guiju.store.models import Record
from guiju.store.writer import EvidenceWriter


def given_out(number: str, writer: EvidenceWriter | None = None) -> Record | None:
    """The record under whose number a label was given out.

    Args:
        writer: of this process: a record may be durable a moment before the database holds it, and it is waited for.

    Raises:
        EvidenceTimeout: it was waited for in vain.
    """
    try:
        found = record_of(number)
        if found is None and writer is not None:
            writer.settle()
            found = record_of(number)
        return found
    finally:
        connection.close()


def issued(number: str, writer: EvidenceWriter | None = None) -> bool:
    """Whether this installation gave out a content number in a label; ``writer``, raises: as :func:`given_out`."""
    return given_out(number, writer) is not None
