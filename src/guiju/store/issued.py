"""The registry of content numbers given out here: the evidence itself."""

from __future__ import annotations

from django.db.models import Q

from guiju.store.models import Record

COPY = "label.copy"
"""The endpoint of records that release a copy without the explicit label (标识办法 Art. 9)."""
ORDERS = ("videos", "videos.remix", "videos.edits", "videos.extensions")
"""Endpoints whose record names a film that is made and labelled later."""


def record_of(number: str) -> Record | None:
    """The record under whose number a label was given out; several files of one exchange have ``…-1`` and so on."""
    first, dash, index = number.rpartition("-")
    names = {number, first} if dash and index.isdigit() else {number}
    given = Record.objects.filter(content_number__in=names).exclude(endpoint=COPY)
    return given.filter(Q(labelled=True) | Q(endpoint__in=ORDERS, outcome="completed")).first() if number else None


def issued(number: str) -> bool:
    """Whether this installation gave out a content number in a label."""
    return record_of(number) is not None
