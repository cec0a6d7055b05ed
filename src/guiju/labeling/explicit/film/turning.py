"""Films that a phone stored lying on their side: their frames, upright."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from guiju.labeling.explicit.film.overlay import KNOWN, pixels_of

FALLBACK: Final = "yuv420p"


def upright(frame: Any, rotation: int) -> Any:
    """The frame turned by ``rotation`` degrees counter-clockwise (as PyAV tells it), in a format that is known.

    The frame itself where nothing has to be done.
    """
    import av

    turned = rotation % 360
    name = frame.format.name
    if name not in KNOWN or (turned and name not in ("yuv420p", "yuvj420p", "yuv444p", "yuvj444p")):
        frame = frame.reformat(format=FALLBACK)
    if turned == 0:
        return frame
    width, height = (frame.height, frame.width) if turned in (90, 270) else (frame.width, frame.height)
    made = av.VideoFrame(width, height, frame.format.name)
    for old, new in zip(frame.planes, made.planes, strict=True):
        pixels_of(new, 8)[...] = np.rot90(pixels_of(old, 8), turned // 90)
    made.pts, made.time_base = frame.pts, frame.time_base
    made.color_range, made.colorspace = frame.color_range, frame.colorspace
    return made
