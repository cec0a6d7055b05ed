"""Office Open XML: a custom property ``AIGC`` in ``docProps/custom.xml`` (TC260-PG-20258A, 6.1)."""

from __future__ import annotations

import posixpath
from typing import BinaryIO
from xml.sax.saxutils import escape

from guiju.errors import MediaEncrypted, MediaMalformed, MediaTooLarge
from guiju.media import embedded, markup
from guiju.media.archive import Archive
from guiju.media.contents import Contents, Found
from guiju.media.joined import joined
from guiju.media.limits import LIMITS, Limits
from guiju.media.registry import Carrier, carrier

_PART = "docProps/custom.xml"
_TYPES, _RELATIONS = "[Content_Types].xml", "_rels/.rels"
_CONTENT = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/custom-properties"
_STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships/customProperties"
_SPACE = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
_VALUES = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
_FORMAT = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
_DECLARATION = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PROPERTY, _ROOT = frozenset({"property"}), frozenset({"Properties", "property"})


@carrier
class Ooxml(Carrier):
    """Word, Excel and PowerPoint documents and templates. All other members of the archive stay byte for byte."""

    name = "ooxml"
    title = "DOCX, XLSX, PPTX"
    suffixes = (
        ".docx", ".xlsx", ".pptx", ".dotx", ".xltx", ".potx", ".docm", ".xlsm", ".pptm", ".dotm", ".xltm", ".potm",
    )  # fmt: skip
    placement = "ooxml/custom"
    placements = {"ooxml/custom": "docProps/custom.xml, property AIGC, vt:lpwstr"}
    source = "TC260-PG-20258A 6.1"

    def sniff(self, head: bytes, suffix: str) -> bool:
        if head.startswith(b"PK\3\4"):
            return suffix in self.suffixes or (_TYPES.encode() in head and b"mimetypeapplication" not in head)
        return head.startswith(_COMPOUND) and suffix in self.suffixes  # what encrypted documents are

    def read(self, file: BinaryIO, limits: Limits = LIMITS) -> Contents:
        archive = _opened(file, limits)
        try:
            part = archive.read(_place(archive))
            found = [] if part is None else markup.elements(markup.utf8(part), _PROPERTY, _PART)
        except (MediaMalformed, MediaTooLarge) as error:
            return Contents(damaged=(f"ooxml/custom: {error.message('en')}",))
        values = [one.text.strip() for one in found if _is_ours(one)]
        if any(len(value) > limits.value_bytes for value in values):
            return Contents(damaged=("ooxml/custom: a value is too long",))
        held = Contents(tuple(Found("ooxml/custom", value) for value in values))
        return joined([held, Contents(c2pa=archive.manifest("ooxml"))])

    def write(self, source: BinaryIO, target: BinaryIO, value: str, limits: Limits = LIMITS) -> None:
        archive = _opened(source, limits)
        place = _place(archive)
        old = archive.read(place)
        changed = {place: _properties(old, value)}
        types, relations = archive.read(_TYPES), archive.read(_RELATIONS)
        if types is None or relations is None:
            raise MediaMalformed(what=_PART, detail="a package without content types or relations")
        if _CONTENT.encode() not in (types := markup.utf8(types)):
            entry = f'Override PartName="/{place}" ContentType="{_CONTENT}"/>'
            changed[_TYPES] = _added(types, "Types", entry, _TYPES)
        if _relation(relations) is None:
            relations = markup.utf8(relations)
            known = {
                one.attributes.get("Id") for one in markup.elements(relations, frozenset({"Relationship"}), "rels")
            }
            identity = next(f"rIdAIGC{n}" for n in range(len(known) + 1) if f"rIdAIGC{n}" not in known)
            entry = f'Relationship Id="{identity}" Type="{_RELATION}" Target="{place}"/>'
            changed[_RELATIONS] = _added(relations, "Relationships", entry, _RELATIONS)
        archive.write(target, changed)


def _opened(file: BinaryIO, limits: Limits) -> Archive:
    file.seek(0)
    if file.read(8) == _COMPOUND:
        raise MediaEncrypted(what="OOXML")
    return Archive(file, limits)


def _place(archive: Archive) -> str:
    """The member with the custom properties: what the relations say, else the usual one."""
    relations = archive.read(_RELATIONS)
    return (None if relations is None else _relation(relations)) or _PART


def _relation(relations: bytes) -> str | None:
    for one in markup.elements(markup.utf8(relations), frozenset({"Relationship"}), _RELATIONS):
        if one.attributes.get("Type") in (_RELATION, _STRICT):
            return posixpath.normpath(one.attributes.get("Target", "").lstrip("/"))
    return None


def _is_ours(element: markup.Element) -> bool:
    name = element.attributes.get("name", "").upper()
    return name == "AIGC" or ("AIGC" in name and embedded.find(element.text, LIMITS.value_bytes) is not None)


def _properties(part: bytes | None, value: str) -> bytes:
    """``custom.xml`` with the value as its one property ``AIGC``; the others keep their numbers."""
    if part is None:
        part = _DECLARATION + f'<Properties xmlns="{_SPACE}" xmlns:vt="{_VALUES}"></Properties>'.encode()
    data = markup.utf8(part)
    known = markup.elements(data, _ROOT, _PART)
    numbers = {one.attributes.get("pid") for one in known if not _is_ours(one)}
    number = next(n for n in range(2, len(numbers) + 3) if str(n) not in numbers)
    root = next((one for one in known if one.name == "Properties" and one.depth == 1), None)
    if root is None:
        raise MediaMalformed(what=_PART, detail="no properties")
    closing = f"</{root.prefix}:property>" if root.prefix else "</property>"
    entry = (
        f'property fmtid="{_FORMAT}" pid="{number}" name="AIGC">'
        f'<vt:lpwstr xmlns:vt="{_VALUES}">{escape(value)}</vt:lpwstr>{closing}'
    )
    for one in sorted((one for one in known if one.name == "property" and _is_ours(one)), key=lambda e: -e.start):
        data = data[: one.start] + data[one.end :]
    return _added(data, "Properties", entry, _PART)


def _added(data: bytes, root: str, entry: str, what: str) -> bytes:
    """``data`` with an element as the last child of its root; ``entry`` begins with the element's name, unprefixed."""
    top = next((one for one in markup.elements(data, frozenset({root}), what) if one.depth == 1), None)
    if top is None:
        raise MediaMalformed(what=what, detail=f"no {root}")
    prefix = f"{top.prefix}:" if top.prefix else ""
    new = f"<{prefix}{entry}".encode("utf-8", "replace")
    if top.inner_end == top.end:  # <a/>
        return data[: top.inner - 2] + b">" + new + f"</{prefix}{root}>".encode() + data[top.end :]
    return data[: top.inner_end] + new + data[top.inner_end :]
