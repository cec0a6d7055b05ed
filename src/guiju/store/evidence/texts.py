"""Reading what was asked and answered. The look is recorded, durably, before the text leaves this module."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from guiju.errors import TextGone, TextTampered
from guiju.evidence import Exchange, Vault, decode
from guiju.evidence.vault import NONCE
from guiju.nouns import Part
from guiju.store import keys
from guiju.store.actor import Actor
from guiju.store.acts import guarded, reasoned
from guiju.store.audit import append, one_at_a_time
from guiju.store.models import Case, Record, RecordText
from guiju.store.permissions import Permission, require

LOOK = "evidence.read_text"
"""The action under which looks at texts stand in the audit log."""

_PARTS = msgspec.json.Decoder(tuple[Part, ...])


@dataclass(frozen=True)
class Texts:
    """The texts of one exchange, part by part. Both were compared with the commitments in the record."""

    prompt: tuple[Part, ...]
    answer: tuple[Part, ...]


@guarded(Permission.READ_CASE_TEXT)
def read_text(actor: Actor, record: Record, reason: str) -> Texts:
    """The texts of a record; whoever may only read the texts of cases needs the record to be one.

    Raises:
        PermissionDenied, ReasonMissing; TextGone: no longer held, or never kept.
        TextTampered: the stored text is not the one the record commits to.
    """
    if not Case.objects.filter(record=record).exists():
        require(actor, Permission.READ_ANY_TEXT)
    because = reasoned(reason)
    stored = RecordText.objects.filter(record=record).first()
    if stored is None:
        raise TextGone(record=record.content_number)
    with one_at_a_time():
        append(actor, LOOK, record, reason=because, detail={"content_number": record.content_number})
    return opened(keys.vault(), record, stored)


def opened(vault: Vault, record: Record, stored: RecordText) -> Texts:
    """Decrypt the texts of ``record`` and compare them with its commitments. Records no look: callers do."""
    body = decode(bytes(record.body))
    if not isinstance(body, Exchange):
        raise TextTampered(record=record.content_number)
    return Texts(
        prompt=_open(vault, body, stored.key_id, bytes(stored.prompt), "prompt", body.commitments.prompt),
        answer=_open(vault, body, stored.key_id, bytes(stored.answer), "answer", body.commitments.answer),
    )


def _open(vault: Vault, body: Exchange, key: str, sealed: bytes, part: str, commitment: str) -> tuple[Part, ...]:
    if not sealed and not commitment:
        return ()
    plain = vault.open_text(key, sealed[:NONCE], sealed[NONCE:], body.id, part)
    if plain.commitment != commitment:
        raise TextTampered(record=body.id)
    return _PARTS.decode(plain.text) if plain.text else ()
