"""PDF: the key ``AIGC`` of the Info dictionary (TC260-PG-20258A, 6.3); read also from XMP.

Writing is an incremental update (ISO 32000-1, 7.5.6): every byte of the file stays where it is, and what changes is
appended with a cross-reference section of its own.
"""

from __future__ import annotations

from typing import BinaryIO

import msgspec

from guiju.errors import MediaLayoutUnsupported, MediaMalformed, MediaTooLarge
from guiju.media import c2pa, xmp
from guiju.media.contents import Contents, Form, Found
from guiju.media.joined import joined
from guiju.media.limits import LIMITS, Limits
from guiju.media.pdffile import PdfFile, packed_rows
from guiju.media.pdfsyntax import WHAT, Dictionary, Reference, written
from guiju.media.registry import Carrier, carrier
from guiju.media.streams import copy, size_of, take_at, to_text

_OF_STREAM = ("Type", "W", "Index", "Filter", "DecodeParms", "Length", "Prev", "XRefStm", "Size", "Info")
_LARGEST_IN_TABLE = 9_999_999_999


@carrier
class Pdf(Carrier):
    """PDF with cross-reference tables or streams. Encrypted files are refused."""

    name = "pdf"
    title = "PDF"
    suffixes = (".pdf",)
    placement = "pdf/info"
    placements = {
        "pdf/info": "Info dictionary, key AIGC",
        "pdf/xmp": "XMP of the document, property TC260:AIGC",
    }
    source = "TC260-PG-20258A 6.3"

    def sniff(self, head: bytes, suffix: str) -> bool:
        return b"%PDF-" in head[:1024]

    def read(self, file: BinaryIO, limits: Limits = LIMITS) -> Contents:
        pdf = PdfFile(file, limits)
        return joined([_info(pdf), _metadata(pdf, limits), _store(pdf)])

    def write(self, source: BinaryIO, target: BinaryIO, value: str, limits: Limits = LIMITS) -> None:
        pdf = PdfFile(source, limits)
        if not take_at(source, 0, 5, limits, WHAT).startswith(b"%PDF-"):
            raise MediaLayoutUnsupported(what=WHAT, detail="bytes before the header")
        source.seek(0)
        copy(source, target)
        target.write(b"\n")
        _Update(pdf, target).write(value, limits)


def _info(pdf: PdfFile) -> Contents:
    info = pdf.dictionary(pdf.entry("Info"))
    value = None if info is None else pdf.resolve(info.get("AIGC"))
    if value is None:
        return Contents()
    if not isinstance(value, bytes):
        return Contents(damaged=("pdf/info: AIGC is no string",))
    return Contents((Found("pdf/info", _said(value), Form.TEXT),))


def _said(data: bytes) -> str:
    if data.startswith((b"\xfe\xff", b"\xff\xfe")):
        return data.decode("utf-16", "replace")
    return to_text(data)


def _metadata(pdf: PdfFile, limits: Limits) -> Contents:
    root = pdf.dictionary(pdf.entry("Root"))
    if root is None:
        raise MediaMalformed(what=WHAT, detail="no catalogue")
    try:
        packet = pdf.stream(root.get("Metadata"))
    except (MediaMalformed, MediaLayoutUnsupported, MediaTooLarge) as error:
        return Contents(damaged=(f"pdf/xmp: {error.message('en')}",))
    return Contents() if packet is None else xmp.read(packet, "pdf/xmp", -1, limits)


def _store(pdf: PdfFile) -> Contents:
    """A C2PA store: an associated file whose relationship is ``C2PA_Manifest``."""
    root = pdf.dictionary(pdf.entry("Root"))
    files = pdf.resolve(root.get("AF")) if root else None
    for each in files[:64] if isinstance(files, list) else []:
        one = pdf.dictionary(each)
        if one is None or one.get("AFRelationship") != "C2PA_Manifest":
            continue
        embedded = pdf.dictionary(one.get("EF"))
        try:
            store = pdf.stream(embedded.get("F")) if embedded else None
        except (MediaMalformed, MediaLayoutUnsupported, MediaTooLarge):
            store = None
        return Contents(c2pa=c2pa.describe(store or b"", "pdf/associated"))
    return Contents()


class _Object(msgspec.Struct, frozen=True):
    reference: Reference
    body: bytes


class _Update:
    """One incremental update, appended to ``target``."""

    def __init__(self, pdf: PdfFile, target: BinaryIO) -> None:
        self._pdf, self._target = pdf, target
        size = pdf.entry("Size")
        if not isinstance(size, int) or not 0 < size < 1 << 31:
            raise MediaMalformed(what=WHAT, detail="no size in the trailer")
        self._next = size

    def write(self, value: str, limits: Limits) -> None:
        """Append the changed Info dictionary, XMP if the value stood there too, and the section that points to them."""
        info = self._changed_info(value)
        objects = [info, *self._cleared_metadata(limits)]
        places = []
        for one in objects:
            places.append((one.reference.number, size_of(self._target), one.reference.generation))
            self._target.write(b"%d %d obj\n" % one.reference + one.body + b"\nendobj\n")
        if self._pdf.sections[0].is_stream:
            self._stream(places, info.reference)
        else:
            self._table(places, info.reference)

    def _changed_info(self, value: str) -> _Object:
        old = self._pdf.entry("Info")
        known = self._pdf.dictionary(old)
        body = b"<<" + (known.rest("AIGC") if known else b"") + b"\n/AIGC " + written(value) + b"\n>>"
        if isinstance(old, Reference) and known is not None:
            return _Object(old, body)
        self._next += 1
        return _Object(Reference(self._next - 1, 0), body)

    def _cleared_metadata(self, limits: Limits) -> list[_Object]:
        root = self._pdf.dictionary(self._pdf.entry("Root"))
        place = root.get("Metadata") if root else None
        if not isinstance(place, Reference) or not _metadata(self._pdf, limits).found:
            return []
        head, packet = self._pdf.dictionary(place), self._pdf.stream(place)
        if head is None or packet is None:
            return []
        new = xmp.write(packet, None)
        entries = head.rest("Filter", "DecodeParms", "Length") + b"\n/Length %d" % len(new)
        return [_Object(place, b"<<" + entries + b"\n>>\nstream\n" + new + b"\nendstream")]

    def _trailer(self, info: Reference) -> bytes:
        kept = self._pdf.trailer.rest(*_OF_STREAM)
        for key in ("Root", "ID"):
            if key not in self._pdf.trailer.values and (older := self._older(key)) is not None:
                kept += b"\n" + older.raw[key]
        return kept + b"\n/Size %d /Info %d %d R /Prev %d" % (self._next, *info, self._pdf.start)

    def _older(self, key: str) -> Dictionary | None:
        return next((s.trailer for s in self._pdf.sections if key in s.trailer.values), None)

    def _table(self, places: list[tuple[int, int, int]], info: Reference) -> None:
        start = size_of(self._target)
        if start > _LARGEST_IN_TABLE:
            raise MediaLayoutUnsupported(what=WHAT, detail="larger than its tables can say")
        rows = b"".join(b"%d 1\n%010d %05d n \n" % place for place in sorted(places))
        self._target.write(b"xref\n" + rows + b"trailer\n<<" + self._trailer(info) + b"\n>>\n")
        self._end(start)

    def _stream(self, places: list[tuple[int, int, int]], info: Reference) -> None:
        start, number = size_of(self._target), self._next
        self._next += 1
        index, widths, rows = packed_rows(sorted([*places, (number, start, 0)]))
        head = b"/Type /XRef /W [%s] /Index [%s] /Length %d" % (widths, index, len(rows))
        self._target.write(b"%d 0 obj\n<<" % number + head + self._trailer(info) + b"\n>>\nstream\n" + rows)
        self._target.write(b"\nendstream\nendobj\n")
        self._end(start)

    def _end(self, start: int) -> None:
        self._target.write(b"startxref\n%d\n%%%%EOF\n" % start)
