"""What complaints say, encrypted: each message and contact under a data key, bound to its receipt and place."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Max

from guiju.evidence import Vault
from guiju.evidence.vault import NONCE
from guiju.store import keys
from guiju.store.models import Complaint, ComplaintMessage, User

CONTACT = "contact"


def seal(receipt: str, part: str, text: str, vault: Vault | None = None) -> tuple[str, bytes]:
    """The id of the data key, and ``nonce ‖ ciphertext``."""
    sealed = (vault or keys.vault()).seal_text(text, f"complaint {receipt}", part)
    return sealed.key, sealed.nonce + sealed.ciphertext


def unseal(receipt: str, part: str, key: str, sealed: bytes, vault: Vault | None = None) -> str:
    """The text again.

    Raises:
        TextTampered, DataKeyMissing.
    """
    opened = (vault or keys.vault()).open_text(key, sealed[:NONCE], sealed[NONCE:], f"complaint {receipt}", part)
    return opened.text


def add(complaint: Complaint, author: str, text: str, now: datetime, by: User | None = None) -> ComplaintMessage:
    """Write the next message of a complaint; inside the caller's transaction."""
    number = (complaint.messages.aggregate(last=Max("number"))["last"] or 0) + 1
    key, sealed = seal(complaint.receipt, f"message {number}", text)
    return ComplaintMessage.objects.create(
        complaint=complaint, number=number, at=now, author=author, by=by, key_id=key, sealed=sealed
    )


def read(message: ComplaintMessage, vault: Vault | None = None) -> str:
    """The words of a message. Records no look: callers do."""
    part = f"message {message.number}"
    return unseal(message.complaint_id, part, message.key_id, bytes(message.sealed), vault)


def contact(complaint: Complaint) -> str:
    """How to reach its author; empty where that was not told. Records no look: callers do."""
    if complaint.contact_key_id is None:
        return ""
    return unseal(complaint.receipt, CONTACT, complaint.contact_key_id, bytes(complaint.contact))
