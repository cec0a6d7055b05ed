"""The audit log: one chained entry per act, written in the act's own transaction.

Each entry's digest covers the entry and the digest before it, so that a changed, removed or reordered entry shows.
Appending is serialised: :func:`one_at_a_time` is entered before anything else in an act, which also means that acts
never wait for each other crosswise. On SQLite an IMMEDIATE transaction does that by itself; PostgreSQL takes a lock
that the end of the transaction gives back.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone

from guiju.evidence import ChainHead
from guiju.store.actor import Actor
from guiju.store.models import AuditEntry

_LOCK = 0x6775696A75  # "guiju": the advisory lock that acts take on PostgreSQL
_START = bytes(32)
_PAGE = 1000
CHAIN = "audit"
"""What the log is called among the heads of chains; theirs are ids, so none is called so."""


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """A transaction that no other act runs beside. Keep it short; nothing slow (files, network) inside."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        yield


def append(
    actor: Actor,
    action: str,
    target: models.Model | None,
    *,
    reason: str = "",
    detail: Mapping[str, object] | None = None,
) -> AuditEntry:
    """Write one entry; only inside :func:`one_at_a_time`.

    Args:
        action: what was done, as ``noun.verb`` (``case.decide``).
        target: the row it was done to, ``None`` where there is none.
        detail: what changed. Never a user's text, never a secret. Dates and the like become text.
    """
    last = AuditEntry.objects.order_by("-id").values_list("digest", flat=True).first()
    entry = AuditEntry(
        at=timezone.now(),
        actor=actor.user,
        actor_name=actor.name,
        actor_role=actor.role,
        action=action,
        object_type="" if target is None else type(target)._meta.object_name or "",
        object_id="" if target is None else str(target.pk),
        detail=_plain(detail or {}),
        reason=reason.replace("\0", ""),
        address=actor.address,
    )
    entry.digest = digest(bytes(last) if last is not None else _START, entry)
    entry.save(force_insert=True)
    return entry


def digest(previous: bytes, entry: AuditEntry) -> bytes:
    """SHA-256 over the digest before and the entry's fields as canonical JSON."""
    fields = {
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": entry.actor_id,
        "actor_name": entry.actor_name,
        "actor_role": entry.actor_role,
        "action": entry.action,
        "object_type": entry.object_type,
        "object_id": entry.object_id,
        "detail": entry.detail,
        "reason": entry.reason,
        "address": entry.address,
    }
    body = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(previous + body.encode()).digest()


@dataclass(frozen=True)
class AuditReport:
    """What :func:`verify` found.

    Attributes:
        entries: entries read.
        broken: id of the first entry that does not fit the one before, ``None`` when all fit.
        head: digest of the last entry (hex); kept elsewhere, it also shows when the end was cut off.
        at: when the last entry was written, ``None`` for an empty log.
        lost: the entry a head kept elsewhere was taken at, where the log does not hold it any more; 0 where it does.
    """

    entries: int
    broken: int | None
    head: str
    at: datetime | None
    lost: int = 0

    @property
    def ok(self) -> bool:
        """Whether every entry fits, and all are there that were at an earlier time."""
        return self.broken is None and not self.lost

    @property
    def anchor(self) -> ChainHead:
        """The head as it is kept elsewhere, beside those of the record chains."""
        return ChainHead(chain=CHAIN, hash=self.head, seq=self.entries)


def verify(anchors: Iterable[ChainHead] = ()) -> AuditReport:
    """Recompute the whole chain, page by page, in constant memory.

    Args:
        anchors: heads of earlier reports, kept outside the database; those of other chains are passed over.
    """
    unmet = {anchor.seq: anchor.hash for anchor in anchors if anchor.chain == CHAIN and anchor.seq}
    previous, entries, broken, at = _START, 0, None, None
    for entry in _in_order():
        entries += 1
        if broken is None and digest(previous, entry) != bytes(entry.digest):
            broken = entry.pk
        previous, at = bytes(entry.digest), entry.at
        if unmet and unmet.get(entries) == previous.hex():
            del unmet[entries]
    return AuditReport(entries=entries, broken=broken, head=previous.hex(), at=at, lost=min(unmet, default=0))


def head() -> str:
    """The digest of the newest entry (hex), for anchoring it outside the database."""
    last = AuditEntry.objects.order_by("-id").values_list("digest", flat=True).first()
    return (bytes(last) if last is not None else _START).hex()


def _in_order() -> Iterator[AuditEntry]:
    after = 0
    while page := list(AuditEntry.objects.filter(id__gt=after).order_by("id")[:_PAGE]):
        yield from page
        after = page[-1].pk


def _plain(detail: Mapping[str, object]) -> dict[str, Any]:
    """``detail`` as JSON that both databases give back unchanged: no floats, no NUL, keys as text."""
    plain: dict[str, Any] = json.loads(json.dumps(_value(detail), default=str))
    return plain


def _value(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(k).replace("\0", ""): _value(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_value(v) for v in value]
    if value is None or isinstance(value, (bool, int)):
        return value
    return str(value).replace("\0", "")
