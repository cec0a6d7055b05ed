"""Text files in the encoding they came in: read with bounds, written back the same way."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO, Final

import msgspec

from guiju.errors import MediaMalformed, MediaTooLarge
from guiju.labeling.atomic import opened
from guiju.media import Limits

_MARKS: Final = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


class Encoded(msgspec.Struct, frozen=True):
    """A text with its encoding, byte-order mark and line ends; ``text`` itself has ``\\n``."""

    text: str
    encoding: str
    mark: bytes
    newline: str

    def write(self, target: BinaryIO, text: str) -> None:
        """Write another text the same way."""
        target.write(self.mark + text.replace("\n", self.newline).encode(self.encoding))


def read(path: Path, limits: Limits) -> Encoded:
    """Read a text file: by its mark, as UTF-8, or as GB 18030.

    Raises:
        MediaTooLarge: more than a structure may have. MediaMalformed: no text. FileUnusable: it cannot be opened.
    """
    with opened(path) as file:
        raw = file.read(limits.structure_bytes + 1)
    if len(raw) > limits.structure_bytes:
        raise MediaTooLarge(what="text", limit=limits.structure_bytes)
    mark, encoding = next((one for one in _MARKS if raw.startswith(one[0])), (b"", ""))
    for name in (encoding,) if encoding else ("utf-8", "gb18030"):
        try:
            text = raw[len(mark) :].decode(name)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        newline = "\r\n" if "\r\n" in text else "\n"
        if newline == "\r\n" and text.count("\n") != text.count("\r\n"):
            newline = "\n"  # mixed: leave every line as it is
        return Encoded(text.replace(newline, "\n"), name, mark, newline)
    raise MediaMalformed(what="text", detail="neither UTF-8, UTF-16 nor GB 18030")
