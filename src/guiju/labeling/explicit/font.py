"""The font of drawn labels: a subset of Noto Sans SC with every character of GB 2312 (SIL Open Font License 1.1)."""

from __future__ import annotations

import io
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from PIL import ImageFont

from guiju.errors import FileUnusable, GlyphMissing
from guiju.labeling.explicit import shipped

NAME: Final = "font/GuijuLabel-Medium.ttf"
_PROBE: Final = 32
_ABSENT: Final = "\U0010fffd"
_LARGEST: Final = 16 << 20


@lru_cache(maxsize=2)
def source(font: Path | None = None) -> bytes:
    """The bytes of a font file, the shipped one for None.

    Raises:
        FileUnusable: it cannot be read, or is no font.
    """
    if font is None:
        return shipped.raw(NAME)
    try:
        if font.stat().st_size > _LARGEST:
            raise FileUnusable(path=font.name, problem=f"> {_LARGEST} bytes")
        raw = font.read_bytes()
        ImageFont.truetype(io.BytesIO(raw), _PROBE)
    except OSError as error:
        raise FileUnusable(path=font.name, problem=str(error)) from error
    return raw


@lru_cache(maxsize=16)
def sized(size: int, font: Path | None = None) -> ImageFont.FreeTypeFont:
    """The font at ``size`` pixels an em. Raises as :func:`source`."""
    return ImageFont.truetype(io.BytesIO(source(font)), size, layout_engine=ImageFont.Layout.BASIC)


def require(words: str, font: Path | None = None) -> None:
    """That the font can draw every character of ``words``.

    Raises:
        GlyphMissing: it cannot. FileUnusable: as :func:`source`.
    """
    missing = sorted({one for one in words if not one.isspace() and not _drawable(one, font)})
    if missing:
        raise GlyphMissing(characters="".join(missing))


@cache
def _blank(font: Path | None) -> bytes:
    """How the font draws what it lacks."""
    return _drawn(_ABSENT, font)


def _drawable(character: str, font: Path | None) -> bool:
    return _drawn(character, font) != _blank(font)


def _drawn(character: str, font: Path | None) -> bytes:
    mask = sized(_PROBE, font).getmask(character)
    return bytes(mask) + bytes(mask.size)
