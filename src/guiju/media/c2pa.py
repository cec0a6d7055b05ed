"""Seeing that a C2PA manifest store is there, and naming its manifests. Nothing is verified: that takes ``c2pa-python``.

A store is a JUMBF superbox (ISO/IEC 19566-5) labelled ``c2pa``, holding one superbox for every manifest, the active one
last.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from guiju.media.contents import C2pa

UUID: Final = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
"""The extended type of the ISO BMFF ``uuid`` box that holds a store."""

_MOST = 256


def describe(store: bytes, placement: str, size: int | None = None) -> C2pa:
    """The store that begins with ``store``; ``size`` is its whole length where that is more."""
    top = next(_boxes(store), None)
    labels = (
        [] if top is None else [label for kind, body in _boxes(top[1]) if kind == b"jumb" and (label := _label(body))]
    )
    return C2pa(placement, len(store) if size is None else size, tuple(labels))


def is_store(data: bytes) -> bool:
    """Whether ``data`` begins with a superbox labelled ``c2pa``."""
    top = next(_boxes(data), None)
    return top is not None and top[0] == b"jumb" and _label(top[1]).startswith("c2pa")


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = 0
    for _ in range(_MOST):
        if place + 8 > len(data):
            return
        size, kind = struct.unpack_from(">I4s", data, place)
        head = 8
        if size == 1 and place + 16 <= len(data):
            size, head = struct.unpack_from(">Q", data, place + 8)[0], 16
        if size == 0:
            size = len(data) - place
        if size < head:
            return
        yield kind, data[place + head : place + size]
        place += size


def _label(superbox: bytes) -> str:
    """The label in the description box of a superbox: 16 bytes of type, a byte of toggles, then text up to a NUL."""
    kind, body = next(_boxes(superbox), (b"", b""))
    if kind != b"jumd" or len(body) < 18 or not body[16] & 2:
        return ""
    return body[17 : 17 + 256].partition(b"\0")[0].decode("utf-8", "replace")
