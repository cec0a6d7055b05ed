"""Coding the pictures of a film again, each changed by a function; every other stream is copied packet by packet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, BinaryIO, Final

from guiju.errors import MediaLayoutUnsupported, MediaMalformed
from guiju.labeling.explicit.film import coding
from guiju.labeling.explicit.film.timing import Encoding
from guiju.labeling.explicit.sound.coded import library, packets

_COPIED: Final = ("audio", "subtitle")
_WAITING: Final = 10_000
"""Packets of other streams that may come before the first picture."""


def recoded(source: Any, target: BinaryIO, suffix: str, change: Callable[[Any], None]) -> tuple[str, ...]:
    """Copy a film (an open PyAV container), each picture after ``change`` was applied to it. Returns remarks.

    Raises:
        MediaLayoutUnsupported: nothing here codes it. MediaMalformed: no picture could be decoded.
    """
    pictures = coding.pictures_of(source)
    found = coding.encoder_of(pictures)
    if found is None or suffix not in coding.CONTAINERS:
        raise MediaLayoutUnsupported(what="film", detail=f"{suffix} {pictures.codec_context.name}")
    copied = [one for one in source.streams if one.type in _COPIED]
    options = coding.container_options(suffix, source.metadata)
    with library().open(target, "w", format=coding.CONTAINERS[suffix], options=options) as made:
        made.metadata.update(source.metadata)
        if source.chapters():
            made.set_chapters(source.chapters())
        out = made.add_stream(found[0], rate=pictures.average_rate or pictures.guessed_rate or 25, options=found[1])
        outs = {one.index: made.add_stream_from_template(one) for one in copied}
        pictured = Encoding(out)
        waiting: list[Any] | None = []
        for packet in packets(source, pictures, *copied):
            if packet.stream.index != pictures.index:
                if packet.dts is not None:
                    packet.stream = outs[packet.stream.index]
                    _pass(made, packet, waiting)
                continue
            for frame in packet.decode():
                if waiting is not None:
                    _configure(out, pictures, frame)
                    _begin(made)
                    for held in waiting:
                        made.mux(held)
                    waiting = None
                change(frame)
                frame.pict_type = 0
                made.mux(pictured.take(frame))
        if waiting is not None:
            raise MediaMalformed(what="film", detail="no picture could be decoded")
        made.mux(pictured.end())
    return ()


def _pass(made: Any, packet: Any, waiting: list[Any] | None) -> None:
    """Write a packet, or let it wait until the first picture has told what the file will look like."""
    if waiting is None:
        made.mux(packet)
        return
    waiting.append(packet)
    if len(waiting) > _WAITING:
        raise MediaMalformed(what="film", detail="no picture could be decoded")


def _begin(made: Any) -> None:
    try:
        made.start_encoding()
    except library().FFmpegError as error:  # streams that stood in the file but cannot be written into one
        raise MediaLayoutUnsupported(what="film", detail=f"{made.format.name}: {error.strerror}") from error


def _configure(out: Any, pictures: Any, frame: Any) -> None:
    context, old = out.codec_context, pictures.codec_context
    context.width, context.height = frame.width, frame.height
    context.pix_fmt = coding.pixel_format(out, frame.format.name)
    context.time_base = pictures.time_base
    if old.sample_aspect_ratio:
        context.sample_aspect_ratio = old.sample_aspect_ratio
    for key in ("color_range", "color_primaries", "color_trc", "colorspace"):
        setattr(context, key, getattr(old, key))
