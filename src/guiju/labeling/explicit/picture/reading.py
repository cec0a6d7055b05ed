"""Reading the words in a picture by OCR: the edges first, enlarged, then the whole.

The engine is RapidOCR (Apache-2.0) with the weights in its wheel; nothing is fetched. It runs on one thread and is made
once a process.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from guiju.errors import PartMissing
from guiju.labeling.explicit.elements import elements
from guiju.labeling.explicit.report import Box
from guiju.labeling.explicit.vendors import vendor_of

SIDE: Final = 1000
"""The shortest side of a picture is brought near this, so that words of 5 % are some fifty pixels high."""
STRIP: Final = 0.25
"""The share of a side that is looked at as its edge."""
LARGEST: Final = 2.5
"""How much a small picture is enlarged at most."""

_PARAMETERS: Final = {
    "Global.log_level": "critical",
    "EngineConfig.onnxruntime.intra_op_num_threads": 1,
    "EngineConfig.onnxruntime.inter_op_num_threads": 1,
    "Det.limit_type": "max",
    "Det.limit_side_len": 1600,
}
_lock = threading.Lock()

Pixels = NDArray[np.uint8]
"""A picture as RGB, shape ``(height, width, 3)``."""


class Line(msgspec.Struct, frozen=True):
    """Words that stand together, the rectangle they were found in, and how sure the reader is, 0 to 1."""

    text: str
    box: Box
    confidence: float
    rows: int = 1


def read_labels(pixels: Pixels) -> list[Line]:
    """Lines that hold an element of an explicit label, or are a generator's mark; complete ones end the search early.

    Raises:
        PartMissing: RapidOCR is not installed.
    """
    found: list[Line] = []
    for area in _areas(pixels.shape[1], pixels.shape[0]):
        lines = [line for line in joined(read(pixels, area)) if elements(line.text).ai or vendor_of(line.text)]
        complete = [line for line in lines if elements(line.text).complete]
        if complete:
            return [*complete, *(line for line in (*found, *lines) if line not in complete and vendor_of(line.text))]
        found += lines
    return found


def read(pixels: Pixels, area: Box) -> list[Line]:
    """Every line of words in ``area`` of the picture. Raises as :func:`read_labels`."""
    cut = pixels[area.top : area.bottom, area.left : area.right]
    scale = min(LARGEST, SIDE / max(1, min(pixels.shape[:2])))
    if max(cut.shape[:2]) * scale < 32:
        return []
    size = max(16, round(cut.shape[1] * scale)), max(16, round(cut.shape[0] * scale))
    seen = Image.fromarray(np.ascontiguousarray(cut)).resize(size, Image.Resampling.BICUBIC)
    with _lock:  # the engine keeps state between its steps
        result = _engine()(np.asarray(seen)[:, :, ::-1], use_cls=False)
    if result.boxes is None or result.txts is None:
        return []
    return [
        Line(text, _box(corners, scale, area), float(score))
        for text, corners, score in zip(result.txts, result.boxes, result.scores, strict=True)
    ]


def joined(lines: list[Line]) -> list[Line]:
    """The lines, and besides each stack of lines that belong together as one."""
    ordered, stacks = sorted(lines, key=lambda one: (one.box.top, one.box.left)), []
    for number, line in enumerate(ordered):
        stack = line
        for other in ordered[number + 1 :]:
            if _follows(stack.box, other.box, line.box.height):
                box = _around(stack.box, other.box)
                stack = Line(stack.text + other.text, box, min(stack.confidence, other.confidence), stack.rows + 1)
                stacks.append(stack)
    alone = [line for line in lines if elements(line.text).complete]
    return alone or [*lines, *stacks]


def _follows(above: Box, below: Box, height: int) -> bool:
    """Whether one line stands right under another, or right of it, in letters of about its size."""
    alike = 0.5 < below.height / max(1, height) < 2
    gap = below.top - above.bottom
    under = -0.5 * height < gap < 0.9 * height and below.left < above.right and above.left < below.right
    beside = abs(below.top - above.top) < 0.5 * height and -0.3 * height < below.left - above.right < height
    return alike and (under or beside)


def _around(one: Box, other: Box) -> Box:
    return Box(
        min(one.left, other.left), min(one.top, other.top), max(one.right, other.right), max(one.bottom, other.bottom)
    )


def _areas(width: int, height: int) -> Iterator[Box]:
    """The lower and upper edge, the sides, then the whole."""
    across, down = max(1, round(height * STRIP)), max(1, round(width * STRIP))
    yield Box(0, height - across, width, height)
    yield Box(0, 0, width, across)
    yield Box(0, 0, down, height)
    yield Box(width - down, 0, width, height)
    yield Box(0, 0, width, height)


def _box(corners: NDArray[np.float32], scale: float, area: Box) -> Box:
    left, top = corners.min(0) / scale
    right, bottom = corners.max(0) / scale
    return Box(
        max(area.left, area.left + round(float(left))), max(area.top, area.top + round(float(top))),
        min(area.right, area.left + round(float(right))), min(area.bottom, area.top + round(float(bottom))),
    )  # fmt: skip


@cache
def _engine() -> Any:
    try:
        from rapidocr import RapidOCR
    except ImportError:
        raise PartMissing(extra="ocr", doing="识别图片中的文字", doing_en="read words in pictures") from None
    return RapidOCR(params=_PARAMETERS)
