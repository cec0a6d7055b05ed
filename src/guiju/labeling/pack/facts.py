"""What the company says of itself in the pack. Nothing is made up: what is not given stands there as missing."""

from __future__ import annotations

import datetime

import msgspec


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """Facts for the cover.

    Attributes:
        company, service: names as in the filing.
        producer: the 27-character code of the generation provider.
        day: of the pack.
        filing: number of the model or algorithm filing; empty if it is still to be added.
    """

    company: str
    service: str
    producer: str
    day: datetime.date
    filing: str = ""
