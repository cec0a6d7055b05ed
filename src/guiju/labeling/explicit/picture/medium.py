"""Pictures: words at an edge or corner, at least 5 % of the shortest side high (GB 45438-2025, 5.2)."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image

from guiju.labeling.atomic import opened
from guiju.labeling.explicit.mark import CORNERS, DEFAULT, Mark
from guiju.labeling.explicit.medium import Made, Medium, medium
from guiju.labeling.explicit.picture import checking, drawing, heic, marking, saving
from guiju.labeling.explicit.picture.layout import Layout
from guiju.labeling.explicit.picture.opening import opened_picture
from guiju.labeling.explicit.picture.reading import Pixels
from guiju.labeling.explicit.report import Report, Sighting
from guiju.media import LIMITS, Limits


@medium
class Picture(Medium):
    """JPEG, PNG, WebP, GIF, TIFF, AVIF, HEIC and BMP, still and animated."""

    name = "picture"
    suffixes = (
        ".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".apng", ".webp", ".gif", ".tif", ".tiff", ".avif", ".heic", ".heif",
        ".hif", ".bmp",
    )  # fmt: skip
    clause = "5.2"
    positions = CORNERS

    def sniff(self, head: bytes, suffix: str) -> bool:
        starts = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8", b"II*\0", b"MM\0*", b"BM")
        boxed = head[4:8] == b"ftyp" and (head[8:12] in (b"avif", b"avis", *heic.BRANDS) or b"avif" in head[8:48])
        return head.startswith(starts) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP") or boxed

    def make(self, source: Path, target: BinaryIO, mark: Mark, limits: Limits = LIMITS) -> Made:
        with opened_picture(source) as picture, opened(source) as original:
            layouts = [drawing.draw(frame.image, mark) for frame in picture.frames]
            notes = saving.save(picture, original, target, limits)
        return made(self.name, layouts, notes)

    def check(self, path: Path, mark: Mark = DEFAULT, limits: Limits = LIMITS, picture: Path | None = None) -> Report:
        with opened_picture(path, first=True) as file:
            image = file.frames[0].image
        pixels = on_grey(image)
        report = checking.judge(self.name, pixels, drawing.visible(image))
        if picture is not None:
            marking.save(marking.marked(pixels, report), picture, path)
        return report


def made(name: str, layouts: list[Layout], notes: tuple[str, ...] = ()) -> Made:
    """What was drawn: the figures are those of the frame where the words are smallest."""
    least = min(layouts, key=lambda one: one.ratio)
    where = Sighting("".join(least.ink.lines), least.position, least.words)
    figures = {"ratio": round(least.ratio, 4), "pixels": float(least.ink.smallest), "frames": float(len(layouts))}
    return Made(name, least.id, (where,), figures, notes)


def on_grey(image: Image.Image) -> Pixels:
    """RGB pixels as a person sees them; the transparent is shown on grey."""
    if image.mode == "I;16":
        grey = (np.asarray(image, np.uint16) >> 8).astype(np.uint8)
        return np.ascontiguousarray(np.repeat(grey[:, :, None], 3, 2))
    if image.mode in ("RGBA", "LA"):
        ground = Image.new("RGBA", image.size, (128, 128, 128, 255))
        return np.asarray(Image.alpha_composite(ground, image.convert("RGBA")).convert("RGB"))
    return np.asarray(image.convert("RGB"))
