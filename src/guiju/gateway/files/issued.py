"""The registry of content numbers given out here: the evidence itself. Asked from a thread, never from the event loop."""

from __future__ import annotations

from django.db import close_old_connections

from guiju.store.models import Record


def issued(number: str) -> bool:
    """Whether this installation gave out a content number in a label."""
    try:
        return number != "" and Record.objects.filter(content_number=number, labelled=True).exists()
    finally:
        close_old_connections()
