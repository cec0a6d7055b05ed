"""The 64-bit number a mark carries: it stands for a content number and says nothing by itself."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

BITS = 64
LAST = (1 << BITS) - 1


def of_content(produce_id: str) -> int:
    """The number of a content number (``ProduceID``, GB 45438-2025 Annex E): the first 64 bits of its SHA-256.

    It cannot be turned back; the operator finds the content number among those it issued, see :func:`issued_as`. Among
    ten million issued numbers, two share a mark with a probability of 3 in 10⁶.
    """
    return int.from_bytes(hashlib.sha256(produce_id.encode("utf-8")).digest()[:8], "big")


def issued_as(number: int, produce_ids: Iterable[str]) -> str | None:
    """The one of ``produce_ids`` that ``number`` stands for; None if it is none of them."""
    return next((one for one in produce_ids if of_content(one) == number), None)
