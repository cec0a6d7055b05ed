"""What documents of Office Open XML share: parts, the relations between them, and parts added to a package."""

from __future__ import annotations

import posixpath
import re
from typing import BinaryIO, Final

import msgspec

from guiju.errors import MediaEncrypted, MediaMalformed
from guiju.media import Limits, markup
from guiju.media.archive import Archive

COMPOUND: Final = b"\xd0\xcf\x11\xe0"
"""What an encrypted document begins with: it is a compound file around the package."""

_TYPES: Final = "[Content_Types].xml"
_RELATIONS: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STRICT: Final = "http://purl.oclc.org/ooxml/officeDocument/relationships"
_EMPTY: Final = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
_REFERENCE: Final = re.compile(rb"\s\w+:id\s*=\s*[\"']([^\"']*)[\"']")


class Relation(msgspec.Struct, frozen=True):
    """An entry of a relations part: its id, the last part of its type's URI, and the member it leads to."""

    id: str
    kind: str
    target: str


class Package:
    """A document opened: its main part, and the parts around it.

    Attributes:
        what: the kind of document, for errors. ``part``: the name of the main part. ``main``: that part, in UTF-8.
        space: the namespace of the main part's vocabulary. ``links``: the namespace of references between parts.
    """

    def __init__(self, file: BinaryIO, limits: Limits, what: str, usual: str, vocabulary: str) -> None:
        """Open a document; ``usual`` is where its main part lies if nothing says so, ``vocabulary`` its namespace's word.

        Raises:
            MediaEncrypted, MediaMalformed, MediaTooLarge: it cannot be used.
        """
        file.seek(0)
        if file.read(4) == COMPOUND:
            raise MediaEncrypted(what=what)
        self.what, self.archive = what, Archive(file, limits)
        found = relations(self.archive.read("_rels/.rels"), "")
        self.part = next((one.target for one in found if one.kind == "officeDocument"), usual)
        main = self.archive.read(self.part)
        if main is None:
            raise MediaMalformed(what=what, detail="no document")
        self.main = markup.utf8(main)
        word = vocabulary.encode()
        named = re.search(rb"xmlns:?\w*=[\"'](http://[^\"']*" + word + rb"(?:/2006)?/main)[\"']", self.main)
        self.space = named[1].decode() if named else f"http://schemas.openxmlformats.org/{vocabulary}/2006/main"
        self.links = _STRICT if "purl.oclc.org" in self.space else _RELATIONS
        self.folder = posixpath.dirname(self.part)

    def relations(self) -> list[Relation]:
        """Where the main part leads."""
        return relations(self.archive.read(self._relations_part), self.folder)

    def read(self, part: str) -> bytes:
        """A part in UTF-8.

        Raises:
            MediaMalformed: there is none of this name. MediaTooLarge: as :meth:`Archive.read`.
        """
        data = self.archive.read(part)
        if data is None:
            raise MediaMalformed(what=self.what, detail=f"no {part}")
        return markup.utf8(data)

    def free(self, pattern: str) -> str:
        """The first name that no member has, of ``pattern`` with a number in it, in the main part's folder."""
        names = (posixpath.join(self.folder, pattern.format(number)) for number in range(1, 999))
        found = next((name for name in names if name not in self.archive.members), None)
        if found is None:
            raise MediaMalformed(what=self.what, detail=f"no name left for {pattern}")
        return found

    def joined(self, part: str, content_type: str, kind: str, id_: str) -> dict[str, bytes]:
        """The changed content types and relations with ``part`` made known to the main part."""
        entry = f'<Override PartName="/{part}" ContentType="{content_type}"/>'.encode()
        target = posixpath.relpath(part, self.folder or ".")
        link = f'<Relationship Id="{id_}" Type="{self.links}/{kind}" Target="{target}"/>'.encode()
        known = self.archive.read(self._relations_part) or _EMPTY
        return {
            _TYPES: self._inserted(self.read(_TYPES), b"</Types>", entry),
            self._relations_part: self._inserted(markup.utf8(known), b"</Relationships>", link),
        }

    @property
    def _relations_part(self) -> str:
        folder, name = posixpath.split(self.part)
        return posixpath.join(folder, "_rels", f"{name}.rels")

    def _inserted(self, data: bytes, closing: bytes, entry: bytes) -> bytes:
        at = data.rfind(closing)
        if at < 0:
            raise MediaMalformed(what=self.what, detail=f"no {closing.decode()}")
        return data[:at] + entry + data[at:]


def relations(data: bytes | None, folder: str) -> list[Relation]:
    """The entries of a relations part whose owner lies in ``folder``; what leads out of the package is left out."""
    found = [] if data is None else markup.elements(markup.utf8(data), frozenset({"Relationship"}), "relations")
    return [
        Relation(
            one.attributes.get("Id", ""),
            one.attributes.get("Type", "").rpartition("/")[2],
            posixpath.normpath(posixpath.join(folder, one.attributes.get("Target", ""))).lstrip("/"),
        )
        for one in found
        if one.attributes.get("TargetMode") != "External"
    ]


def reference(data: bytes, element: markup.Element) -> str:
    """The id of the relation an element refers to (``r:id``), empty for none."""
    found = _REFERENCE.search(data[element.start : element.inner])
    return found[1].decode("utf-8", "replace") if found else ""
