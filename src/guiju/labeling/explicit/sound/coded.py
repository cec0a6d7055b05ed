"""Compressed sound through PyAV: decoded in pieces, and coded again with a label, in the same codec, rate and channels."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np

from guiju.errors import MediaLayoutUnsupported, MediaMalformed, MediaTooLarge, PartMissing
from guiju.labeling.explicit.sound.samples import Samples
from guiju.media.waiting import step

SECONDS: Final = 6 * 3600
"""The longest sound that is looked at."""

RATES: Final = (1_000, 768_000)
"""Samples a second that are taken for possible."""

_CHANGES: Final = "its channels or its rate change midway"
ENCODERS: Final = {
    "mp3": "libmp3lame", "mp3float": "libmp3lame", "aac": "aac", "flac": "flac", "opus": "libopus", "libopus": "libopus",
    "alac": "alac", "vorbis": "vorbis",
}  # fmt: skip
CONTAINERS: Final = {
    ".mp3": "mp3", ".m4a": "ipod", ".m4b": "ipod", ".aac": "adts", ".flac": "flac", ".ogg": "ogg", ".oga": "ogg",
    ".opus": "ogg", ".wav": "wav", ".mka": "matroska",
}  # fmt: skip
_LOSSLESS: Final = frozenset({"flac", "alac"})


def library() -> Any:
    """PyAV.

    Raises:
        PartMissing: it is not installed.
    """
    try:
        import av
    except ImportError:
        raise PartMissing(
            extra="av", doing="读写压缩的音频和视频", doing_en="read and write compressed sound and films"
        ) from None
    return av


@contextlib.contextmanager
def opened(path: Path) -> Iterator[Any]:
    """A container open for reading; faults of the file inside the block become errors of the tree.

    Raises:
        PartMissing: PyAV is not installed. MediaMalformed: it cannot be read. MediaLayoutUnsupported: no encoder.
    """
    av = library()
    try:
        with av.open(str(path), metadata_errors="replace") as container:
            yield container
    except av.codec.codec.UnknownCodecError as error:
        raise MediaLayoutUnsupported(what="codec", detail=str(error)) from error
    except av.FFmpegError as error:
        raise MediaMalformed(what="sound or film", detail=error.strerror or type(error).__name__) from error


def stream_of(container: Any) -> Any:
    """The first sound in a container.

    Raises:
        MediaMalformed: there is none. MediaLayoutUnsupported: of no known codec. MediaTooLarge: it is too long.
    """
    if not container.streams.audio:
        raise MediaMalformed(what="sound", detail="no sound in the file")
    stream = container.streams.audio[0]
    if stream.codec_context is None or not RATES[0] <= stream.codec_context.sample_rate <= RATES[1]:
        raise MediaLayoutUnsupported(what="sound", detail="an unknown codec or rate")
    if container.duration and container.duration / 1e6 > SECONDS:
        raise MediaTooLarge(what="seconds", limit=SECONDS)
    return stream


def blocks(container: Any, stream: Any) -> Iterator[Samples]:
    """The samples in pieces of shape ``(frames, channels)``.

    Raises:
        MediaMalformed: channels or rate change midway. MediaTooLarge: it is too long.
    """
    av = library()
    turned = av.AudioResampler(format="fltp", layout=stream.codec_context.layout, rate=stream.codec_context.sample_rate)
    left = SECONDS * stream.codec_context.sample_rate
    for frame in _frames(container, stream):
        try:
            evened = turned.resample(frame)
        except ValueError as error:
            raise MediaMalformed(what="sound", detail=_CHANGES) from error
        for one in evened:
            samples = one.to_ndarray().T
            left -= len(samples)
            if left < 0:
                raise MediaTooLarge(what="seconds", limit=SECONDS)
            yield np.nan_to_num(samples.astype(np.float32))


def write(source: Any, stream: Any, target: BinaryIO, suffix: str, pieces: Iterable[Samples]) -> tuple[str, ...]:
    """Code ``pieces`` as ``stream`` was, into the kind of container the suffix names, with its tags. Returns remarks.

    Raises:
        MediaLayoutUnsupported: nothing here codes this kind of sound.
    """
    av, context = library(), stream.codec_context
    kind, name = CONTAINERS.get(suffix), context.name
    encoder = ENCODERS.get(name, name if name.startswith("pcm_") else "")
    if kind is None or not encoder or (encoder == "vorbis" and context.channels != 2):
        raise MediaLayoutUnsupported(what="sound", detail=f"{suffix} {name}, {context.channels} channels")
    with av.open(target, "w", format=kind) as made:
        made.metadata.update(source.metadata)
        try:
            out = _opened_for(made, stream, encoder)
        except (ValueError, av.FFmpegError) as error:  # a codec that this kind of container does not hold
            raise MediaLayoutUnsupported(what="sound", detail=f"{suffix} {name}") from error
        _encode(made, out, context, pieces)
    return ("封面等附加内容未保留 / cover art was left out",) if source.streams.video else ()


def _opened_for(made: Any, stream: Any, encoder: str) -> Any:
    """A stream in ``made`` for sound as ``stream`` has it, ready to take it."""
    context = stream.codec_context
    options = {"strict": "experimental"} if encoder == "vorbis" else {}
    out = made.add_stream(encoder, rate=context.sample_rate, options=options)
    out.codec_context.layout = context.layout
    if encoder not in _LOSSLESS and not encoder.startswith("pcm_"):
        out.codec_context.bit_rate = stream.bit_rate or context.bit_rate or 192_000
    elif context.format is not None and encoder == context.name:
        out.codec_context.format = context.format
    out.metadata.update(stream.metadata)
    made.start_encoding()
    return out


def _encode(made: Any, out: Any, context: Any, pieces: Iterable[Samples]) -> None:
    av, place = library(), 0
    target, layout, rate = (
        out.codec_context,
        context.layout,
        context.sample_rate,
    )  # a damaged file changes its own midway
    turned = av.AudioResampler(format=target.format.name, layout=target.layout, rate=target.sample_rate, frame_size=target.frame_size or None)  # fmt: skip
    for piece in pieces:
        if piece.shape[1] != layout.nb_channels:
            raise MediaMalformed(what="sound", detail=_CHANGES)
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(piece.T), format="fltp", layout=layout.name)
        frame.sample_rate, frame.pts = rate, place
        place += len(piece)
        for one in turned.resample(frame):
            made.mux(out.encode(one))
    for one in turned.resample(None):
        made.mux(out.encode(one))
    made.mux(out.encode(None))


def packets(container: Any, *streams: Any) -> Iterator[Any]:
    """The packets of some streams in their order; a step of work each.

    Raises:
        MediaMalformed: another stream begins amid these, which PyAV does not follow.
    """
    try:
        for packet in container.demux(*streams):
            step(_share(container, packet))
            yield packet
    except IndexError as error:
        raise MediaMalformed(what="sound or film", detail="a stream begins amid others") from error


def _share(container: Any, packet: Any) -> float | None:
    """How much of a file lies before a packet, 0 to 1; None where its time or the file's length is unknown."""
    if packet.dts is None or not container.duration:
        return None
    seconds = float((packet.dts - (packet.stream.start_time or 0)) * packet.time_base)
    return min(max(seconds * 1e6 / int(container.duration), 0.0), 1.0)


def decoded(container: Any, stream: Any) -> Iterator[Any]:
    """The frames of one stream; raises as :func:`packets`."""
    for packet in packets(container, stream):
        yield from packet.decode()


def _frames(container: Any, stream: Any) -> Iterator[Any]:
    """Decoded frames; a damaged packet in the middle does not end the sound, many do."""
    av, faults = library(), 0
    for packet in packets(container, stream):
        try:
            yield from packet.decode()
        except av.error.InvalidDataError:
            faults += 1
            if faults > 20:
                raise
