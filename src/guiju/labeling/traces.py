"""Traces of generators in the metadata of pictures, besides labels and C2PA: ``data/traces.yaml`` says which.

A trace is a reason to suspect (标识办法 Art. 6(1) 三), never proof; none being there says nothing.
"""

from __future__ import annotations

import re
import struct
import warnings
from collections.abc import Iterator
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Final, Literal

import msgspec
import yaml
from PIL import ExifTags, Image

from guiju.labeling.atomic import opened

_LONGEST: Final = 64 * 1024
"""Characters of one text that are looked at: traces stand at the beginning."""
_TAGS: Final = {0x010E: "ImageDescription", 0x010F: "Make", 0x0110: "Model", 0x0131: "Software", 0x013B: "Artist"}
_USER_COMMENT: Final = 0x9286
_CODES: Final = {
    b"ASCII\0\0\0": "ascii",
    b"UNICODE\0": "utf-16-be",
    b"\0\0\0\0\0\0\0\0": "utf-8",
    b"JIS\0\0\0\0\0": "iso2022_jp",
}
_ODD: Final = (
    OSError, ValueError, SyntaxError, EOFError, KeyError, TypeError, IndexError, OverflowError, MemoryError,
    AttributeError, RuntimeError, ZeroDivisionError, struct.error, Image.DecompressionBombError,
)  # fmt: skip


class _Clue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    field: tuple[str, ...]
    pattern: str


class Generator(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A generator and what it leaves: every one of ``all`` must be found."""

    id: str
    name: str
    all: tuple[_Clue, ...]
    source: str
    noted: str
    confidence: Literal["A", "B", "M"]


class Trace(msgspec.Struct, frozen=True):
    """A trace that was found: of which generator, in which field, and the beginning of what stands there."""

    id: str
    name: str
    field: str
    text: str


class _Known(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: str
    traces: tuple[Generator, ...]


@cache
def generators() -> tuple[Generator, ...]:
    """Every generator that is known by its traces."""
    text = resources.files("guiju.labeling").joinpath("data/traces.yaml").read_text("utf-8")
    return msgspec.convert(yaml.safe_load(text), _Known).traces


def find(path: Path) -> tuple[Trace, ...]:
    """The traces in a file; none in what is no picture, or is damaged.

    Raises:
        FileUnusable: it cannot be opened.
    """
    texts = dict(_texts(path))
    found = (_found(one, texts) for one in generators()) if texts else ()
    return tuple(one for one in found if one is not None)


def _found(generator: Generator, texts: dict[str, str]) -> Trace | None:
    first: Trace | None = None
    for clue in generator.all:
        pattern = re.compile(clue.pattern)
        match = next(((field, hit) for field in clue.field if (hit := pattern.search(texts.get(field, "")))), None)
        if match is None:
            return None
        field, hit = match
        first = first or Trace(generator.id, generator.name, field, texts[field][hit.start() : hit.start() + 80])
    return first


def _texts(path: Path) -> Iterator[tuple[str, str]]:
    """Texts in a picture's metadata, by the names that the data file uses."""
    with opened(path) as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of odd metadata
        try:
            with Image.open(file) as image:  # reads headers; no pixel is unpacked
                yield from list(_of_picture(image))
        except _ODD:
            return


def _of_picture(image: Image.Image) -> Iterator[tuple[str, str]]:
    for key, value in (*image.info.items(), *getattr(image, "text", {}).items()):
        if isinstance(key, str) and isinstance(value, str):
            yield f"png.{key}", value[:_LONGEST]
        elif key in ("comment", "xmp") and isinstance(value, bytes):
            yield str(key), value[:_LONGEST].decode("utf-8", "replace")
    if "XML:com.adobe.xmp" in image.info:
        yield "xmp", str(image.info["XML:com.adobe.xmp"])[:_LONGEST]
    exif = image.getexif()
    for tag, name in _TAGS.items():
        if tag in exif:
            yield f"exif.{name}", _said(exif[tag])
    inner = exif.get_ifd(ExifTags.IFD.Exif)
    if _USER_COMMENT in inner:
        yield "exif.UserComment", _comment(inner[_USER_COMMENT])


def _said(value: Any) -> str:
    return (value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value))[:_LONGEST].strip("\0 ")


def _comment(value: Any) -> str:
    """EXIF ``UserComment``: eight bytes name its code; UTF-16 of either order is in use."""
    if not isinstance(value, bytes):
        return _said(value)
    code, body = _CODES.get(value[:8]), value[8 : 8 + 2 * _LONGEST]
    if code == "utf-16-be" and body[1:2] == b"\0":
        code = "utf-16-le"
    return body.decode(code, "replace").strip("\0 ") if code else _said(value)
