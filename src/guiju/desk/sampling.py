"""Which decided cases are decided again: by a keyed digest, so that nobody can tell beforehand and nobody can choose."""

from __future__ import annotations

import hashlib

_BITS = 32


def drawn(key: bytes, per_mille: int) -> bool:
    """Whether the case known by ``key`` belongs to the sample; a larger sample holds every smaller one.

    Args:
        key: what cannot be known before the case is there, such as the hash of its record.
        per_mille: the size of the sample, 0 to 1000.
    """
    number = int.from_bytes(hashlib.sha256(b"guiju.desk.sample" + key).digest()[: _BITS // 8], "big")
    return number * 1000 < per_mille << _BITS
