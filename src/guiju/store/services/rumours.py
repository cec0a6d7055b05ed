"""The register of refuted claims: entries added, changed, expired, imported; gateways follow within a second.

What stands in it sends a text to people, never to a silent verdict, so it has no drafts: an entry counts from the moment it
is there. The claims and refutations are public statements, no user's words, and are kept as they are.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import msgspec

from guiju.errors import AlreadyExists, InvalidTransition
from guiju.moderation import starter
from guiju.moderation.rumours import Refuted
from guiju.store import snapshot_version
from guiju.store.actor import Actor
from guiju.store.acts import act, reasoned
from guiju.store.audit import append, one_at_a_time
from guiju.store.models import RefutedClaim
from guiju.store.permissions import Permission
from guiju.store.refuted_claims import digest
from guiju.store.validation import change, clean, fresh

_FIELDS = frozenset({"claim", "refutation", "source", "claimed", "refuted", "expires"})


class Imported(msgspec.Struct, frozen=True):
    """What an import did: entries that are new, that were changed, and that stood there already."""

    added: int = 0
    changed: int = 0
    same: int = 0


@act(Permission.MANAGE_RUMOURS)
def add(
    actor: Actor,
    claim: str,
    refutation: str,
    source: str,
    *,
    claimed: date | None = None,
    refuted: date | None = None,
    expires: date | None = None,
    note: str = "",
) -> RefutedClaim:
    """Enter a claim.

    Args:
        source: who refutes it, and where. ``expires``: the last day it counts. ``note``: why, for the audit log.

    Raises:
        AlreadyExists: the same claim stands there, whatever its width, script or case. InvalidField.
    """
    row = RefutedClaim(
        claim=claim.strip(),
        refutation=refutation.strip(),
        source=source.strip(),
        claimed=claimed,
        refuted=refuted,
        expires=expires,
        added_by=actor.user,
    )
    _enter(actor, row, note)
    snapshot_version.bump()
    return row


@act(Permission.MANAGE_RUMOURS)
def edit(actor: Actor, /, entry: RefutedClaim, **fields: object) -> RefutedClaim:
    """Change an entry's ``claim``, ``refutation``, ``source`` or dates.

    Raises:
        AlreadyExists: another entry makes the same claim. InvalidField.
    """
    row = fresh(entry)
    if _change(actor, row, {name: v.strip() if isinstance(v, str) else v for name, v in fields.items()}):
        snapshot_version.bump()
    return row


@act(Permission.MANAGE_RUMOURS)
def expire(actor: Actor, entry: RefutedClaim, reason: str, today: date) -> RefutedClaim:
    """Let an entry count no longer, from now on.

    Raises:
        ReasonMissing. InvalidTransition: it has expired already.
    """
    row, why = fresh(entry), reasoned(reason)
    if row.expires is not None and row.expires < today:
        raise InvalidTransition(what_zh="辟谣条目", what_en="refuted claim", state="expired", target="expired")
    row.expires, row.shipped = today - timedelta(days=1), False
    row.save(update_fields=["expires", "shipped", "updated_at"])
    append(actor, "rumour.expire", row, reason=why, detail={"claim": row.claim})
    snapshot_version.bump()
    return row


@act(Permission.MANAGE_RUMOURS)
def import_(actor: Actor, entries: Iterable[Refuted]) -> Imported:
    """Enter many: claims that stand there already take the new refutation, source and dates; others stay as they are.

    Raises:
        InvalidField: a value too long for its column; nothing is imported then.
    """
    known = {row.digest: row for row in RefutedClaim.objects.all()}
    counts = {"added": 0, "changed": 0, "same": 0}
    for entry in entries:
        row = known.get(digest(entry.claim))
        if row is None:
            made = _row(entry, added_by=actor.user)
            known[_enter(actor, made, "import")] = made
            counts["added"] += 1
        else:
            counts["changed" if _change(actor, row, _values(entry)) else "same"] += 1
    if counts["added"] or counts["changed"]:
        snapshot_version.bump()
    return Imported(**counts)


def import_shipped() -> None:
    """Bring the shipped claims up to date; what an operator changed or expired stays as it was left."""
    actor = Actor.system("setup")
    with one_at_a_time():
        known = {row.digest: row for row in RefutedClaim.objects.all()}
        moved = False
        for entry in starter.refuted():
            row = known.get(digest(entry.claim))
            if row is None:
                _enter(actor, _row(entry, shipped=True), "Guiju")
                moved = True
            elif row.shipped:
                moved |= _change(actor, row, _values(entry), shipped=True)
        if moved:
            snapshot_version.bump()


def _enter(actor: Actor, row: RefutedClaim, note: str) -> str:
    row.digest = digest(row.claim)
    if RefutedClaim.objects.filter(digest=row.digest).exists():
        raise AlreadyExists(what_zh="辟谣条目", what_en="A refuted claim", key=row.claim[:60])
    clean(row)
    row.save(force_insert=True)
    append(actor, "rumour.add", row, reason=note.strip(), detail={"claim": row.claim, "source": row.source})
    return row.digest


def _change(actor: Actor, row: RefutedClaim, fields: dict[str, object], *, shipped: bool = False) -> bool:
    """Set ``fields``; whether anything really changed."""
    changed = change(row, fields, _FIELDS)
    if not changed:
        return False
    if "claim" in changed:
        row.digest = digest(row.claim)
        if RefutedClaim.objects.filter(digest=row.digest).exclude(pk=row.pk).exists():
            raise AlreadyExists(what_zh="辟谣条目", what_en="A refuted claim", key=row.claim[:60])
    row.shipped = shipped
    row.save()
    told = {name: [_told(before), _told(after)] for name, (before, after) in changed.items()}
    append(actor, "rumour.edit", row, detail=told)
    return True


def _row(entry: Refuted, **more: object) -> RefutedClaim:
    return RefutedClaim(claim=entry.claim, **_values(entry), **more)


def _values(entry: Refuted) -> dict[str, object]:
    return {
        "refutation": entry.refutation,
        "source": entry.source,
        **{name: date.fromisoformat(value) if value else None for name, value in _dates(entry)},
    }


def _dates(entry: Refuted) -> tuple[tuple[str, str], ...]:
    return ("claimed", entry.claimed), ("refuted", entry.refuted), ("expires", entry.expires)


def _told(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
