"""The registry of content numbers given out here: the evidence itself. Asked from a thread, never from the event loop."""

from __future__ import annotations

from django.db import close_old_connections

from guiju.store.models import Record


def issued(number: str) -> bool:
    """Whether this installation gave out a content number in a label; several files of one exchange have ``…-1`` and so on."""
    first, dash, index = number.rpartition("-")
    names = {number, first} if dash and index.isdigit() else {number}
    try:
        return number != "" and Record.objects.filter(content_number__in=names, labelled=True).exists()
    finally:
        close_old_connections()
