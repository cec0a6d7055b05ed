"""Damage to files, for tests of readers and for ``python -m tools.fuzz``: random, and the same for the same seed."""

from __future__ import annotations

import random

SIZES = (b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\0\0\0\0", b"\0\0\0\1", b"\x80\0\0\0", b"\xff\xff\0\0")
"""What lengths and counts are replaced with."""


def damaged(raw: bytes, chance: random.Random) -> bytes:
    """A copy of ``raw`` with a few bytes or lengths changed, taken out, put in or repeated, or without its end.

    Every other place lies in the first 600 bytes, where most formats keep their structure.
    """
    data = bytearray(raw)
    for _ in range(chance.choice((1, 1, 2, 4, 8))):
        place = chance.randrange(min(len(data), 600) if chance.random() < 0.5 else len(data))
        match chance.choice(("byte", "byte", "bit", "size", "size", "out", "in", "again", "digits", "end")):
            case "byte":
                data[place] = chance.choice((0, 1, 127, 128, 255, chance.randrange(256)))
            case "bit":
                data[place] ^= 1 << chance.randrange(8)
            case "size":
                size = chance.choice(SIZES)
                data[place : place + 4] = size if chance.random() < 0.5 else size[::-1]
            case "out":
                del data[place : place + chance.randrange(1, 64)]
            case "in":
                data[place:place] = chance.randbytes(chance.randrange(1, 17))
            case "again":
                data[place:place] = data[place : place + chance.randrange(1, 200)] * chance.choice((1, 1, 20))
            case "digits":
                found = data.find(b"0", place)
                data[max(0, found) : found + 1] = chance.choice((b"9", b"99999999", b"-1"))
            case _:
                del data[max(1, place) :]
        data = data or bytearray(b"\0")
    return bytes(data)
