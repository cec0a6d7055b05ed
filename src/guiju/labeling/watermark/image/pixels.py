"""Adding the mark to pictures in their own mode: alpha, palette colours' transparency and depth stay as they are."""

from __future__ import annotations

import numpy as np
from PIL import Image

from guiju.errors import MarkImpossible
from guiju.labeling.watermark.image import marking
from guiju.labeling.watermark.keys import Secret
from guiju.media.waiting import step


def luma(image: Image.Image) -> marking.Floats:
    """Grey levels from 0 to 255, of any mode that `guiju.labeling.explicit.picture.opening` yields."""
    if image.mode == "I;16":
        return np.asarray(image, np.float32) / 257.0
    if image.mode in ("LA", "RGBA"):
        image = image.convert("L" if image.mode == "LA" else "RGB")
    return np.asarray(image.convert("L"), np.float32)


def marked(image: Image.Image, secret: Secret, number: int, psnr: float) -> tuple[Image.Image, float]:
    """A copy with the mark, and the mean squared change of a grey level.

    Raises:
        MarkImpossible: it is too small.
    """
    step()
    if min(image.size) < marking.SMALLEST:
        raise MarkImpossible(detail=f"{image.width}×{image.height} < {marking.SMALLEST} px")
    grey = luma(image)
    added = marking.offsets(grey, secret.finder, secret.pattern_of(number), secret.encipher(number), psnr)
    if image.mode == "I;16":
        deep = np.clip(np.rint(np.asarray(image, np.float32) + 257.0 * added), 0, 65535).astype(np.uint16)
        after = Image.fromarray(deep)
    else:
        after = _added(image, added)
    return after, float(np.mean((luma(after) - grey) ** 2))


def _added(image: Image.Image, added: marking.Floats) -> Image.Image:
    """The same in each colour, rounded once; ink is taken away where light is added."""
    before = np.asarray(image)
    whole = np.rint(-added if image.mode == "CMYK" else added).astype(np.int16)
    colours = {"LA": 1, "RGBA": 3, "CMYK": 3}.get(image.mode)
    after = before.copy()
    if before.ndim == 2:
        return Image.fromarray(np.clip(before + whole, 0, 255).astype(np.uint8), image.mode)
    after[..., :colours] = np.clip(before[..., :colours] + whole[..., None], 0, 255).astype(np.uint8)
    return Image.fromarray(after, image.mode)
