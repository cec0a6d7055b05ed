"""HTML: ``<meta name="AIGC" content="…">`` in the head. The guide's place was not found: this is own practice."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import BinaryIO

import msgspec

from guiju.errors import MediaLayoutUnsupported
from guiju.media.contents import Contents, Form, Found
from guiju.media.joined import joined
from guiju.media.limits import LIMITS, Limits
from guiju.media.registry import Carrier, Practice, carrier
from guiju.media.streams import copy_span, size_of, take_at, to_text

_HEAD = 1 << 20
_TOKEN = re.compile(rb"<!--|<(?P<end>/?)(?P<name>[A-Za-z][A-Za-z0-9:-]*)(?:\"[^\"]*\"|'[^']*'|[^>\"'])*+>|<[!?][^>]*+>")
_LESS = re.compile(rb"<(?:[A-Za-z/!?])?")
_ATTRIBUTE = re.compile(rb"([^\s=\"'<>/]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_RAW = {b"script", b"style", b"title", b"noscript", b"template", b"textarea"}
_IN_HEAD = {b"html", b"head", b"meta", b"link", b"base", *_RAW}


class Tag(msgspec.Struct, frozen=True):
    """A tag of the head: ``name`` in lower case, ``/name`` for an end tag."""

    name: bytes
    start: int
    end: int
    raw: bytes


@carrier
class Html(Carrier):
    """HTML in an encoding that keeps ASCII as it is; the body is copied unseen."""

    name = "html"
    title = "HTML"
    suffixes = (".html", ".htm", ".xhtml")
    placement = "html/meta"
    placements = {"html/meta": "head, <meta name=“AIGC”>"}
    practice = Practice.OWN
    source = "own practice"
    by_name = True

    def sniff(self, head: bytes, suffix: str) -> bool:
        return suffix in self.suffixes or head.lstrip(b"\xef\xbb\xbf \t\r\n")[:14].lower() == b"<!doctype html"

    def read(self, file: BinaryIO, limits: Limits = LIMITS) -> Contents:
        found, damaged = [], []
        for tag in _ours(_start(file, limits)):
            value = html.unescape(to_text(_attributes(tag).get(b"content", b"")))
            if len(value) > limits.value_bytes:
                damaged.append("html/meta: a value is too long")
            else:
                found.append(Found("html/meta", value, Form.ATTRIBUTE, tag.start))
        return joined([Contents(tuple(found), damaged=tuple(damaged))])

    def write(self, source: BinaryIO, target: BinaryIO, value: str, limits: Limits = LIMITS) -> None:
        data = _start(source, limits)
        entry = f'<meta name="AIGC" content="{html.escape(value)}">'.encode("ascii", "xmlcharrefreplace")
        ours = list(_ours(data))
        place = ours[0].start if ours else _place(data)
        changes = sorted([*((tag.start, tag.end) for tag in ours), (place, place)])
        done = 0
        for start, end in changes:
            copy_span(source, target, done, start)
            if start == end:
                target.write(entry)
            done = max(done, end)
        copy_span(source, target, done, size_of(source))


def _start(file: BinaryIO, limits: Limits) -> bytes:
    data = take_at(file, 0, min(_HEAD, size_of(file)), limits, "HTML")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in data[:64]:
        raise MediaLayoutUnsupported(what="HTML", detail="UTF-16")
    return data


def _tags(data: bytes) -> Iterator[Tag]:
    """Every tag up to the body."""
    place, lower = 0, data.lower()
    while (match := _token(data, place)) is not None:
        name, place = (match.group("name") or b"").lower(), match.end()
        if match.group() == b"<!--":
            end = data.find(b"-->", place)
            place = end + 3 if end >= 0 else len(data)
        elif name:
            if name not in _IN_HEAD:
                yield Tag(b"body", match.start(), match.end(), b"")
                return
            yield Tag((b"/" if match.group("end") else b"") + name, match.start(), match.end(), match.group())
            if name in _RAW and not match.group("end"):
                end = lower.find(b"</" + name, place) if name != b"noscript" else place
                place = end if end >= 0 else len(data)


def _token(data: bytes, place: int) -> re.Match[bytes] | None:
    """The next tag or comment; None behind the last, and where one does not end."""
    while (match := _LESS.search(data, place)) is not None:
        if (token := _TOKEN.match(data, match.start())) is not None or match.group() != b"<":
            return token
        place = match.end()
    return None


def _attributes(tag: Tag) -> dict[bytes, bytes]:
    return {m.group(1).lower(): m.group(2) or m.group(3) or m.group(4) or b"" for m in _ATTRIBUTE.finditer(tag.raw)}


def _ours(data: bytes) -> Iterator[Tag]:
    for tag in _tags(data):
        if tag.name == b"meta" and _attributes(tag).get(b"name", b"").upper() == b"AIGC":
            yield tag


def _place(data: bytes) -> int:
    """Where a new element goes: at the end of the head, so that the declared encoding stays early enough."""
    after = 0
    for tag in _tags(data):
        if tag.name in (b"/head", b"body"):
            return tag.start
        after = tag.end
    return after
