"""The objects of a PDF file by number, through its cross-reference tables and streams (ISO 32000-1, 7.5).

Only what is asked for is read: tables stay in the file, and a lookup reads one row. Nothing is repaired: a file whose
tables do not lead to its objects is malformed.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

import msgspec

from guiju.errors import MediaEncrypted, MediaLayoutUnsupported, MediaMalformed, MediaTooLarge
from guiju.media.limits import Limits
from guiju.media.pdfsyntax import WHAT, Dictionary, Reference, Syntax
from guiju.media.streams import Counter, size_of, take_at
from guiju.media.unpacking import Unpacker

_WINDOW = 1 << 16
_SECTIONS = 512
_UNPACKED = 4 << 20
_ROW = 20
_OBJECT = re.compile(rb"[\0\t\n\f\r ]*(\d{1,10})[\0\t\n\f\r ]+(\d{1,5})[\0\t\n\f\r ]+obj")


class Row(NamedTuple):
    """Where an object is: ``kind`` 1 at a position of the file, 2 inside the object stream ``place`` as its ``extra``."""

    kind: int
    place: int
    extra: int


class Section(msgspec.Struct, frozen=True):
    """One cross-reference section and its trailer.

    Attributes:
        ranges: first object number, count, and where the rows begin: in the file, or in ``rows`` of a stream.
        rows, widths: the unpacked rows of a cross-reference stream; empty for a table.
    """

    trailer: Dictionary
    ranges: tuple[tuple[int, int, int], ...]
    rows: bytes = b""
    widths: tuple[int, int, int] = (0, 0, 0)

    @property
    def is_stream(self) -> bool:
        return self.widths != (0, 0, 0)


class PdfFile:
    """A file opened: its sections from the newest to the oldest.

    Raises:
        MediaEncrypted: it is encrypted. MediaMalformed: its tables cannot be followed.
    """

    def __init__(self, file: BinaryIO, limits: Limits) -> None:
        self._file, self._limits = file, limits
        self._unpacker, self._ranges = Unpacker(limits, WHAT), Counter(limits, WHAT)
        self._size = size_of(file)
        self.start = self._startxref()
        self.sections = tuple(self._follow(self.start))
        if any("Encrypt" in section.trailer.values for section in self.sections):
            raise MediaEncrypted(what=WHAT)

    @property
    def trailer(self) -> Dictionary:
        """The newest trailer."""
        return self.sections[0].trailer

    def entry(self, key: str) -> object:
        """The value of ``key`` in the newest trailer that has it."""
        return next((s.trailer.get(key) for s in self.sections if key in s.trailer.values), None)

    def resolve(self, value: object) -> object:
        """``value``, or what the reference stands for; None for an object that is not there."""
        for _ in range(self._limits.depth):
            if not isinstance(value, Reference):
                return value
            value = self._load(value.number)
        raise MediaTooLarge(what=WHAT, limit=self._limits.depth)

    def dictionary(self, value: object) -> Dictionary | None:
        """What ``value`` stands for, if that is a dictionary (of a stream, too)."""
        found = self.resolve(value)
        return found if isinstance(found, Dictionary) else None

    def stream(self, value: object) -> bytes | None:
        """The unpacked content of the stream that the reference ``value`` stands for; None if it is none.

        Raises:
            MediaLayoutUnsupported: it is packed in another way than deflate.
        """
        row = self._row(value.number) if isinstance(value, Reference) else None
        return None if row is None or row.kind != 1 else self._stream_at(row.place)[1]

    def _startxref(self) -> int:
        tail = take_at(self._file, max(0, self._size - 2048), min(self._size, 2048), self._limits, WHAT)
        at = tail.rfind(b"startxref")
        if at < 0:
            raise MediaMalformed(what=WHAT, detail="no startxref")
        return Syntax(tail, self._limits, at + 9).integer()

    def _follow(self, place: int) -> Iterator[Section]:
        waiting, seen = [place], set[int]()
        while waiting:
            place = waiting.pop(0)
            if place in seen:
                continue
            seen.add(place)
            if len(seen) > _SECTIONS:
                raise MediaTooLarge(what=WHAT, limit=_SECTIONS)
            section = self._section(place)
            yield section
            following = (section.trailer.get("XRefStm"), section.trailer.get("Prev"))
            waiting += [one for one in following if isinstance(one, int)]

    def _section(self, place: int) -> Section:
        window = self._window(place, 64).lstrip(b"\0\t\n\f\r ")
        return self._table(place) if window.startswith(b"xref") else self._xref_stream(place)

    def _window(self, place: int, size: int) -> bytes:
        if not 0 <= place < self._size:
            raise MediaMalformed(what=WHAT, detail="a position outside the file")
        return take_at(self._file, place, min(size, self._size - place), self._limits, WHAT)

    def _table(self, place: int) -> Section:
        ranges: list[tuple[int, int, int]] = []
        head = self._window(place, 256)
        place += head.index(b"xref") + 4
        while True:
            self._ranges.step()
            syntax = Syntax(self._window(place, 256), self._limits)
            if (word := syntax.word()) == b"trailer":
                trailer = self._value_at(place + syntax.place)
                if not isinstance(trailer, Dictionary):
                    break
                return Section(trailer, tuple(ranges))
            if not word.isdigit() or len(word) > 10:
                break
            count = syntax.integer()
            gap = len(syntax.data[syntax.place :]) - len(syntax.data[syntax.place :].lstrip(b"\r\n "))
            ranges.append((int(word), count, place + syntax.place + gap))
            place = ranges[-1][2] + count * _ROW
        raise MediaMalformed(what=WHAT, detail="a cross-reference table without a trailer")

    def _xref_stream(self, place: int) -> Section:
        trailer, rows = self._stream_at(place)
        sizes, size = trailer.get("W"), trailer.get("Size")
        if not (isinstance(sizes, list) and len(sizes) == 3 and isinstance(size, int)):
            raise MediaMalformed(what=WHAT, detail="no cross-reference section where one must be")
        widths = tuple(one for one in sizes if isinstance(one, int) and 0 <= one <= 8)
        index = trailer.get("Index")
        flat = [one for one in index if isinstance(one, int)] if isinstance(index, list) else [0, size]
        if len(widths) != 3 or sum(widths) == 0 or len(flat) % 2:
            raise MediaMalformed(what=WHAT, detail="a cross-reference stream of an unknown form")
        ranges, done = [], 0
        for first, count in zip(flat[::2], flat[1::2], strict=True):
            self._ranges.step()
            ranges.append((first, count, done))
            done += count * sum(widths)
        return Section(trailer, tuple(ranges), rows, (widths[0], widths[1], widths[2]))

    def _row(self, number: int) -> Row | None:
        for section in self.sections:
            for first, count, place in section.ranges:
                if first <= number < first + count:
                    row = self._row_at(section, place, number - first)
                    if row is not None:
                        return row if row.kind else None
        return None

    def _row_at(self, section: Section, place: int, index: int) -> Row | None:
        if section.is_stream:
            a, b, c = section.widths
            at = place + index * (a + b + c)
            data = section.rows[at : at + a + b + c]
            if len(data) < a + b + c:
                return None
            kind = int.from_bytes(data[:a], "big") if a else 1
            return Row(kind, int.from_bytes(data[a : a + b], "big"), int.from_bytes(data[a + b :], "big"))
        fields = self._window(place + index * _ROW, _ROW).split()
        if len(fields) < 3 or not (fields[0].isdigit() and fields[1].isdigit()):
            raise MediaMalformed(what=WHAT, detail="a row that is none")
        if fields[2] != b"n":
            # in a hybrid file, an object of the cross-reference stream is free in the table
            return None if "XRefStm" in section.trailer.values else Row(0, 0, 0)
        return Row(1, int(fields[0]), int(fields[1]))

    def _load(self, number: int) -> object:
        row = self._row(number)
        if row is None:
            return None
        if row.kind == 2:
            return self._packed(row.place, number)
        return self._value_at(row.place, number)

    def _value_at(self, place: int, number: int | None = None) -> object:
        """The object at a position; with ``number``, behind the head ``number generation obj``."""
        size = _WINDOW
        while True:
            window = self._window(place, size)
            try:
                return Syntax(window, self._limits, self._head(window, number)).value()
            except MediaMalformed:
                if size >= min(self._limits.structure_bytes, self._size - place):
                    raise
                size *= 8
                size = min(size, self._limits.structure_bytes)

    @staticmethod
    def _head(window: bytes, number: int | None) -> int:
        if number is None:
            return 0
        match = _OBJECT.match(window)
        if match is None or int(match.group(1)) != number:
            raise MediaMalformed(what=WHAT, detail="no object where one must be")
        return match.end()

    def _stream_at(self, place: int) -> tuple[Dictionary, bytes]:
        window = self._window(place, _WINDOW)
        match = _OBJECT.match(window)
        syntax = Syntax(window, self._limits, match.end() if match else 0)
        head = syntax.value() if match else None
        if not isinstance(head, Dictionary) or syntax.word() != b"stream":
            raise MediaMalformed(what=WHAT, detail="no stream where one must be")
        length = head.get("Length")
        length = self.resolve(length) if isinstance(length, Reference) else length
        start = syntax.place + (2 if window[syntax.place : syntax.place + 2] == b"\r\n" else 1)
        if not isinstance(length, int) or length < 0:
            raise MediaMalformed(what=WHAT, detail="a stream without a length")
        return head, self._unpacked(head, take_at(self._file, place + start, length, self._limits, WHAT))

    def _unpacked(self, head: Dictionary, data: bytes) -> bytes:
        kind = head.get("Filter")
        kind = kind[0] if isinstance(kind, list) and len(kind) == 1 else kind
        parameters = head.get("DecodeParms")
        parameters = parameters[0] if isinstance(parameters, list) and len(parameters) == 1 else parameters
        if kind is None or kind == []:
            return data
        if kind != "FlateDecode":
            raise MediaLayoutUnsupported(what=WHAT, detail="a stream with another filter than deflate")
        out = self._unpacker.inflated(data, most=_UNPACKED)
        return _unpredicted(out, parameters) if isinstance(parameters, Dictionary) else out

    def _packed(self, container: int, number: int) -> object:
        """An object inside an object stream."""
        row = self._row(container)
        if row is None or row.kind != 1:
            raise MediaMalformed(what=WHAT, detail="an object stream that is not there")
        head, data = self._stream_at(row.place)
        count, first = head.get("N"), head.get("First")
        if not (isinstance(count, int) and isinstance(first, int) and 0 <= first <= len(data)):
            raise MediaMalformed(what=WHAT, detail="an object stream without its table")
        syntax = Syntax(data[:first], self._limits)
        for _ in range(min(count, self._limits.structures)):
            which, offset = syntax.integer(), syntax.integer()
            if which == number:
                return Syntax(data, self._limits, first + offset).value()
        return None


def _unpredicted(data: bytes, parameters: Dictionary) -> bytes:
    """Undo the predictors of PNG, as cross-reference streams use them: one byte a sample."""
    predictor, columns = parameters.values.get("Predictor", 1), parameters.values.get("Columns", 1)
    if predictor == 1:
        return data
    if not (isinstance(predictor, int) and predictor >= 10 and isinstance(columns, int) and 0 < columns <= 64):
        raise MediaLayoutUnsupported(what=WHAT, detail="an unknown predictor")
    out, before = bytearray(), bytes(columns)
    for place in range(0, len(data) - columns, columns + 1):
        row = bytearray(data[place + 1 : place + 1 + columns])
        if data[place] == 2:
            row = bytearray((a + b) & 255 for a, b in zip(row, before, strict=True))
        elif data[place] == 1:
            for i in range(1, columns):
                row[i] = (row[i] + row[i - 1]) & 255
        elif data[place] != 0:
            raise MediaLayoutUnsupported(what=WHAT, detail="a predictor that such streams do not use")
        out += row
        before = bytes(row)
    return bytes(out)


def packed_rows(objects: list[tuple[int, int, int]]) -> tuple[bytes, bytes, bytes]:
    """``Index``, ``W`` and the rows of a cross-reference stream for (number, position, generation)."""
    index = b" ".join(b"%d 1" % number for number, _, _ in objects)
    rows = b"".join(struct.pack(">BQH", 1, place, generation) for _, place, generation in objects)
    return index, b"1 8 2", rows
