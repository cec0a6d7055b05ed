"""Tags of Matroska: ``Tags.Tag.SimpleTag`` named ``AIGC`` (TC260-PG-20257A), read and edited in the bytes of ``Tags``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from guiju.errors import MediaTooLarge
from guiju.media import ebml, embedded
from guiju.media.contents import Contents, Form, Found
from guiju.media.ebml import CRC, Element
from guiju.media.limits import Limits
from guiju.media.streams import to_text

TAGS: Final = 0x1254C367
_TAG, _TARGETS, _SIMPLE, _NAME, _STRING, _BINARY = 0x7373, 0x63C0, 0x67C8, 0x45A3, 0x4487, 0x4485
_TARGET_LEVEL, _ALL, _TARGET_NAME = 0x68CA, b"\x32", 0x63CA


def read(data: bytes, offset: int, limits: Limits) -> Contents:
    """What the content of ``Tags`` (at ``offset`` in the file) holds."""
    found = []
    for tag in ebml.children(data, 0, len(data), limits):
        if tag.id == _TAG:
            for name, value in _simple(data, tag, limits, limits.depth):
                if (hit := _hit(name, value, limits)) is not None:
                    found.append(Found(hit[0], hit[1], hit[2], offset))
    return Contents(tuple(found))


def write(data: bytes, value: str | None, limits: Limits) -> bytes:
    """The content of ``Tags`` with ``value`` as its one value, for the film as a whole; None leaves none in it."""
    made, checked, placed = list[bytes](), False, value is None
    for tag in ebml.children(data, 0, len(data), limits):
        if tag.id == CRC:
            checked = True
        elif tag.id != _TAG:
            made.append(data[tag.start : tag.end])
        else:
            content = _cleared(data, tag, limits, limits.depth)
            if not placed and value is not None and _is_global(content, limits):
                content, placed = content + _new(value), True
            same = content == data[tag.body : tag.end]
            if any(one.id == _SIMPLE for one in ebml.children(content, 0, len(content), limits)) or same:
                made.append(data[tag.start : tag.end] if same else ebml.element(_TAG, content))
    if not placed and value is not None:
        made.append(ebml.element(_TAG, ebml.element(_TARGETS, b"") + _new(value)))
    new = b"".join(made)
    return ebml.with_crc(new) if checked else new


def _new(value: str) -> bytes:
    return ebml.element(_SIMPLE, ebml.element(_NAME, b"AIGC") + ebml.element(_STRING, value.encode("utf-8", "replace")))


def _simple(data: bytes, parent: Element, limits: Limits, depth: int) -> Iterator[tuple[str, bytes]]:
    """Name and value of every simple tag in ``parent``, nested ones too."""
    if not depth:
        raise MediaTooLarge(what="Matroska tags", limit=limits.depth)
    for one in ebml.children(data, parent.body, parent.end, limits):
        if one.id == _SIMPLE:
            yield _pair(data, one, limits)
            yield from _simple(data, one, limits, depth - 1)


def _pair(data: bytes, simple: Element, limits: Limits) -> tuple[str, bytes]:
    parts = {one.id: data[one.body : one.end] for one in ebml.children(data, simple.body, simple.end, limits)}
    return to_text(parts.get(_NAME, b"")[:256]), parts.get(_STRING, parts.get(_BINARY, b""))


def _hit(name: str, value: bytes, limits: Limits) -> tuple[str, str, Form] | None:
    if name.strip().upper() == "AIGC":
        return "mkv/tag", to_text(value[: limits.value_bytes]), Form.TEXT
    if b"AIGC" not in value and b"ContentProducer" not in value:
        return None
    inside = embedded.find(to_text(value[: limits.value_bytes]), limits.value_bytes)
    return None if inside is None else ("mkv/tag.other", inside[2], Form.EMBEDDED)


def _cleared(data: bytes, parent: Element, limits: Limits, depth: int) -> bytes:
    """The content of a tag without values; one inside another text gives way to spaces."""
    if not depth:
        raise MediaTooLarge(what="Matroska tags", limit=limits.depth)
    made = []
    for one in ebml.children(data, parent.body, parent.end, limits):
        raw = data[one.start : one.end]
        if one.id == _SIMPLE:
            hit = _hit(*_pair(data, one, limits), limits)
            if hit is not None and hit[2] is Form.TEXT:
                continue
            inner = _cleared(data, one, limits, depth - 1)
            if inner != data[one.body : one.end]:
                raw = ebml.element(_SIMPLE, inner)
            if hit is not None:
                raw = raw.replace(hit[1].encode(), b" " * len(hit[1].encode())).replace(b"AIGC", b"    ")
        made.append(raw)
    return b"".join(made)


def _is_global(content: bytes, limits: Limits) -> bool:
    """Whether a tag speaks of the whole film: its targets name nothing smaller."""
    for one in ebml.children(content, 0, len(content), limits):
        if one.id == _TARGETS:
            for target in ebml.children(content, one.body, one.end, limits):
                if target.id == _TARGET_NAME or (
                    target.id == _TARGET_LEVEL and content[target.body : target.end] == _ALL
                ):
                    continue
                return False
    return True
