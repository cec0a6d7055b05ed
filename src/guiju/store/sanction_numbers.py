"""The number under which an account is told of a sanction: ``14-7F3A09BC``, which nobody can guess.

The letters behind the dash are a keyed hash, so that whoever quotes the number was told it, and no record is needed to
appeal: a step of a person or a bulk action may rest on none.
"""

from __future__ import annotations

import hmac
import re

from guiju.store import keys
from guiju.store.models import Sanction

_FORM = re.compile(r"\s*(\d{1,18})\s*[-–—－]\s*([0-9A-Fa-f]{8})\s*")


def number(row: Sanction) -> str:
    """What a notice quotes."""
    return f"{row.pk}-{_proof(row.pk, row.account_id)}"


def find(text: str) -> Sanction | None:
    """The sanction that somebody quotes; None where the number was not given out."""
    read = _FORM.fullmatch(text)
    row = Sanction.objects.select_related("account").filter(pk=int(read[1])).first() if read else None
    if row is None or read is None:
        return None
    return row if hmac.compare_digest(_proof(row.pk, row.account_id), read[2].upper()) else None


def _proof(key: int, account: str) -> str:
    return keys.key_hasher().hash(f"sanction {key} {account}")[:8].upper()
