"""Taking in a form with one file: straight to disk, within bounds of size, number and time."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import BinaryIO

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from guiju.errors import BodyIncomplete, BodyTooLarge, BodyTooSlow, FormInvalid
from guiju.gateway.wire import Receive, Scope, header
from guiju.settings import GatewaySettings

_MOST_FIELDS = 30
_LONGEST_FIELD = 64 * 1024
_SUFFIX = 16


class Form:
    """A form as it arrived.

    Attributes:
        fields: the text fields by name.
        file: where the file lies, under a name of ours with its own suffix; None where none was sent.
        name: the file's name as the caller gave it, without its folders.
    """

    def __init__(self) -> None:
        self.fields: dict[str, str] = {}
        self.file: Path | None = None
        self.name = ""


async def receive_form(scope: Scope, receive: Receive, folder: Path, limits: GatewaySettings) -> Form:
    """Read a ``multipart/form-data`` body; its file goes into ``folder``.

    Raises:
        FormInvalid: no such form, malformed, cut short, or more than one file. BodyTooLarge, BodyTooSlow, BodyIncomplete.
    """
    kind, options = parse_options_header(header(scope, b"content-type"))
    boundary = options.get(b"boundary", b"")
    if kind != b"multipart/form-data" or not 0 < len(boundary) <= 200:
        raise FormInvalid(problem="multipart/form-data with a boundary is expected")
    announced = header(scope, b"content-length")
    if announced.isdigit() and int(announced[:20]) > limits.max_file_bytes:
        raise BodyTooLarge(limit=limits.max_file_bytes)
    reader = _Reader(folder)
    parser = MultipartParser(boundary, reader.callbacks())  # type: ignore[arg-type]  # a dict of its own keys
    try:
        async with asyncio.timeout(limits.file_timeout_s):
            await _feed(parser, receive, limits.max_file_bytes)
        parser.finalize()
    except FormParserError as error:
        raise FormInvalid(problem=str(error)[:120]) from None
    except TimeoutError:
        raise BodyTooSlow(seconds=limits.file_timeout_s) from None
    finally:
        reader.close()
    if not reader.ended:
        raise FormInvalid(problem="it is cut short")
    return reader.form


async def _feed(parser: MultipartParser, receive: Receive, limit: int) -> None:
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise BodyIncomplete()
        piece: bytes = message.get("body", b"")
        size += len(piece)
        if size > limit:
            raise BodyTooLarge(limit=limit)
        parser.write(piece)
        if not message.get("more_body"):
            return


class _Reader:
    """Collects the parts the parser tells of."""

    def __init__(self, folder: Path) -> None:
        self.form = Form()
        self.ended = False
        self._folder = folder
        self._headers: dict[bytes, bytes] = {}
        self._name = self._value = b""
        self._field = ""
        self._text = bytearray()
        self._out: BinaryIO | None = None

    def callbacks(self) -> dict[str, object]:
        """What the parser calls."""
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._header_field,
            "on_header_value": self._header_value,
            "on_header_end": self._header_end,
            "on_headers_finished": self._headers_finished,
            "on_part_data": self._data,
            "on_part_end": self._end,
            "on_end": self._finish,
        }

    def close(self) -> None:
        """Let go of the file."""
        if self._out is not None:
            self._out.close()
            self._out = None

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
        self._field = options.get(b"name", b"").decode("utf-8", "replace")
        named = options.get(b"filename")
        if named is None:
            if len(self.form.fields) >= _MOST_FIELDS:
                raise FormInvalid(problem="too many fields")
            self._text.clear()
            return
        if self.form.file is not None or self._field != "file":
            raise FormInvalid(problem="exactly one file, in the field file")
        self.form.name = named.decode("utf-8", "replace").replace("\\", "/").rsplit("/", 1)[-1][:200]
        suffix = Path(self.form.name).suffix.lower()
        plain = suffix[1:].isalnum() and suffix.isascii() and len(suffix) <= _SUFFIX
        self.form.file = self._folder / f"received{suffix if plain else ''}"
        self._out = self.form.file.open("xb")

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._out is not None:
            self._out.write(data[start:end])
        elif len(self._text) + end - start > _LONGEST_FIELD:
            raise FormInvalid(problem="a field is too long")
        else:
            self._text += data[start:end]

    def _end(self) -> None:
        if self._out is not None:
            self.close()
            return
        try:
            self.form.fields[self._field] = self._text.decode("utf-8")
        except UnicodeDecodeError:
            raise FormInvalid(problem=f"the field {self._field[:50]} is not UTF-8") from None

    def _finish(self) -> None:
        self.ended = True
