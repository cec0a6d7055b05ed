"""Drawing laid-out words into a picture, in the picture's own mode, so that no colour elsewhere changes."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from guiju.labeling.explicit.ink import Ink
from guiju.labeling.explicit.mark import Form, Mark
from guiju.labeling.explicit.picture.ground import Paint, paint
from guiju.labeling.explicit.picture.layout import Layout, lay_out
from guiju.labeling.explicit.report import Box
from guiju.media.waiting import step

_COLOURS: Final[dict[str, tuple[int | tuple[int, ...], int | tuple[int, ...]]]] = {
    "L": (255, 0),
    "LA": ((255, 255), (0, 255)),
    "RGB": ((255, 255, 255), (0, 0, 0)),
    "RGBA": ((255, 255, 255, 255), (0, 0, 0, 255)),
    "CMYK": ((0, 0, 0, 0), (0, 0, 0, 255)),
    "I;16": (65535, 0),
}
"""White and black in every mode that is drawn in."""

MODES: Final = frozenset(_COLOURS)
_SEEN = 16  # alpha from which a pixel counts as visible


def visible(image: Image.Image) -> Box:
    """The enclosing rectangle of what can be seen (5.2: for pictures that are not rectangular), else the whole."""
    whole = Box(0, 0, image.width, image.height)
    if image.mode not in ("RGBA", "LA"):
        return whole
    seen = image.getchannel("A").point(lambda alpha: 255 if alpha >= _SEEN else 0).getbbox()
    return whole if seen is None else Box(*seen)


def draw(image: Image.Image, mark: Mark) -> Layout:
    """Draw the words of ``mark`` into ``image``, which is upright and of one of :data:`MODES`.

    Raises:
        MarkUnplaceable and others: as :func:`guiju.labeling.explicit.picture.layout.lay_out`.
    """
    step()
    layout = lay_out(visible(image), mark)
    put(image, layout, mark.form)
    return layout


def put(image: Image.Image, layout: Layout, form: Form = Form.AUTO) -> Paint:
    """Draw what is laid out; returns how it was painted."""
    area = (layout.box.left, layout.box.top, layout.box.right, layout.box.bottom)
    region = image.crop(area)
    opaque = image.mode not in ("RGBA", "LA") or int(region.getchannel("A").getextrema()[0]) == 255  # type: ignore[arg-type]
    chosen = paint(_seen(region), form, through=not opaque)
    ink = _on_canvas(layout.ink, layout.words, layout.box)
    if image.mode == "I;16":
        image.paste(_blended16(region, ink, chosen, layout.ink.height), area[:2])
        return chosen
    white, black = _COLOURS[image.mode]
    colour, other = (white, black) if chosen.white else (black, white)
    if chosen.box:
        region.paste(other, (0, 0), Image.new("L", region.size, round(255 * chosen.box)))
    else:
        region.paste(other, (0, 0), _outline(ink, layout.ink.height))
    region.paste(colour, (0, 0), ink)
    image.paste(region, area[:2])
    return chosen


def _on_canvas(ink: Ink, words: Box, box: Box) -> Image.Image:
    canvas = np.zeros((box.height, box.width), np.uint8)
    top, left = words.top - box.top, words.left - box.left
    canvas[top : top + ink.rows, left : left + ink.width] = ink.coverage
    return Image.fromarray(canvas)


def _outline(ink: Image.Image, height: int) -> Image.Image:
    """The ink grown by a fifteenth of its height, softened."""
    grown = ink.filter(ImageFilter.MaxFilter(2 * max(1, round(height / 15)) + 1))
    return grown.filter(ImageFilter.GaussianBlur(max(0.5, height / 40)))


def _seen(region: Image.Image) -> NDArray[np.uint8]:
    """Pixels as a screen would show them."""
    if region.mode == "I;16":
        grey = (np.asarray(region, np.uint16) >> 8).astype(np.uint8)
        return np.repeat(grey[:, :, None], 3, 2)
    return np.asarray(region.convert("RGB"))


def _blended16(region: Image.Image, ink: Image.Image, chosen: Paint, height: int) -> Image.Image:
    """Sixteen bits of grey, blended in sixteen bits."""
    pixels = np.asarray(region, np.float64)
    words, other = (65535.0, 0.0) if chosen.white else (0.0, 65535.0)
    under = np.full(pixels.shape, chosen.box) if chosen.box else np.asarray(_outline(ink, height)) / 255
    pixels = pixels * (1 - under) + other * under
    cover = np.asarray(ink) / 255
    return Image.fromarray(np.round(pixels * (1 - cover) + words * cover).astype(np.uint16))
