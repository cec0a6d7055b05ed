"""Newly coded pixels in the shell of the original file: metadata goes over byte for byte, known or unknown."""

from __future__ import annotations

from typing import BinaryIO, Final

from guiju.media import Limits
from guiju.media.carriers import gif as gif_carrier
from guiju.media.carriers import jpeg as jpeg_carrier
from guiju.media.carriers import png as png_carrier
from guiju.media.streams import copy, copy_span

_JFIF, _ADOBE, _APP2, _COMMENT = 0xE0, 0xEE, 0xE2, 0xFE
_APPS: Final = range(0xE0, 0xF0)

_OF_PIXELS: Final = frozenset({b"tRNS", b"bKGD", b"sBIT", b"hIST", b"sPLT", b"acTL", b"fcTL", b"fdAT"})
"""Ancillary chunks of PNG that describe how the pixels are coded, which is new."""


def jpeg(original: BinaryIO, drawn: BinaryIO, target: BinaryIO, limits: Limits) -> None:
    """The application and comment segments of ``original`` around the coding of ``drawn``.

    A multi-picture index goes, since its pictures do; the Adobe segment belongs to the coding and is the new one.
    """
    target.write(b"\xff\xd8")
    for segment in jpeg_carrier.segments(original, limits):
        kept = segment.marker in _APPS or segment.marker == _COMMENT
        if kept and segment.marker != _ADOBE and not segment.is_index:
            target.write(segment.raw)
    for segment in jpeg_carrier.segments(drawn, limits):
        if segment.marker not in _APPS or segment.marker == _ADOBE:
            target.write(segment.raw)
    copy(drawn, target)


def png(original: BinaryIO, drawn: BinaryIO, target: BinaryIO, limits: Limits) -> None:
    """The ancillary chunks of ``original``, before and behind the pixels as they stood, around those of ``drawn``."""
    before: list[tuple[int, int]] = []
    behind: list[tuple[int, int]] = []
    place = before
    for chunk in png_carrier.chunks(original, limits):
        if chunk.kind == b"IDAT":
            place = behind
        elif _kept(chunk.kind):
            place.append((chunk.offset, chunk.end))
    target.write(png_carrier.SIGNATURE)
    for chunk in list(png_carrier.chunks(drawn, limits)):
        if _kept(chunk.kind):
            continue
        if chunk.kind == b"IEND":
            _spans(original, target, behind)
        copy_span(drawn, target, chunk.offset, chunk.end)
        if chunk.kind == b"IHDR":
            _spans(original, target, before)


def gif(original: BinaryIO, drawn: BinaryIO, target: BinaryIO, limits: Limits) -> None:
    """The comments and application extensions of ``original`` (but for the loop, which is new) before the end of ``drawn``."""
    blocks = list(gif_carrier.blocks(drawn, limits))
    target.write(b"GIF89a")
    copy_span(drawn, target, 6, blocks[-1].start)
    for block in gif_carrier.blocks(original, limits):
        if block.label == gif_carrier.COMMENT or (block.application and not block.application.startswith(b"NETSCAPE")):
            copy_span(original, target, block.start, block.end)
    copy_span(drawn, target, blocks[-1].start, blocks[-1].end)


def _kept(kind: bytes) -> bool:
    """Whether a chunk is metadata: ancillary by its first letter, and not about the coding."""
    return kind[:1].islower() and kind not in _OF_PIXELS


def _spans(file: BinaryIO, target: BinaryIO, spans: list[tuple[int, int]]) -> None:
    for start, end in spans:
        copy_span(file, target, start, end)
