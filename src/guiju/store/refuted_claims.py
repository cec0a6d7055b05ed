"""The register of refuted claims as gateways and screens read it."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime

from django.db.models import Q

from guiju.china import china_day
from guiju.moderation.rumours import Likeness, Refuted, Register
from guiju.store.models import RefutedClaim
from guiju.text.reading import read


def today() -> date:
    """The day in China."""
    return china_day(datetime.now(UTC))


def in_force(today: date) -> tuple[RefutedClaim, ...]:
    """The entries that count on a day (UTC+8), oldest first."""
    return tuple(RefutedClaim.objects.filter(Q(expires=None) | Q(expires__gte=today)).order_by("pk"))


def as_value(row: RefutedClaim) -> Refuted:
    """An entry as the moderation takes it."""
    return Refuted(
        claim=row.claim,
        refutation=row.refutation,
        source=row.source,
        claimed=row.claimed.isoformat() if row.claimed else "",
        refuted=row.refuted.isoformat() if row.refuted else "",
        expires=row.expires.isoformat() if row.expires else "",
        id=str(row.pk),
    )


def digest(claim: str) -> str:
    """What tells claims apart: the digest of how the matcher reads them."""
    return hashlib.sha256(read(claim.strip()).text.encode()).hexdigest()


def repeated(text: str) -> tuple[Likeness, ...]:
    """The claims in force today that a text repeats, the likest first."""
    register = Register(as_value(row) for row in in_force(today()))
    return register.find(read(text).text, today().isoformat())
