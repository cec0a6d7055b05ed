"""Marks that generators put into pictures: messages of the open method ``dwtDct``, which many of them share.

They survive hardly any edit, so that not finding one says nothing. Finding one says that a program wrote it there.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from math import comb
from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt
from PIL import Image

from guiju.labeling.watermark.findings import Detection, Foreign

RATE: Final = 1e-8
"""The most often that a picture whose blocks decode to fair bits is taken for marked, for each message."""
_SCALE: Final = 36.0
_BLOCK: Final = 4
_LEAST: Final = 256
"""Pixels of either side below which the method itself embeds nothing."""

Bits = npt.NDArray[np.bool_]


class Message(msgspec.Struct, frozen=True):
    """A message that a program embeds: ``bits`` of 0 and 1, or a ``text`` in UTF-8."""

    id: str
    name: str
    source: str
    bits: str = ""
    text: str = ""

    @property
    def expected(self) -> Bits:
        """The bits embedded."""
        if self.text:
            return np.unpackbits(np.frombuffer(self.text.encode(), np.uint8)).astype(bool)
        return np.array([bit == "1" for bit in self.bits])


@cache
def messages() -> tuple[Message, ...]:
    """The messages that are looked for."""
    raw = (files("guiju.labeling.watermark") / "data" / "foreign.yaml").read_bytes()
    return msgspec.yaml.decode(raw, type=tuple[Message, ...])


def beside(detection: Detection, image: Image.Image) -> Detection:
    """``detection`` with the foreign marks of ``image``."""
    return msgspec.structs.replace(detection, foreign=find(image))


def find(image: Image.Image) -> tuple[Foreign, ...]:
    """The messages that a picture holds."""
    if image.mode not in ("RGB", "RGBA") or min(image.size) < _LEAST:
        return ()
    read = _blocks(image)
    found = []
    for message in messages():
        expected = message.expected
        errors = int(np.count_nonzero(_bits(read, len(expected)) != expected))
        if errors <= _tolerated(len(expected)):
            found.append(Foreign(message.id, message.name, errors, len(expected), _chance(len(expected), errors)))
    return tuple(found)


def _blocks(image: Image.Image) -> npt.NDArray[np.float64]:
    """What each block of 4×4 coefficients says, in the order of reading: 1.0 or 0.0."""
    rgb = np.asarray(image.convert("RGB"), np.float32)
    rgb = rgb[: rgb.shape[0] // 4 * 4, : rgb.shape[1] // 4 * 4]
    luma = rgb @ np.array([0.299, 0.587, 0.114], np.float32)
    blue = np.clip(np.rint(0.492 * (rgb[..., 2] - luma) + 128), 0, 255)
    low = (blue[0::2, 0::2] + blue[0::2, 1::2] + blue[1::2, 0::2] + blue[1::2, 1::2]) / 2
    rows, columns = low.shape[0] // _BLOCK, low.shape[1] // _BLOCK
    cut = low[: rows * _BLOCK, : columns * _BLOCK].reshape(rows, _BLOCK, columns, _BLOCK)
    sizes = np.abs(cut.transpose(0, 2, 1, 3).reshape(rows * columns, _BLOCK * _BLOCK)[:, 1:]).max(1)
    return np.asarray(sizes % _SCALE > 0.5 * _SCALE, np.float64)


def _bits(read: npt.NDArray[np.float64], length: int) -> Bits:
    """The majority of all blocks that carry each bit."""
    place = np.arange(len(read)) % length
    share = np.bincount(place, weights=read, minlength=length) / np.maximum(np.bincount(place, minlength=length), 1)
    return np.asarray(share * 255 > 127)


def _tolerated(length: int) -> int:
    """The most errors that happen by chance no more often than :data:`RATE`."""
    return max(errors for errors in range(length) if errors == 0 or _chance(length, errors) <= RATE)


def _chance(length: int, errors: int) -> float:
    return sum(comb(length, wrong) for wrong in range(errors + 1)) / 2.0**length
