"""OFD (GB/T 33190-2016): an entry ``AIGC`` among the custom data of the document. Its guide was not found: own practice."""

from __future__ import annotations

from typing import BinaryIO
from xml.sax.saxutils import escape

from guiju.errors import MediaLayoutUnsupported, MediaMalformed, MediaTooLarge
from guiju.media import markup
from guiju.media.archive import Archive
from guiju.media.contents import Contents, Found
from guiju.media.limits import LIMITS, Limits
from guiju.media.markup import Element
from guiju.media.registry import Carrier, Practice, carrier

_PART = "OFD.xml"
_NAMES = frozenset({"DocInfo", "CustomDatas", "CustomData", "Signatures"})


@carrier
class Ofd(Carrier):
    """OFD documents; all members but ``OFD.xml`` stay byte for byte. A signed one is refused: the change would break it."""

    name = "ofd"
    title = "OFD"
    suffixes = (".ofd",)
    placement = "ofd/custom"
    placements = {"ofd/custom": "OFD.xml, DocInfo.CustomDatas.CustomData named AIGC"}
    practice = Practice.OWN
    source = "own practice"

    def sniff(self, head: bytes, suffix: str) -> bool:
        return head.startswith(b"PK\3\4") and suffix == ".ofd"

    def read(self, file: BinaryIO, limits: Limits = LIMITS) -> Contents:
        archive = Archive(file, limits)
        try:
            found = markup.elements(_part(archive), _NAMES, "OFD")
        except (MediaMalformed, MediaTooLarge) as error:
            return Contents(damaged=(f"ofd/custom: {error.message('en')}",))
        values = [one.text.strip() for one in found if _is_ours(one)]
        if any(len(value) > limits.value_bytes for value in values):
            return Contents(damaged=("ofd/custom: a value is too long",))
        return Contents(tuple(Found("ofd/custom", value) for value in values[:256]))

    def write(self, source: BinaryIO, target: BinaryIO, value: str, limits: Limits = LIMITS) -> None:
        archive = Archive(source, limits)
        data = _part(archive)
        known = markup.elements(data, _NAMES, "OFD")
        if any(one.name == "Signatures" for one in known):
            raise MediaLayoutUnsupported(what="OFD", detail="a signed document")
        for one in sorted(filter(_is_ours, known), key=lambda e: -e.start):
            data = data[: one.start] + data[one.end :]
        archive.write(target, {_PART: _with(data, value)})


def _part(archive: Archive) -> bytes:
    data = archive.read(_PART)
    if data is None:
        raise MediaMalformed(what="OFD", detail="no OFD.xml")
    return markup.utf8(data)


def _is_ours(element: Element) -> bool:
    return element.name == "CustomData" and element.attributes.get("Name", "").upper() == "AIGC"


def _with(data: bytes, value: str) -> bytes:
    """``OFD.xml`` with the value in its first document's list, which is made where there is none."""
    known = sorted(markup.elements(data, _NAMES, "OFD"), key=lambda e: e.start)
    info = next((one for one in known if one.name == "DocInfo"), None)
    if info is None or info.inner_end == info.end:
        raise MediaMalformed(what="OFD", detail="no document information")
    prefix = f"{info.prefix}:" if info.prefix else ""
    entry = f'<{prefix}CustomData Name="AIGC">{escape(value)}</{prefix}CustomData>'
    inside = [one for one in known if one.name == "CustomDatas" and info.start < one.start < info.end]
    if inside and inside[0].inner_end != inside[0].end:
        at = inside[0].inner_end
        return data[:at] + entry.encode("utf-8", "replace") + data[at:]
    whole = f"<{prefix}CustomDatas>{entry}</{prefix}CustomDatas>".encode("utf-8", "replace")
    if inside:
        return data[: inside[0].start] + whole + data[inside[0].end :]
    return data[: info.inner_end] + whole + data[info.inner_end :]
