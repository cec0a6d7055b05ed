"""Words blended into the planes of a decoded frame: no colour elsewhere changes, whatever the film's sampling and depth."""

from __future__ import annotations

from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from guiju.labeling.explicit.mark import Mark
from guiju.labeling.explicit.picture.layout import Layout, lay_out
from guiju.labeling.explicit.report import Box

KNOWN: Final = {
    "yuv420p": 8, "yuvj420p": 8, "yuv422p": 8, "yuvj422p": 8, "yuv444p": 8, "yuvj444p": 8, "yuv420p10le": 10,
    "yuv422p10le": 10, "yuv444p10le": 10, "yuv420p12le": 12, "gray": 8, "gray10le": 10,
}  # fmt: skip
"""Pixel formats that are blended into, with their bits; others are brought to the first."""

BOX: Final = 0.75
"""Opacity of the box: films move, so that only a box is legible throughout."""
_FULL_RANGE: Final = 2

Plane = NDArray[np.float32]


class Overlay(msgspec.Struct, frozen=True):
    """Words laid out for a film of one size: coverage of box and ink, both 0 to 1, in the rectangle ``area``."""

    layout: Layout
    area: Box
    box: Plane
    ink: Plane

    @classmethod
    def of(cls, width: int, height: int, mark: Mark) -> Overlay:
        """Lay words out; the rectangle begins on even pixels, since colour may be stored for every second one.

        Raises:
            MarkUnplaceable and others: as :func:`guiju.labeling.explicit.picture.layout.lay_out`.
        """
        layout = lay_out(Box(0, 0, width, height), mark)
        box = layout.box
        area = Box(
            box.left // 2 * 2,
            box.top // 2 * 2,
            min(width, (box.right + 1) // 2 * 2),
            min(height, (box.bottom + 1) // 2 * 2),
        )
        ground = np.full((area.height, area.width), BOX, np.float32)
        ink = np.zeros((area.height, area.width), np.float32)
        top, left = layout.words.top - area.top, layout.words.left - area.left
        ink[top : top + layout.ink.rows, left : left + layout.ink.width] = layout.ink.coverage / np.float32(255)
        return cls(layout, area, ground, ink)

    def put(self, frame: Any) -> None:
        """Blend into a frame (PyAV) of one of the :data:`KNOWN` formats, in place."""
        frame.make_writable()
        bits = KNOWN[frame.format.name]
        full = frame.format.name.startswith(("yuvj", "gray")) or int(frame.color_range) == _FULL_RANGE
        top = (1 << bits) - 1
        black, white = (0.0, float(top)) if full else (16.0 * (1 << (bits - 8)), 235.0 * (1 << (bits - 8)))
        for index, plane in enumerate(frame.planes):
            pixels = pixels_of(plane, bits)
            across, down = frame.width // plane.width, frame.height // plane.height
            area = Box(
                self.area.left // across,
                self.area.top // down,
                -(-self.area.right // across),
                -(-self.area.bottom // down),
            )
            part = pixels[area.top : area.bottom, area.left : area.right]
            box, ink = (_shrunk(one, across, down, part.shape) for one in (self.box, self.ink))
            grey = (black, white) if index == 0 else (float(1 << (bits - 1)),) * 2
            blended = part * (1 - box) + grey[0] * box
            part[...] = np.round(blended * (1 - ink) + grey[1] * ink).astype(pixels.dtype)


def pixels_of(plane: Any, bits: int) -> NDArray[Any]:
    """A plane as an array that writes through, without the padding of its lines."""
    kind = np.uint8 if bits == 8 else np.dtype("<u2")
    size = np.dtype(kind).itemsize
    lines = np.frombuffer(plane, kind)[: plane.height * plane.line_size // size]
    return lines.reshape(plane.height, plane.line_size // size)[:, : plane.width]


def _shrunk(coverage: Plane, across: int, down: int, shape: tuple[int, ...]) -> Plane:
    """Coverage for a plane with fewer pixels: the mean of those that share one."""
    if across == down == 1:
        return coverage[: shape[0], : shape[1]]
    height, width = -(-coverage.shape[0] // down) * down, -(-coverage.shape[1] // across) * across
    padded = np.pad(coverage, ((0, height - coverage.shape[0]), (0, width - coverage.shape[1])), mode="edge")
    small = padded.reshape(height // down, down, width // across, across).mean((1, 3))
    return np.asarray(small[: shape[0], : shape[1]], np.float32)
