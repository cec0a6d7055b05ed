"""Pictures: a keyed tile that repeats, found at any scale and place by its pilot."""

from __future__ import annotations

import math
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np
from PIL import Image

from guiju.labeling.atomic import opened
from guiju.labeling.explicit.picture import saving
from guiju.labeling.explicit.picture.medium import Picture
from guiju.labeling.explicit.picture.opening import Frame, opened_picture
from guiju.labeling.watermark import foreign
from guiju.labeling.watermark.findings import Detection, Embedded
from guiju.labeling.watermark.image import marking, pixels, reading
from guiju.labeling.watermark.image.finding import Spectrum, canvas, whitened
from guiju.labeling.watermark.keys import Finder, Secret
from guiju.labeling.watermark.methods import Method, method
from guiju.media import LIMITS, Limits


@method
class Pictures(Method):
    """JPEG, PNG, WebP, GIF, TIFF, AVIF and BMP, still and animated: every frame bears the mark."""

    name = "image"
    strength = marking.PSNR
    strengths = (46.0, 34.0)
    _picture: Final = Picture()

    def sniff(self, head: bytes, suffix: str) -> bool:
        return self._picture.sniff(head, suffix)

    def embed(
        self, source: Path, target: BinaryIO, secret: Secret, number: int, strength: float, limits: Limits = LIMITS
    ) -> Embedded:
        with opened_picture(source) as picture, opened(source) as original:
            made = [pixels.marked(frame.image, secret, number, strength) for frame in picture.frames]
            frames = tuple(
                Frame(image, before.milliseconds) for (image, _), before in zip(made, picture.frames, strict=True)
            )
            new = type(picture)(picture.format, picture.file, frames, picture.orientation)
            notes = saving.save(new, original, target, limits)
        change = max(error for _, error in made)
        return Embedded(self.name, number, round(10 * math.log10(255**2 / max(change, 1e-9)), 2), notes, len(frames))

    def detect(
        self, path: Path, finder: Finder, secret: Secret | None, thorough: bool = False, limits: Limits = LIMITS
    ) -> Detection:
        with opened_picture(path, first=True) as picture:
            image = picture.frames[0].image
        grey = Image.fromarray(np.clip(pixels.luma(image), 0, 255).astype(np.uint8))
        found = reading.detect(self.name, Spectrum(whitened(canvas(grey))[0]), finder, secret, thorough)
        return foreign.beside(found, image)
