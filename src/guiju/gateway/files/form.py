"""Taking in a form with one file: straight to disk, within bounds of size, number and time."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import BinaryIO

from python_multipart.exceptions import FormParserError

from guiju.errors import BodyIncomplete, BodyTooLarge, BodyTooSlow, FormInvalid
from guiju.gateway.multipart import LONGEST_FIELD, MOST_FIELDS, Parts, boundary_of
from guiju.gateway.wire import Receive, Scope, header
from guiju.settings import GatewaySettings

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
    boundary = boundary_of(header(scope, b"content-type"))
    announced = header(scope, b"content-length")
    if announced.isdigit() and int(announced[:20]) > limits.max_file_bytes:
        raise BodyTooLarge(limit=limits.max_file_bytes)
    reader = _Reader(boundary, folder)
    try:
        async with asyncio.timeout(limits.file_timeout_s):
            await _feed(reader, receive, limits.max_file_bytes)
        reader.finalize()
    except FormParserError as error:
        raise FormInvalid(problem=str(error)[:120]) from None
    except TimeoutError:
        raise BodyTooSlow(seconds=limits.file_timeout_s) from None
    finally:
        reader.close()
    if not reader.ended:
        raise FormInvalid(problem="it is cut short")
    return reader.form


async def _feed(reader: Parts, receive: Receive, limit: int) -> None:
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise BodyIncomplete()
        piece: bytes = message.get("body", b"")
        size += len(piece)
        if size > limit:
            raise BodyTooLarge(limit=limit)
        reader.write(piece)
        if not message.get("more_body"):
            return


class _Reader(Parts):
    """Keeps texts, and writes the one file to disk."""

    def __init__(self, boundary: bytes, folder: Path) -> None:
        super().__init__(boundary)
        self.form = Form()
        self._folder = folder
        self._field = ""
        self._text = bytearray()
        self._out: BinaryIO | None = None

    def close(self) -> None:
        """Let go of the file."""
        if self._out is not None:
            self._out.close()
            self._out = None

    def opened(self, field: str, name: str | None, kind: str) -> None:
        self._field = field
        if name is None:
            if len(self.form.fields) >= MOST_FIELDS:
                raise FormInvalid(problem="too many fields")
            self._text.clear()
            return
        if self.form.file is not None or field != "file":
            raise FormInvalid(problem="exactly one file, in the field file")
        self.form.name = name
        suffix = Path(name).suffix.lower()
        plain = suffix[1:].isalnum() and suffix.isascii() and len(suffix) <= _SUFFIX
        self.form.file = self._folder / f"received{suffix if plain else ''}"
        self._out = self.form.file.open("xb")

    def piece(self, data: bytes) -> None:
        if self._out is not None:
            self._out.write(data)
        elif len(self._text) + len(data) > LONGEST_FIELD:
            raise FormInvalid(problem="a field is too long")
        else:
            self._text += data

    def closed(self) -> None:
        if self._out is not None:
            self.close()
            return
        try:
            self.form.fields[self._field] = self._text.decode("utf-8")
        except UnicodeDecodeError:
            raise FormInvalid(problem=f"the field {self._field[:50]} is not UTF-8") from None
