"""A copy of a picture with what was found drawn into it, for reports."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw

from guiju.labeling.atomic import replacing
from guiju.labeling.explicit import font
from guiju.labeling.explicit.picture.reading import Pixels
from guiju.labeling.explicit.report import Report

_RED = (220, 20, 40)
_LONGEST = 1600


def marked(pixels: Pixels, report: Report) -> Image.Image:
    """The picture, at most 1600 pixels long, with a frame around every label and the figures below it."""
    scale = min(1.0, _LONGEST / max(pixels.shape[:2]))
    size = max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale))
    image = Image.fromarray(pixels).resize(size)
    draw = ImageDraw.Draw(image)
    width = max(2, min(image.size) // 200)
    for sighting in report.found:
        if sighting.box is not None:
            box = sighting.box.grown(4, pixels.shape[1], pixels.shape[0])
            draw.rectangle(
                [round(side * scale) for side in (box.left, box.top, box.right, box.bottom)], None, _RED, width
            )
    return _captioned(image, report)


def save(image: Image.Image, target: Path, like: Path) -> None:
    """Write ``image`` as PNG, whole or not at all.

    Raises:
        FileUnusable: it cannot be written.
    """
    with replacing(target, like) as file:
        image.save(file, "PNG")


def _captioned(image: Image.Image, report: Report) -> Image.Image:
    """The picture over a strip with one line for every check."""
    lines = [f"{_sign(one.ok)} {one.id}  {one.detail}" for one in report.checks]
    size = max(14, image.width // 60)
    face, step = font.sized(size), round(1.5 * size)
    whole = Image.new("RGB", (max(image.width, 40 * size), image.height + step * (len(lines) + 1)), "white")
    whole.paste(image, (0, 0))
    draw = ImageDraw.Draw(whole)
    for number, line in enumerate(lines):
        draw.text((size, image.height + step // 2 + number * step), line, fill=(0, 0, 0), font=face)
    return whole


def _sign(ok: bool | None) -> str:
    return "?" if ok is None else "√" if ok else "×"
