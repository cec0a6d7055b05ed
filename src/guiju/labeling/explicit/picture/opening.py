"""Opening pictures for drawing: upright frames in a mode that can be drawn in, within bounds."""

from __future__ import annotations

import contextlib
import struct
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

import msgspec
from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

from guiju.errors import MediaLayoutUnsupported, MediaMalformed, MediaTooLarge, MediaUnsupported
from guiju.labeling.atomic import opened
from guiju.labeling.explicit.picture import heic
from guiju.labeling.explicit.picture.drawing import MODES

PIXELS: Final = 80_000_000
"""Pixels of one frame; a camera of 64 megapixels stays below."""
TOTAL: Final = 400_000_000
"""Pixels of all frames together."""
FRAMES: Final = 2_000

FORMATS: Final = ("JPEG", "PNG", "WEBP", "GIF", "TIFF", "AVIF", "BMP")
"""What Pillow opens by itself; JPEG with several pictures comes out as ``MPO``, HEIC as ``HEIF``."""

_OF_SEVERAL: Final = ("MPO", "HEIF")
"""Formats where further pictures belong to the one that is shown, and are no frames."""

_CONVERTED: Final = {"1": "L", "P": "RGBA", "PA": "RGBA", "La": "LA", "RGBa": "RGBA", "RGBX": "RGB", "YCbCr": "RGB"}
FAULTS: Final = (
    OSError, ValueError, SyntaxError, EOFError, KeyError, TypeError, IndexError, OverflowError, MemoryError,
    AttributeError, RuntimeError, ZeroDivisionError, struct.error,
)  # fmt: skip
"""What Pillow raises on damaged files, besides its own."""


class Frame(msgspec.Struct, frozen=True):
    """One picture of a file, upright and drawable, with the milliseconds it stands in an animation."""

    image: Image.Image
    milliseconds: float = 0.0


class Opened(msgspec.Struct, frozen=True):
    """A picture file: its format's name, the file as Pillow has it, its frames, and the EXIF orientation (1: upright)."""

    format: str
    file: Image.Image
    frames: tuple[Frame, ...]
    orientation: int = 1


@contextlib.contextmanager
def opened_picture(path: Path, *, first: bool = False) -> Iterator[Opened]:
    """A picture with all its frames, or only the first, unpacked; its file stays open in the block.

    Raises:
        MediaUnsupported: not a picture of :data:`FORMATS`. MediaTooLarge: more pixels than the limits.
        MediaMalformed: damaged. MediaLayoutUnsupported: sixteen bits per colour, or a mode that cannot be drawn in.
        FileUnusable: it cannot be opened.
    """
    with opened(path) as raw:
        yield _unpacked(raw, path.suffix, first)


def _unpacked(raw: BinaryIO, suffix: str, first: bool) -> Opened:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of odd metadata; sizes are checked below, before anything is unpacked
            Image.init()  # formats are registered by name only then
            return _opened(Image.open(raw, formats=_formats(raw)), first)
    except UnidentifiedImageError:
        raise MediaUnsupported(suffix=suffix or "?") from None
    except Image.DecompressionBombError:
        raise MediaTooLarge(what="pixels", limit=PIXELS) from None
    except FAULTS as error:
        raise MediaMalformed(what="picture", detail=type(error).__name__) from error


def _formats(raw: BinaryIO) -> tuple[str, ...]:
    head = raw.read(64)
    raw.seek(0)
    if len(head) < 16 or not heic.is_heic(head):
        return FORMATS
    heic.register()
    return ("HEIF",)


def _opened(file: Image.Image, first: bool) -> Opened:
    count = 1 if first or file.format in _OF_SEVERAL else int(getattr(file, "n_frames", 1))
    if count > FRAMES:
        raise MediaTooLarge(what="frames", limit=FRAMES)
    pixels = file.width * file.height
    if pixels > PIXELS or pixels * count > TOTAL:
        raise MediaTooLarge(what="pixels", limit=PIXELS if pixels > PIXELS else TOTAL)
    _deep(file)
    orientation = _orientation(file)
    frames = tuple(_frame(one) for one in ImageSequence.Iterator(file)) if count > 1 else (_frame(file),)
    return Opened(file.format or "", file, frames, orientation)


def _orientation(file: Image.Image) -> int:
    found = file.getexif().get(0x0112, 1)
    return found if isinstance(found, int) and 1 <= found <= 8 else 1


def _deep(file: Image.Image) -> None:
    """Refuse what Pillow would cut to eight bits in silence."""
    bits: object = 8
    if file.format == "TIFF":
        bits = max(file.tag_v2.get(258, (8,)) or (8,))  # type: ignore[attr-defined]
    elif file.format == "PNG":
        bits = 16 if "16B" in str(getattr(file, "tile", "")) and not file.mode.startswith("I") else 8
    elif file.format == "HEIF":
        bits = file.info.get("bit_depth", 8)
    if isinstance(bits, int) and bits > 8 and not file.mode.startswith("I;16"):
        raise MediaLayoutUnsupported(what=file.format or "picture", detail=f"{bits} bits per colour")


def _frame(file: Image.Image) -> Frame:
    if file.width * file.height > PIXELS:
        raise MediaTooLarge(what="pixels", limit=PIXELS)
    image = ImageOps.exif_transpose(_drawable(file))
    return Frame(image, float(file.info.get("duration", 0) or 0))


def _drawable(file: Image.Image) -> Image.Image:
    """A copy in a mode that can be drawn in, looking the same."""
    mode = file.mode
    if mode in ("I;16B", "I;16L"):
        return file.convert("I;16")
    if mode == "P" and "transparency" not in file.info and file.palette is not None and file.palette.mode == "RGB":
        return file.convert("RGB")
    if mode in ("RGB", "L") and "transparency" in file.info:  # one colour of a PNG that is seen through
        return file.convert("RGBA" if mode == "RGB" else "LA")
    if mode in _CONVERTED:
        return file.convert(_CONVERTED[mode])
    if mode not in MODES:
        raise MediaLayoutUnsupported(what=file.format or "picture", detail=f"mode {mode}")
    return file.copy()
