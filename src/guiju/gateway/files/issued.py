"""The registry of content numbers, asked from a thread of the gateway, never from the event loop."""

from __future__ import annotations

from django.db import connection

from guiju.store.issued import record_of
from guiju.store.models import Record


def given_out(number: str) -> Record | None:
    """The record under whose number a label was given out."""
    try:
        return record_of(number)
    finally:
        connection.close()


def issued(number: str) -> bool:
    """Whether this installation gave out a content number in a label."""
    return given_out(number) is not None
