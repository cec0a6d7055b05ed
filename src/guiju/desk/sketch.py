"""How alike two texts are: their pairs and triples of characters, hashed into 256 small numbers.

The cosine of two sketches is about that of the n-grams themselves, so that a rewording shows and an unrelated text does not.
A sketch costs one pass over at most 2,000 characters and needs no model; comparing one with thousands is one product.
"""

from __future__ import annotations

from collections.abc import Sequence
from zlib import crc32

import msgspec
import numpy as np

#: Numbers of a sketch, one byte each.
SIZE = 256
_LONGEST = 2000
_SIGN = 1 << 31


class Near(msgspec.Struct, frozen=True):
    """One of the others: its place among them and how alike it is, 0 to 1."""

    place: int
    likeness: float


def sketch(text: str) -> bytes:
    """The sketch of a normalised text; empty for one of fewer than two characters."""
    seen = "".join(text[:_LONGEST].split())
    if len(seen) < 2:
        return b""
    counts = np.zeros(SIZE, dtype=np.float64)
    grams = {seen[i : i + n] for n in (2, 3) for i in range(len(seen) - n + 1)}
    for gram in grams:
        number = crc32(gram.encode("utf-8", "surrogatepass"))
        counts[number % SIZE] += 1.0 if number & _SIGN else -1.0
    highest = float(np.abs(counts).max())
    if not highest:
        return b""
    return np.rint(counts * (127.0 / highest)).astype(np.int8).tobytes()


def nearest(one: bytes, others: Sequence[bytes], least: float = 0.35, most: int = 5) -> tuple[Near, ...]:
    """The ``most`` sketches most like ``one`` that are at least ``least`` like it, the likest first."""
    known = [place for place, other in enumerate(others) if len(other) == SIZE]
    if len(one) != SIZE or not known:
        return ()
    matrix = np.frombuffer(b"".join(others[place] for place in known), dtype=np.int8).reshape(-1, SIZE)
    vectors = matrix.astype(np.float32)
    mine = np.frombuffer(one, dtype=np.int8).astype(np.float32)
    lengths = np.linalg.norm(vectors, axis=1) * np.linalg.norm(mine)
    likeness = vectors @ mine / np.where(lengths, lengths, 1.0)
    order = np.argsort(-likeness, kind="stable")[:most]
    return tuple(Near(known[i], round(float(likeness[i]), 4)) for i in order if likeness[i] >= least)
