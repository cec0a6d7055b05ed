"""The metadata of a film in ``moov``: keys and values (``meta`` with handler ``mdta``), iTunes lists, and XMP.

TC260-PG-20257A and -202510A put the value into ``moov.udta.meta``: a key ``AIGC`` in ``keys``, its value in ``ilst``. Seen
besides: the same directly under ``moov``, a freeform item (``----``), an item or a text without any key, XMP.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

import msgspec

from guiju.errors import MediaError
from guiju.media import embedded, xmp
from guiju.media.boxes import box, boxes, rebuilt
from guiju.media.contents import Contents, Form, Found
from guiju.media.limits import Limits
from guiju.media.streams import to_text

WHAT: Final = "MP4"
KEY: Final = b"AIGC"
PLACES: Final = {
    "mp4/keys": "moov.udta.meta, handler mdta: key AIGC in keys, value in ilst",
    "mp4/keys.moov": "the same in moov.meta, or in a track",
    "mp4/itunes": "a freeform item ---- named AIGC",
    "mp4/list": "an item AIGC, or the value inside another item",
    "mp4/udta": "a box AIGC, or the value inside another text of udta",
    "mp4/xmp": "XMP in a uuid box or in udta.XMP_, property TC260:AIGC",
}
_TEXT = struct.pack(">II", 1, 0)  # a data atom: UTF-8, no country and language
_HANDLER = box(b"hdlr", bytes(8) + b"mdta" + bytes(13))
_TEXTS = (b"\xa9", b"desc", b"cprt", b"dscp", b"titl", b"auth", b"albm", b"meta", b"info")
_DEEPEST = 3


class _Item(msgspec.Struct, frozen=True):
    """An entry of ``ilst``: its type, its place in the box, its name where it has one, its value."""

    kind: bytes
    start: int
    end: int
    name: str
    value: str

    def hit(self, limits: Limits) -> tuple[str, str, Form] | None:
        """Place (without the one that keys have), value and form, if it holds one."""
        if "AIGC" in self.name.upper():
            return ("itunes" if self.kind == b"----" else "keys"), self.value, Form.TEXT
        if self.kind.upper() == KEY:
            return "list", self.value, Form.TEXT
        inside = embedded.find(self.value, limits.value_bytes)
        return None if inside is None else ("list", inside[2], Form.EMBEDDED)


def read(moov: bytes, offset: int, limits: Limits) -> Iterator[Contents]:
    """What the body of ``moov`` holds; ``offset`` is where it stands in the file."""
    for kind, at, inner, end in boxes(moov, 0, limits, WHAT):
        if kind == b"udta":
            yield from _read_udta(moov[inner:end], offset + inner, limits)
        elif kind == b"meta":
            yield _read_meta(moov[inner:end], offset + at, "mp4/keys.moov", limits)
        elif kind == b"trak":
            for inside, at_, inner_, end_ in boxes(moov, inner, limits, WHAT, end):
                if inside == b"udta":
                    yield from _read_udta(moov[inner_:end_], offset + inner_, limits, "mp4/keys.moov")
                elif inside == b"meta":
                    yield _read_meta(moov[inner_:end_], offset + at_, "mp4/keys.moov", limits)


def write(moov: bytes, value: str, limits: Limits) -> bytes:
    """The body of ``moov`` with ``value`` as its one value, in ``udta.meta``.

    Raises:
        MediaMalformed: it cannot be walked.
    """
    spans = {kind: (at, inner, end) for kind, at, inner, end in boxes(moov, 0, limits, WHAT)}
    others = b""
    if b"meta" in spans:
        at, inner, _ = spans[b"meta"]
        others = _keys_of(moov[inner : spans[b"meta"][2]], limits)
        start, _, end = spans.get(b"udta", (len(moov), 0, len(moov)))
        if start > at:  # readers that know one table of keys take the first
            moov = moov[:at] + (moov[start:end] or box(b"udta", b"")) + moov[at:start] + moov[end:]
    elif b"udta" not in spans:
        moov += box(b"udta", b"")
    waiting = [value]

    def change(kind: bytes, body: bytes) -> bytes:
        if kind == b"udta":
            return _with_udta(body, waiting.pop() if waiting else None, limits, others)
        return rebuilt(body, 0, clear, limits, WHAT) if kind == b"trak" else clear(kind, body)

    def clear(kind: bytes, body: bytes) -> bytes:
        if kind == b"udta":
            return _with_udta(body, None, limits)
        return _with_meta(body, None, limits) if kind == b"meta" else body

    return rebuilt(moov, 0, change, limits, WHAT)


def _keys_of(meta: bytes, limits: Limits) -> bytes:
    """The body of the table of keys in a ``meta`` with handler ``mdta``.

    Apple's films have one under ``moov``. ffmpeg reads one table for the whole film, so that a new one must begin with
    the same keys for both lists to be understood.
    """
    if _handler(meta, limits) != b"mdta":
        return b""
    return next((meta[a:b] for kind, _, a, b in boxes(meta, _start(meta), limits, WHAT) if kind == b"keys"), b"")


def _read_udta(data: bytes, offset: int, limits: Limits, keys: str = "mp4/keys") -> Iterator[Contents]:
    for kind, at, inner, end in boxes(data, 0, limits, WHAT):
        body, place = data[inner:end], offset + at
        if kind == b"meta":
            yield _read_meta(body, place, keys, limits)
        elif kind == b"XMP_":
            yield xmp.read(body, "mp4/xmp", place, limits)
        elif kind.upper() == KEY:
            yield Contents((Found("mp4/udta", to_text(body[: limits.value_bytes]), Form.TEXT, place),))
        elif (hit := _text_hit(kind, body, limits)) is not None:
            yield Contents((Found("mp4/udta", hit, Form.EMBEDDED, place),))


def _text_hit(kind: bytes, body: bytes, limits: Limits) -> str | None:
    if not kind.startswith(_TEXTS) or (b"AIGC" not in body and b"ContentProducer" not in body):
        return None
    hit = embedded.find(body[: limits.value_bytes].decode("utf-8", "replace"), limits.value_bytes)
    return None if hit is None else hit[2]


def _read_meta(data: bytes, offset: int, keys: str, limits: Limits) -> Contents:
    try:
        items = list(_items(data, limits))
    except MediaError as error:
        return Contents(damaged=(f"{keys}: {error.message('en')}",) if b"AIGC" in data else ())
    found = []
    for item in items:
        if (hit := item.hit(limits)) is not None:
            placement = keys if hit[0] == "keys" else f"mp4/{hit[0]}"
            found.append(Found(placement, hit[1], hit[2], offset))
    return Contents(tuple(found))


def _start(data: bytes) -> int:
    """Where the children of a ``meta`` box start: QuickTime leaves out version and flags."""
    return 0 if data[4:8] == b"hdlr" else 4


def _handler(data: bytes, limits: Limits) -> bytes:
    for kind, _, inner, _ in boxes(data, _start(data), limits, WHAT):
        if kind == b"hdlr":
            return data[inner + 8 : inner + 12]
    return b""


def _names(data: bytes, limits: Limits) -> list[str]:
    """The keys of a ``keys`` box, given its body; entry 1 is the first."""
    return [data[inner:end].decode("utf-8", "replace") for _, _, inner, end in boxes(data, 8, limits, WHAT)]


def _items(meta: bytes, limits: Limits) -> Iterator[_Item]:
    children = [(kind, meta[inner:end]) for kind, _, inner, end in boxes(meta, _start(meta), limits, WHAT)]
    names = next((_names(body, limits) for kind, body in children if kind == b"keys"), [])
    for kind, body in children:
        if kind == b"ilst":
            yield from _of_list(body, names, limits)


def _of_list(ilst: bytes, names: list[str], limits: Limits) -> Iterator[_Item]:
    for kind, at, inner, end in boxes(ilst, 0, limits, WHAT):
        number = int.from_bytes(kind, "big")
        name = names[number - 1] if 0 < number <= len(names) else ""
        parts = {part: ilst[a:b] for part, _, a, b in boxes(ilst, inner, limits, WHAT, end)}
        if kind == b"----":
            name = parts.get(b"name", b"")[4:].decode("utf-8", "replace")
        value = parts.get(b"data", b"")[8:]
        yield _Item(
            kind, at, end, name, to_text(value[: limits.value_bytes]) if len(value) <= limits.value_bytes else ""
        )


def _with_udta(data: bytes, value: str | None, limits: Limits, keys: bytes = b"") -> bytes:
    waiting = [] if value is None else [value]

    def change(kind: bytes, body: bytes) -> bytes | None:
        if kind == b"meta":
            mine = _handler(body, limits) == b"mdta" and waiting
            return _with_meta(body, waiting.pop() if mine else None, limits)
        if kind == b"XMP_" and xmp.read(body, "", 0, limits).found:
            return xmp.write(body, None)
        if kind.upper() == KEY:
            return None
        hit = None if kind == b"meta" else _text_hit(kind, body, limits)
        return body if hit is None else _blanked(body, hit)

    new = rebuilt(data, 0, change, limits, WHAT)
    if waiting:
        tail = len(new) - max((end for *_, end in boxes(new, 0, limits, WHAT)), default=0)
        cut = len(new) - tail
        new = (
            new[:cut]
            + box(b"meta", _with_meta(bytes(4) + _HANDLER + (box(b"keys", keys) if keys else b""), value, limits))
            + new[cut:]
        )
    return new


def _blanked(body: bytes, value: str) -> bytes:
    """``body`` with ``value`` overwritten by spaces, and the word before it too."""
    raw = value.encode("utf-8", "replace")
    at = body.find(raw)
    if at < 0:
        return b" " * len(body)
    before = body[:at].rstrip(b" :=")
    start = len(before) - 4 if before.endswith(KEY) else at
    return body[:start] + b" " * (at + len(raw) - start) + body[at + len(raw) :]


def _with_meta(meta: bytes, value: str | None, limits: Limits) -> bytes:
    """The body of ``meta`` without values, or with this one under the key ``AIGC``."""
    hits = [(item, hit) for item in _items(meta, limits) if (hit := item.hit(limits)) is not None]
    if not hits and value is None:
        return meta
    parts = {kind: meta[inner:end] for kind, _, inner, end in boxes(meta, _start(meta), limits, WHAT)}
    ilst = _cleared(parts.get(b"ilst", b""), hits)
    if value is not None:
        keys, number = _with_key(parts.get(b"keys", bytes(8)), limits)
        at = hits[0][0].start if hits and hits[0][1][0] == "keys" else len(ilst)
        item = box(number.to_bytes(4, "big"), box(b"data", _TEXT + value.encode("utf-8", "replace")))
        ilst = ilst[:at] + item + ilst[at:]
        for kind in (b"keys", b"ilst"):
            meta = meta if kind in parts else meta + box(kind, b"")
        parts[b"keys"] = keys
    changed = {b"ilst": ilst, b"keys": parts.get(b"keys", b"")}
    return rebuilt(meta, _start(meta), lambda kind, body: changed.pop(kind, body), limits, WHAT)


def _cleared(ilst: bytes, hits: list[tuple[_Item, tuple[str, str, Form]]]) -> bytes:
    """A list without the items that are values; where the value is inside another text, spaces take its place."""
    for item, (_, value, form) in reversed(hits):
        raw = ilst[item.start : item.end]
        kept = _blanked(raw, value) if form is Form.EMBEDDED and value.encode() in raw else b""
        ilst = ilst[: item.start] + kept + ilst[item.end :]
    return ilst


def _with_key(keys: bytes, limits: Limits) -> tuple[bytes, int]:
    """The body of ``keys`` with ``AIGC`` in it, and its number."""
    names = _names(keys, limits)
    if "AIGC" in names:
        return keys, names.index("AIGC") + 1
    count = len(names) + 1
    return keys[:4] + struct.pack(">I", count) + keys[8:] + struct.pack(">I", 12) + b"mdta" + KEY, count
