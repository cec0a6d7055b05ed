"""Films: the mark of pictures on every frame, found in the sum of many; sound and subtitles are copied."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
from PIL import Image

from guiju.errors import MarkImpossible, MediaLayoutUnsupported
from guiju.labeling.explicit.film import coding
from guiju.labeling.explicit.sound.coded import decoded, opened
from guiju.labeling.watermark.findings import Detection, Embedded, Verdict
from guiju.labeling.watermark.image import marking, reading
from guiju.labeling.watermark.image.finding import Spectrum, canvas, whitened
from guiju.labeling.watermark.keys import Finder, Secret
from guiju.labeling.watermark.methods import Method, method
from guiju.labeling.watermark.video.recoding import recoded
from guiju.media import LIMITS, Limits

SUMMED: Final = 24
"""Frames that are summed at once; the mark stands still while the picture moves."""
SUMS: Final = 4
"""Sums that are searched, one after the other through the film, until one is read."""
_EVERY: Final = 5
"""Frames from one that is summed to the next: neighbours hold the same picture."""


@method
class Films(Method):
    """MP4, MOV, MKV, WebM, FLV, AVI and TS through PyAV."""

    name = "video"
    strength = 39.5
    strengths = (45.0, 34.0)

    def sniff(self, head: bytes, suffix: str) -> bool:
        return suffix in coding.CONTAINERS

    def embed(
        self, source: Path, target: BinaryIO, secret: Secret, number: int, strength: float, limits: Limits = LIMITS
    ) -> Embedded:
        marker = _Marker(secret, number, strength)
        with opened(source) as container:
            notes = recoded(container, target, source.suffix.lower(), marker.put)
        change = marker.change / max(marker.frames, 1)
        return Embedded(self.name, number, round(10 * math.log10(255**2 / max(change, 1e-9)), 2), notes, marker.frames)

    def detect(
        self, path: Path, finder: Finder, secret: Secret | None, thorough: bool = False, limits: Limits = LIMITS
    ) -> Detection:
        best: Detection | None = None
        with opened(path) as container:
            for residual in _sums(container, coding.pictures_of(container)):
                found = reading.detect(self.name, Spectrum(residual), finder, secret, thorough, chances=SUMS)
                if best is None or (found.found, found.score) > (best.found, best.score):
                    best = found
                if found.number is not None or (found.found and secret is None):
                    break
        return best or Detection(self.name, Verdict.NOT_FOUND)


class _Marker:
    """Adds the mark to luma planes; the pattern is drawn once, its strength follows each frame."""

    def __init__(self, secret: Secret, number: int, psnr: float) -> None:
        self._secret, self._number, self._psnr = secret, number, psnr
        self._whole: marking.Floats | None = None
        self.frames, self.change = 0, 0.0

    def put(self, frame: Any) -> None:
        """Mark a frame with a luma plane of eight bits.

        Raises:
            MarkImpossible: the pictures are too small. MediaLayoutUnsupported: another kind of pixels.
        """
        if min(frame.width, frame.height) < marking.SMALLEST:
            raise MarkImpossible(detail=f"{frame.width}×{frame.height} < {marking.SMALLEST} px")
        plane = _plane(frame)
        luma = plane.astype(np.float32)
        if self._whole is None or self._whole.shape != luma.shape:
            self._whole = marking.plain(
                luma.shape, self._secret.finder, self._secret.pattern_of(self._number),
                self._secret.encipher(self._number),
            )  # fmt: skip
        marked = np.clip(np.rint(luma + self._whole * marking.strengths(luma, self._psnr)), 0, 255)
        plane[:] = marked.astype(np.uint8)
        self.frames += 1
        self.change += float(np.mean((marked - luma) ** 2))


def _plane(frame: Any) -> Any:
    """The luma of a frame, as an array over its own memory."""
    kind = frame.format
    if kind.is_rgb or kind.components[0].bits != 8 or kind.name in ("pal8", "monow", "monob"):
        raise MediaLayoutUnsupported(what="film", detail=kind.name)
    plane = frame.planes[0]
    whole = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
    return whole[: frame.height, : frame.width]


def _sums(container: Any, stream: Any) -> Iterator[marking.Floats]:
    """Whitened frames summed, :data:`SUMMED` at a time, at most :data:`SUMS` times."""
    total: marking.Floats | None = None
    count = made = 0
    for place, frame in enumerate(decoded(container, stream)):
        if place % _EVERY:
            continue
        one = whitened(canvas(Image.fromarray(frame.to_ndarray(format="gray"))))[0]
        if total is not None and total.shape != one.shape:
            continue
        total, count = one if total is None else total + one, count + 1
        if count == SUMMED:
            yield total
            total, count, made = None, 0, made + 1
            if made == SUMS:
                return
    if total is not None and (count >= SUMMED // 3 or not made):
        yield total
