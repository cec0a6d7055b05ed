"""Finding records. Pages are cut by key, so they stay the same while new records arrive."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from guiju.errors import InvalidField, NotFound
from guiju.store.distinct import values_of
from guiju.store.models import Record, RecordRisk
from guiju.store.moments import micros, moment

MOST = 200
"""The most records on one page."""

QUIET = ("pass", "label")
"""Actions that nearly every record has; each other one has an index."""


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
    before = _read(cursor) if cursor else None
    if query.risk and query.account:
        found = matching(query).filter(_after(before, "id"))
    elif query.risk:
        found = Record.objects.filter(id__in=_newest_with_risk(query, before, limit + 1))
    elif query.action and query.action not in QUIET:
        found = Record.objects.filter(id__in=_newest_with_action(query, before, limit + 1))
    else:
        found = Record.objects.filter(_conditions(query), _after(before, "id"))
    rows = list(found.defer("body").order_by("-at", "-id")[: limit + 1])
    more = len(rows) > limit
    rows = rows[:limit]
    return Page(records=tuple(rows), next=f"{micros(rows[-1].at)}.{rows[-1].id}" if more else None)


def matching(query: Query) -> QuerySet[Record]:
    """Every record that fits, unordered, for counting over a span."""
    found = Record.objects.filter(_conditions(query))
    if query.risk:
        found = found.filter(Exists(RecordRisk.objects.filter(record=OuterRef("pk"), risk__in=_under(query.risk))))
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


def risks_seen() -> list[str]:
    """Every risk tag that any record has, in the database's order."""
    return values_of(RecordRisk, "risk")


def _newest_with_risk(query: Query, before: tuple[datetime, int] | None, limit: int) -> set[int]:
    """Ids of at least the ``limit`` newest records with the risk or a finer tag under it.

    Tag by tag, because an index gives the records of one tag in order, and of one integration with that tag too: nothing
    is sorted, however many there are.
    """
    found: set[int] = set()
    of = {"integration_id": query.integration} if query.integration else {}
    rest = _conditions(replace(query, integration=""), "record__")
    for tag in _under(query.risk):
        rows = RecordRisk.objects.filter(rest, _after(before, "record_id"), risk=tag, **of)
        found.update(rows.order_by("-at", "-record_id").values_list("record_id", flat=True)[:limit])
    return found


def _newest_with_action(query: Query, before: tuple[datetime, int] | None, limit: int) -> set[int]:
    """Ids of at least the ``limit`` newest records whose prompt or answer was dealt with so, side by side for the same reason."""
    found: set[int] = set()
    rest = Record.objects.filter(_conditions(replace(query, action="")), _after(before, "id"), flagged=True)
    for side in ("prompt_action", "answer_action"):
        rows = rest.filter(**{side: query.action}).order_by("-at", "-id")
        found.update(rows.values_list("id", flat=True)[:limit])
    return found


def _under(risk: str) -> list[str]:
    return [tag for tag in risks_seen() if tag == risk or tag.startswith(f"{risk}/")]


def _after(before: tuple[datetime, int] | None, key: str) -> Q:
    """What comes after the place of a cursor; everything without one."""
    if before is None:
        return Q()
    at, last = before
    return Q(at__lte=at) & (Q(at__lt=at) | Q(**{"at": at, f"{key}__lt": last}))


def _conditions(query: Query, prefix: str = "") -> Q:
    """What a record must fulfil, its risk apart; ``prefix`` leads to the record from another row with an ``at``."""
    columns = {
        f"{prefix}account": query.account,
        f"{prefix}integration_id": query.integration,
        f"{prefix}service": query.service,
        f"{prefix}content_number": query.content_number,
        f"{prefix}flagged": query.flagged,
        "at__gte": query.since,
        "at__lt": query.until,
    }
    found = Q(**{column: value for column, value in columns.items() if value not in ("", None)})
    if query.action:
        if query.action not in QUIET:
            found &= Q(**{f"{prefix}flagged": True})  # implied, and the partial index then finds what is rare
        found &= Q(**{f"{prefix}prompt_action": query.action}) | Q(**{f"{prefix}answer_action": query.action})
    return found


def _read(cursor: str) -> tuple[datetime, int]:
    try:
        at, key = cursor.split(".")
        return moment(int(at)), int(key)
    except (ValueError, OverflowError):
        raise InvalidField(field="cursor", problem="not a cursor of this search") from None
