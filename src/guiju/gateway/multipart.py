"""Forms, part by part as they arrive, and a whole one in memory: read for its texts, and put together again."""

from __future__ import annotations

import hashlib
import secrets
from abc import ABC, abstractmethod
from typing import Any

import msgspec
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from guiju.errors import FormInvalid
from guiju.nouns import Part

MOST_FIELDS = 30
LONGEST_FIELD = 64 * 1024


class Upload(msgspec.Struct, frozen=True):
    """A file in a form: the field's name, its own name, its media type, its bytes."""

    field: str
    name: str
    kind: str
    data: bytes


def boundary_of(content_type: bytes) -> bytes:
    """The boundary of a form.

    Raises:
        FormInvalid: the media type is no form's, or names no boundary.
    """
    kind, options = parse_options_header(content_type)
    boundary = options.get(b"boundary", b"")
    if kind != b"multipart/form-data" or not 0 < len(boundary) <= 200:
        raise FormInvalid(problem="multipart/form-data with a boundary is expected")
    return boundary


class Parts(ABC):
    """Takes a form in; what becomes of its parts is the business of subclasses.

    Attributes:
        ended: whether the last boundary was seen.
    """

    def __init__(self, boundary: bytes) -> None:
        self.ended = False
        self._headers: dict[bytes, bytes] = {}
        self._name = self._value = b""
        self._parser = MultipartParser(boundary, self._callbacks())  # type: ignore[arg-type]  # a dict of its own keys

    @abstractmethod
    def opened(self, field: str, name: str | None, kind: str) -> None:
        """A part begins; ``name`` is None for one that is no file."""

    @abstractmethod
    def piece(self, data: bytes) -> None:
        """A piece of the part."""

    @abstractmethod
    def closed(self) -> None:
        """The part ends."""

    def write(self, data: bytes) -> None:
        """The next bytes of the form.

        Raises:
            FormParserError, FormInvalid.
        """
        self._parser.write(data)

    def finalize(self) -> None:
        """There are no more.

        Raises:
            FormParserError.
        """
        self._parser.finalize()

    def _callbacks(self) -> dict[str, object]:
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._header_field,
            "on_header_value": self._header_value,
            "on_header_end": self._header_end,
            "on_headers_finished": self._headers_finished,
            "on_part_data": self._data,
            "on_part_end": self.closed,
            "on_end": self._finish,
        }

    def _begin(self) -> None:
        self._headers, self._name, self._value = {}, b"", b""

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        self._headers[self._name.lower()] = self._value
        self._name = self._value = b""

    def _headers_finished(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        named = options.get(b"filename")
        self.opened(
            options.get(b"name", b"").decode("utf-8", "replace"),
            None if named is None else named.decode("utf-8", "replace").replace("\\", "/").rsplit("/", 1)[-1][:200],
            self._headers.get(b"content-type", b"").decode("latin-1")[:100],
        )

    def _data(self, data: bytes, start: int, end: int) -> None:
        self.piece(data[start:end])

    def _finish(self) -> None:
        self.ended = True


class _Whole(Parts):
    """Keeps texts and files."""

    def __init__(self, boundary: bytes) -> None:
        super().__init__(boundary)
        self.texts: dict[str, Any] = {}
        self.uploads: list[Upload] = []
        self._open: tuple[str, str | None, str] = ("", None, "")
        self._bytes = bytearray()

    def opened(self, field: str, name: str | None, kind: str) -> None:
        if len(self.texts) + len(self.uploads) >= MOST_FIELDS:
            raise FormInvalid(problem="too many fields")
        self._open = field, name, kind
        self._bytes = bytearray()

    def piece(self, data: bytes) -> None:
        if self._open[1] is None and len(self._bytes) + len(data) > LONGEST_FIELD:
            raise FormInvalid(problem="a field is too long")
        self._bytes += data

    def closed(self) -> None:
        field, name, kind = self._open
        if name is not None:
            self.uploads.append(Upload(field, name, kind, bytes(self._bytes)))
            return
        try:
            text = self._bytes.decode("utf-8")
        except UnicodeDecodeError:
            raise FormInvalid(problem=f"the field {field[:50]} is not UTF-8") from None
        if field in self.texts:  # a list: the same name once more
            before = self.texts[field]
            self.texts[field] = [*before, text] if isinstance(before, list) else [before, text]
        else:
            self.texts[field] = text


def read(content_type: bytes, body: bytes) -> tuple[dict[str, Any], tuple[Upload, ...]]:
    """The texts of a form by name (a list where a name stands there several times), and its files.

    Raises:
        FormInvalid: no form, malformed, cut short, or beyond bounds.
    """
    reader = _Whole(boundary_of(content_type))
    try:
        reader.write(body)
        reader.finalize()
    except FormParserError as error:
        raise FormInvalid(problem=str(error)[:120]) from None
    if not reader.ended:
        raise FormInvalid(problem="it is cut short")
    return reader.texts, tuple(reader.uploads)


def write(texts: dict[str, Any], uploads: tuple[Upload, ...]) -> tuple[str, bytes]:
    """The media type and the bytes of a form with these texts and files."""
    boundary = f"guiju-{secrets.token_hex(16)}"
    pieces = list[bytes]()
    for field, value in texts.items():
        for one in value if isinstance(value, list) else [value]:
            pieces.append(_part(boundary, field, None, "", _text(one)))
    pieces += [_part(boundary, one.field, one.name, one.kind, one.data) for one in uploads]
    pieces.append(f"--{boundary}--\r\n".encode())
    return f"multipart/form-data; boundary={boundary}", b"".join(pieces)


def sent(uploads: tuple[Upload, ...] | None) -> list[Part]:
    """What a record keeps of files: their hashes."""
    return [
        Part(f"{one.field}[{index}].sha256", hashlib.sha256(one.data).hexdigest(), "user")
        for index, one in enumerate(uploads or ())
    ]


def _part(boundary: str, field: str, name: str | None, kind: str, data: bytes) -> bytes:
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="{_quoted(field)}"'
    if name is not None:
        head += f'; filename="{_quoted(name)}"\r\nContent-Type: {_plain(kind) or "application/octet-stream"}'
    return head.encode() + b"\r\n\r\n" + data + b"\r\n"


def _text(value: object) -> bytes:
    return str(value).lower().encode() if isinstance(value, bool) else str(value).encode()


def _quoted(text: str) -> str:
    """As browsers write names in forms: no quotation mark, no line break."""
    return text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


def _plain(kind: str) -> str:
    return "" if any(ord(one) < 0x20 for one in kind) else kind
