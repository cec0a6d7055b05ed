"""Finding records. Pages are cut by key, so they stay the same while new records arrive."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from guiju.errors import InvalidField, NotFound
from guiju.store.models import Record, RecordRisk
from guiju.store.moments import micros, moment

MOST = 200
"""The most records on one page."""


@dataclass(frozen=True)
class Query:
    """What to look for; empty fields do not matter.

    Attributes:
        account: a pseudonym. ``integration``, ``service``: ids.
        risk: a risk tag; ``A.4.f`` finds its finer tags too.
        action: an action taken on the prompt or on the answer.
        since, until: the span ``[since, until)`` of the request's arrival.
        content_number: the whole number as a label carries it.
        flagged: True for records where something other than passing or labelling happened.
    """

    account: str = ""
    integration: str = ""
    service: str = ""
    risk: str = ""
    action: str = ""
    since: datetime | None = None
    until: datetime | None = None
    content_number: str = ""
    flagged: bool | None = None


@dataclass(frozen=True)
class Page:
    """Records, newest first (``body`` is loaded only when touched), and the cursor of the next page, if there is one."""

    records: tuple[Record, ...]
    next: str | None


def search(query: Query, cursor: str | None = None, limit: int = 50) -> Page:
    """One page of the records that fit ``query``, newest first.

    Raises:
        InvalidField: a cursor this function did not make.
    """
    limit = max(1, min(limit, MOST))
    found = matching(query)
    if cursor:
        at, key = _read(cursor)
        found = found.filter(Q(at__lt=at) | Q(at=at, id__lt=key), at__lte=at)
    rows = list(found.defer("body").order_by("-at", "-id")[: limit + 1])
    more = len(rows) > limit
    rows = rows[:limit]
    return Page(records=tuple(rows), next=f"{micros(rows[-1].at)}.{rows[-1].id}" if more else None)


def matching(query: Query) -> QuerySet[Record]:
    """Every record that fits, unordered."""
    found = Record.objects.all()
    for column, value in (
        ("account", query.account),
        ("integration_id", query.integration),
        ("service", query.service),
        ("content_number", query.content_number),
    ):
        if value:
            found = found.filter(**{column: value})
    if query.flagged is not None:
        found = found.filter(flagged=query.flagged)
    if query.action:
        found = found.filter(Q(prompt_action=query.action) | Q(answer_action=query.action))
    if query.since is not None:
        found = found.filter(at__gte=query.since)
    if query.until is not None:
        found = found.filter(at__lt=query.until)
    if query.risk:
        found = found.filter(id__in=_with_risk(query))
    return found


def find_record(key: str) -> Record:
    """A record by its id or its content number.

    Raises:
        NotFound: there is none.
    """
    wanted = Q(content_number=key)
    if key.isascii() and key.isdecimal() and int(key) < 2**63:
        wanted |= Q(id=int(key))
    row = Record.objects.filter(wanted).first()
    if row is None:
        raise NotFound(what_zh="记录", what_en="record", key=key)
    return row


def _with_risk(query: Query) -> QuerySet[RecordRisk, int]:
    tags = Q(risk=query.risk) | Q(risk__startswith=f"{query.risk}/")
    found = RecordRisk.objects.filter(tags)
    if query.since is not None:
        found = found.filter(at__gte=query.since)
    if query.until is not None:
        found = found.filter(at__lt=query.until)
    return found.values_list("record_id", flat=True)


def _read(cursor: str) -> tuple[datetime, int]:
    try:
        at, key = cursor.split(".")
        return moment(int(at)), int(key)
    except (ValueError, OverflowError):
        raise InvalidField(field="cursor", problem="not a cursor of this search") from None
