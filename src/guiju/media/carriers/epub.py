"""EPUB: ``<meta name="AIGC" content="…"/>`` in the package document. No guide names a place: this is own practice."""

from __future__ import annotations

from typing import BinaryIO
from xml.sax.saxutils import escape

from guiju.errors import MediaMalformed, MediaTooLarge
from guiju.media import markup
from guiju.media.archive import Archive
from guiju.media.contents import Contents, Form, Found
from guiju.media.joined import joined
from guiju.media.limits import LIMITS, Limits
from guiju.media.registry import Carrier, Practice, carrier

_CONTAINER = "META-INF/container.xml"
_PARTS = frozenset({"metadata", "meta"})


@carrier
class Epub(Carrier):
    """EPUB 2 and 3; all members but the package document stay byte for byte."""

    name = "epub"
    title = "EPUB"
    suffixes = (".epub",)
    placement = "epub/meta"
    placements = {"epub/meta": "package document, <meta name=“AIGC”>"}
    practice = Practice.OWN
    source = "own practice"

    def sniff(self, head: bytes, suffix: str) -> bool:
        return head.startswith(b"PK\3\4") and (head[30:58] == b"mimetypeapplication/epub+zip" or suffix == ".epub")

    def read(self, file: BinaryIO, limits: Limits = LIMITS) -> Contents:
        archive = Archive(file, limits)
        try:
            _, data = _package(archive)
            found = markup.elements(data, _PARTS, "EPUB")
        except (MediaMalformed, MediaTooLarge) as error:
            return Contents(damaged=(f"epub/meta: {error.message('en')}",))
        values = [one.attributes.get("content", "") for one in found if _is_ours(one)]
        if any(len(value) > limits.value_bytes for value in values):
            return Contents(damaged=("epub/meta: a value is too long",))
        held = Contents(tuple(Found("epub/meta", value, Form.ATTRIBUTE) for value in values))
        return joined([held, Contents(c2pa=archive.manifest("epub"))])

    def write(self, source: BinaryIO, target: BinaryIO, value: str, limits: Limits = LIMITS) -> None:
        archive = Archive(source, limits)
        place, data = _package(archive)
        for one in sorted(filter(_is_ours, markup.elements(data, _PARTS, "EPUB")), key=lambda e: -e.start):
            data = data[: one.start] + data[one.end :]
        head = next((one for one in markup.elements(data, _PARTS, "EPUB") if one.name == "metadata"), None)
        if head is None or head.inner_end == head.end:
            raise MediaMalformed(what="EPUB", detail="no metadata in the package document")
        name = f"{head.prefix}:meta" if head.prefix else "meta"
        entry = f'<{name} name="AIGC" content="{escape(value, {chr(34): "&quot;"})}"/>'.encode("utf-8", "replace")
        archive.write(target, {place: data[: head.inner_end] + entry + data[head.inner_end :]})


def _package(archive: Archive) -> tuple[str, bytes]:
    """Name and content, in UTF-8, of the first package document."""
    container = archive.read(_CONTAINER)
    roots = [] if container is None else markup.elements(markup.utf8(container), frozenset({"rootfile"}), "EPUB")
    place = roots[0].attributes.get("full-path", "") if roots else ""
    data = archive.read(place)
    if data is None:
        raise MediaMalformed(what="EPUB", detail="no package document")
    return place, markup.utf8(data)


def _is_ours(element: markup.Element) -> bool:
    return element.name == "meta" and element.attributes.get("name", "").upper() == "AIGC"
