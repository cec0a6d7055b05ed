"""XMP packets: reading the property ``AIGC`` and editing it in place.

TC260-PG-20259A clause 6 puts it in the namespace :data:`NAMESPACE`, as an element. Packets are edited, never rebuilt:
every byte that is not the property stays. Parsing is expat's, without document types, so without entities to expand.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Final
from xml.parsers import expat
from xml.sax.saxutils import escape

import msgspec

from guiju.errors import MediaLayoutUnsupported, MediaMalformed
from guiju.media.contents import Contents, Form, Found
from guiju.media.limits import LIMITS, Limits

NAMESPACE: Final = "http://www.tc260.org.cn/ns/AIGC/1.0/"
PREFIX: Final = "TC260"
SIGNATURE: Final = b"http://ns.adobe.com/xap/1.0/\0"
"""What stands before a packet in an ``APP1`` segment of JPEG."""

_PREFIXES = {"tc260", "c260"}  # the second is seen declared in the wild, where the first is used
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_DEPTH = 64
_MOST = 64  # values in one packet
_NAMESPACES = 512
_ELEMENTS, _ATTRIBUTES = 100_000, 10_000

_TAG = re.compile(rb"<(?:\"[^\"]*\"|'[^']*'|[^>\"'])*+>")
_ATTRIBUTE = re.compile(rb"\s+([^\s=\"'<>/]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_LOOSE_ELEMENT = re.compile(r"<(\w+):AIGC\b[^<>]{0,512}>\s*([^<]{0,65536})")
_LOOSE_ATTRIBUTE = re.compile(r"\s(\w+):AIGC\s{0,8}=\s{0,8}(?:\"([^\"<]{0,65536})\"|'([^'<]{0,65536})')")

_NEW = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
    f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{_RDF}"></rdf:RDF></x:xmpmeta>\n'
    '<?xpacket end="w"?>'
).encode()


class Property(msgspec.Struct, frozen=True):
    """One occurrence of ``AIGC``: its value, and the bytes of the packet that hold it."""

    value: str
    form: Form
    foreign: bool
    start: int
    end: int
    prefix: str


class Packet(msgspec.Struct, frozen=True):
    """A packet taken apart: ``data`` is what the positions count in (UTF-8)."""

    data: bytes
    properties: tuple[Property, ...]
    source_types: tuple[str, ...]
    insert_at: int
    rdf: str
    about: str
    empty_rdf: bool = False


def read(packet: bytes, placement: str, offset: int, limits: Limits = LIMITS, *, drawing: bool = False) -> Contents:
    """What ``packet`` (at ``offset`` in the file) holds. A packet that is no XML is searched loosely, and is damaged."""
    try:
        parsed = parse(packet, drawing=drawing)
    except MediaMalformed as error:
        return _loosely(packet, placement, offset, str(error.params.get("detail")))
    kept = [one for one in parsed.properties if len(one.value) <= limits.value_bytes]
    damaged = () if len(kept) == len(parsed.properties) else (f"{placement}: a value is too long",)
    found = tuple(Found(placement, one.value, one.form, offset, one.foreign) for one in kept)
    return Contents(found, None, parsed.source_types, damaged)


def write(packet: bytes | None, value: str | None, *, drawing: bool = False) -> bytes:
    """``packet`` (or a new one for None) with ``value`` as its one ``AIGC``; None leaves no value in it.

    Raises:
        MediaMalformed: no well-formed XMP. MediaLayoutUnsupported: it has no ``rdf:RDF``.
    """
    parsed = parse(_NEW if packet is None else packet, drawing=drawing)
    data, kept = parsed.data, None
    if value is not None:
        kept = next((one for one in parsed.properties if one.form is Form.ELEMENT and not one.foreign), None)
    changes = [(one.start, one.end, b"") for one in parsed.properties if one is not kept]
    if value is not None and kept is not None:
        changes.append((kept.start, kept.end, _element(kept.prefix, value)))
    elif value is not None:
        changes.append((parsed.insert_at, parsed.insert_at + 2 * parsed.empty_rdf, _description(parsed, value)))
    return _spliced(data, sorted(changes))


def parse(packet: bytes, *, drawing: bool = False) -> Packet:
    """Take a packet apart.

    Args:
        drawing: it is a whole SVG, which may have a document type that declares nothing.

    Raises:
        MediaMalformed: it is not well-formed, nests too deep, or has a document type.
    """
    data = _utf8(packet)
    walker = _Walker(data, drawing)
    try:
        walker.parser.Parse(data, True)
    except expat.ExpatError as error:
        raise MediaMalformed(what="XMP", detail=str(error)) from None
    return walker.packet()


def _spliced(data: bytes, changes: list[tuple[int, int, bytes]]) -> bytes:
    """``data`` with every ``(start, end)`` replaced; what lies inside a place already replaced is gone with it."""
    pieces, done = [], 0
    for start, end, new in changes:
        if start >= done:
            pieces += [data[done:start], new]
            done = end
    return b"".join([*pieces, data[done:]])


def _element(prefix: str, value: str) -> bytes:
    return f"<{prefix}:AIGC>{escape(value, {chr(34): '&quot;'})}</{prefix}:AIGC>".encode("utf-8", "replace")


def _description(parsed: Packet, value: str) -> bytes:
    if not parsed.rdf:
        raise MediaLayoutUnsupported(what="XMP", detail="no rdf:RDF")
    rdf = parsed.rdf.rpartition(":")[0]
    name, attribute = (f"{rdf}:Description", f"{rdf}:about") if rdf else ("Description", "about")
    about = escape(parsed.about, {'"': "&quot;"})
    inner = f'<{name} {attribute}="{about}" xmlns:{PREFIX}="{NAMESPACE}">'.encode()
    whole = inner + _element(PREFIX, value) + f"</{name}>".encode()
    return b">" + whole + f"</{parsed.rdf}>".encode() if parsed.empty_rdf else whole


def _utf8(packet: bytes) -> bytes:
    """The packet in UTF-8 without what surrounds it; UTF-16 and UTF-32 are known by their marks or their zeros.

    Real HEIC files carry JPEG's signature before the packet.
    """
    packet = packet.removeprefix(SIGNATURE)
    for mark, encoding in ((b"\xff\xfe\0\0", "utf-32"), (b"\0\0\xfe\xff", "utf-32")):
        if packet.startswith(mark):
            return packet.decode(encoding, "replace").strip("\0 \t\r\n").encode()
    if packet.startswith((b"\xff\xfe", b"\xfe\xff")):
        return packet.decode("utf-16", "replace").strip("\0 \t\r\n").encode()
    if packet[:2] in (b"<\0", b"\0<"):
        return packet.decode("utf-16-le" if packet[1] == 0 else "utf-16-be", "replace").strip("\0 \t\r\n").encode()
    return packet.strip(b"\0 \t\r\n")


class _Walker:
    """The handlers of one parse. Namespaces are resolved here, so that undeclared prefixes are no error."""

    def __init__(self, data: bytes, drawing: bool = False) -> None:
        self.data, self._drawing = data, drawing
        self.parser = expat.ParserCreate("utf-8")
        self.parser.ordered_attributes = True
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.StartDoctypeDeclHandler = self._doctype
        self._scopes: list[dict[str, str]] = [{}]
        self._properties: list[Property] = []
        self._types: list[str] = []
        self._open: tuple[int, int, str, bool] | None = None  # depth, start, prefix, foreign of an open AIGC
        self._typing = self._count = 0
        self._said: list[str] = []
        self._insert, self._rdf, self._about, self._empty = -1, "", "", False

    def packet(self) -> Packet:
        about, types = self._about, tuple(dict.fromkeys(self._types[:_MOST]))
        return Packet(self.data, tuple(self._properties), types, self._insert, self._rdf, about, self._empty)

    def _start(self, name: str, attributes: list[str]) -> None:
        self._count += 1
        if len(self._scopes) > _DEPTH or self._count > _ELEMENTS or len(attributes) > 2 * _ATTRIBUTES:
            raise MediaMalformed(what="XMP", detail="nested too deep, or too much of it")
        pairs = list(zip(attributes[::2], attributes[1::2], strict=True))
        declared = {key.partition(":")[2]: value for key, value in pairs if key.split(":")[0] == "xmlns"}
        if len(declared) + len(self._scopes[-1]) > _NAMESPACES:
            raise MediaMalformed(what="XMP", detail="too many namespaces")
        self._scopes.append({**self._scopes[-1], **declared} if declared else self._scopes[-1])
        at, (prefix, local, space) = self.parser.CurrentByteIndex, self._resolve(name)
        if space == _RDF and local == "RDF" and not self._rdf:
            self._rdf = name
            self._empty = (tag := _TAG.match(self.data, at)) is not None and tag.group().endswith(b"/>")
            self._insert = at + len(tag.group()) - 2 if tag and self._empty else -1
        if space == _RDF and local == "Description":
            self._about = self._about or next((value for key, value in pairs if key.endswith("about")), "")
        self._attributes(pairs, at)
        if self._open is None and self._is_ours(prefix, local, space):
            self._open, self._said = (len(self._scopes), at, prefix, space != NAMESPACE), []
        elif local.lower() == "digitalsourcetype":
            self._typing, self._said = len(self._scopes), []
            self._types += [value for key, value in pairs if key.endswith("resource")]

    def _attributes(self, pairs: list[tuple[str, str]], at: int) -> None:
        ours: dict[bytes, Property] = {}
        for key, value in pairs:
            prefix, local, space = self._resolve(key)
            if prefix and self._is_ours(prefix, local, space):
                ours[key.encode()] = Property(value, Form.ATTRIBUTE, space != NAMESPACE, -1, -1, prefix)
            elif prefix and local.lower() == "digitalsourcetype":
                self._types.append(value)
        tag = _TAG.match(self.data, at) if ours else None
        for match in _ATTRIBUTE.finditer(tag.group()) if tag else ():
            if (known := ours.get(match.group(1))) is not None:
                place = {"start": at + match.start(), "end": at + match.end()}
                self._add(msgspec.structs.replace(known, **place))

    def _add(self, known: Property) -> None:
        self._properties.append(known)
        if len(self._properties) > _MOST:
            raise MediaMalformed(what="XMP", detail="too many values")

    def _end(self, name: str) -> None:
        at = self.parser.CurrentByteIndex
        if self._rdf == name and not self._empty and self._insert < 0:
            self._insert = at
        if self._open and self._open[0] == len(self._scopes):
            _, start, prefix, foreign = self._open
            tag = _TAG.match(self.data, start)
            end = start + len(tag.group()) if tag and tag.group().endswith(b"/>") else self.data.find(b">", at) + 1
            value = "".join(self._said).strip()
            self._add(Property(value, Form.ELEMENT, foreign, start, end, prefix))
            self._open = None
        elif self._typing == len(self._scopes):
            self._types += [value] if (value := "".join(self._said).strip()) else []
            self._typing = 0
        self._scopes.pop()

    def _text(self, text: str) -> None:
        if self._open or self._typing:
            self._said.append(text)

    def _doctype(self, name: str, system: str | None, public: str | None, internal: int) -> None:
        if internal or not self._drawing:
            raise MediaMalformed(what="XMP", detail="a document type")

    def _resolve(self, name: str) -> tuple[str, str, str]:
        prefix, _, local = name.rpartition(":")
        return prefix, local, self._scopes[-1].get(prefix, "")

    @staticmethod
    def _is_ours(prefix: str, local: str, space: str) -> bool:
        if local.upper() != "AIGC":
            return False
        return space == NAMESPACE or "tc260.org.cn" in space or prefix.lower() in _PREFIXES


def _loosely(packet: bytes, placement: str, offset: int, why: str) -> Contents:
    """What still looks like the property in a packet that cannot be parsed."""
    text = _utf8(packet).decode("utf-8", "replace")
    found = tuple(Found(placement, html.unescape(value), form, offset, foreign=True) for value, form in _loose(text))
    return Contents(found[:_MOST], damaged=(f"{placement}: {why}",))


def _loose(text: str) -> Iterator[tuple[str, Form]]:
    for match in _LOOSE_ELEMENT.finditer(text):
        if match.group(1).lower() in _PREFIXES:
            yield match.group(2).strip(), Form.ELEMENT
    for match in _LOOSE_ATTRIBUTE.finditer(text):
        if match.group(1).lower() in _PREFIXES:
            yield match.group(2) or match.group(3) or "", Form.ATTRIBUTE
