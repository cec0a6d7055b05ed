"""XML parts of documents: elements with their places, so that a part can be edited without being rebuilt.

Parsing is expat's, without document types other than a bare name, so without entities to expand.
"""

from __future__ import annotations

import re
from typing import Final
from xml.parsers import expat

import msgspec

from guiju.errors import MediaMalformed

TAG: Final = re.compile(rb"<(?:\"[^\"]*\"|'[^']*'|[^>\"'])*+>")
_DEPTH, _ELEMENTS = 256, 100_000


class Element(msgspec.Struct, frozen=True):
    """An element: names without prefixes, its text (that of elements not asked for inside it, too), and its bytes in the part.

    Attributes:
        inner_end: where its end tag begins; equal to ``end`` for ``<a/>``.
    """

    name: str
    prefix: str
    attributes: dict[str, str]
    text: str
    depth: int
    start: int
    inner: int
    inner_end: int
    end: int


def elements(data: bytes, wanted: frozenset[str], what: str) -> list[Element]:
    """Every element of ``data`` (UTF-8, see :func:`utf8`) whose local name is in ``wanted``, in the order of their ends.

    Raises:
        MediaMalformed: not well-formed, too deep, or with a document type that declares anything.
    """
    walker = _Walker(data, wanted, what)
    try:
        walker.parser.Parse(data, True)
    except expat.ExpatError as error:
        raise MediaMalformed(what=what, detail=str(error)) from None
    return walker.found


def utf8(data: bytes) -> bytes:
    """A part in UTF-8; UTF-16 is known by its mark."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16", "replace")
        return re.sub(r"(<\?xml[^>]{0,200}?encoding=[\"'])[^\"']{0,20}", r"\1UTF-8", text, count=1).encode()
    return data


class _Walker:
    def __init__(self, data: bytes, wanted: frozenset[str], what: str) -> None:
        self.parser = expat.ParserCreate("utf-8")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.found: list[Element] = []
        self._data, self._wanted, self._what = data, wanted, what
        self._depth = self._count = 0
        self._open: list[tuple[int, str, dict[str, str], int, int, list[str]]] = []

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._count += 1
        if self._depth > _DEPTH or self._count > _ELEMENTS:
            raise MediaMalformed(what=self._what, detail="nested too deep, or too many elements")
        if name.rpartition(":")[2] in self._wanted:
            at = self.parser.CurrentByteIndex
            tag = TAG.match(self._data, at)
            if tag is None:
                raise MediaMalformed(what=self._what, detail="a tag that cannot be located")
            local = {key.rpartition(":")[2]: value for key, value in attributes.items()}
            self._open.append((self._depth, name, local, at, tag.end(), []))

    def _end(self, name: str) -> None:
        if self._open and self._open[-1][0] == self._depth:
            depth, full, attributes, start, inner, said = self._open.pop()
            at = self.parser.CurrentByteIndex
            empty = self._data[inner - 2 : inner] == b"/>"
            end = inner if empty else self._data.find(b">", at) + 1
            prefix, _, local = full.rpartition(":")
            inner_end = inner if empty else at
            self.found.append(Element(local, prefix, attributes, "".join(said), depth, start, inner, inner_end, end))
        self._depth -= 1

    def _text(self, text: str) -> None:
        if self._open:  # only the innermost: nesting must not multiply
            self._open[-1][-1].append(text)

    def _doctype(self, name: str, system: str | None, public: str | None, internal: int) -> None:
        if internal:
            raise MediaMalformed(what=self._what, detail="a document type with declarations")
