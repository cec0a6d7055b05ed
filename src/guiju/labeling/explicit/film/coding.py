"""Coding the pictures of a film again with words in them; every other stream is copied packet by packet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO, Final

from guiju.errors import MarkUnplaceable, MediaLayoutUnsupported, MediaMalformed, MediaTooLarge
from guiju.labeling.explicit.film.overlay import Overlay
from guiju.labeling.explicit.film.timing import Encoding
from guiju.labeling.explicit.film.turning import upright
from guiju.labeling.explicit.mark import Mark, Span, presets
from guiju.labeling.explicit.rules import number
from guiju.labeling.explicit.sound.coded import decoded, library, packets

PIXELS: Final = 36_000_000
"""Pixels of one frame; 8K stays below."""

ENCODERS: Final[dict[str, tuple[str, dict[str, str]]]] = {
    "h264": ("libx264", {"crf": "18", "preset": "fast"}),
    "hevc": ("libx265", {"crf": "20", "preset": "fast", "x265-params": "log-level=error"}),
    "vp8": ("libvpx", {"crf": "8", "b:v": "8M", "deadline": "good", "cpu-used": "4"}),
    "vp9": ("libvpx-vp9", {"crf": "22", "b:v": "0", "deadline": "good", "cpu-used": "5"}),
    "av1": ("libsvtav1", {"crf": "24", "preset": "8"}),
    "mpeg4": ("mpeg4", {"qmin": "2", "qmax": "4"}),
    "mjpeg": ("mjpeg", {"qmin": "2", "qmax": "3"}),
    "flv1": ("flv", {"qmin": "2", "qmax": "4"}),
}
"""For every codec its encoder and settings that lose little."""

CONTAINERS: Final = {
    ".mp4": "mp4", ".m4v": "mp4", ".mov": "mov", ".mkv": "matroska", ".webm": "webm", ".flv": "flv", ".avi": "avi",
    ".ts": "mpegts",
}  # fmt: skip
_COPIED: Final = ("audio", "subtitle")
_ALIASES: Final = {"libdav1d": "av1", "libaom-av1": "av1", "libvpx": "vp8", "libvpx-vp9": "vp9", "flv": "flv1"}


def pictures_of(container: Any) -> Any:
    """The first stream of pictures that is no cover.

    Raises:
        MediaMalformed: there is none. MediaTooLarge: its frames are too large.
    """
    for stream in container.streams.video:
        if not int(stream.disposition) & int(library().stream.Disposition.attached_pic):
            if stream.codec_context is None:
                raise MediaLayoutUnsupported(what="film", detail="an unknown codec")
            if stream.codec_context.width * stream.codec_context.height > PIXELS:
                raise MediaTooLarge(what="pixels", limit=PIXELS)
            return stream
    raise MediaMalformed(what="film", detail="no pictures in the file")


def encoder_of(pictures: Any) -> tuple[str, dict[str, str]] | None:
    """The encoder for a stream's own codec, with its settings; None where nothing here codes it."""
    name = pictures.codec_context.name
    return ENCODERS.get(_ALIASES.get(name, name))


def relabel(source: Any, target: BinaryIO, suffix: str, mark: Mark) -> tuple[Overlay, float, int]:
    """Copy a film (an open PyAV container) with words in it.

    Returns what was laid out, the seconds it stays, and how many frames bear it.

    Raises:
        MarkUnplaceable: less than two seconds, or words that do not fit. MediaLayoutUnsupported: nothing here codes it.
    """
    av, pictures = library(), pictures_of(source)
    name, encoder = pictures.codec_context.name, encoder_of(pictures)
    if encoder is None or suffix not in CONTAINERS:
        raise MediaLayoutUnsupported(what="film", detail=f"{suffix} {name}")
    seconds = _seconds(mark)
    copied = [one for one in source.streams if one.type in _COPIED]
    with av.open(target, "w", format=CONTAINERS[suffix], options=container_options(suffix, source.metadata)) as made:
        made.metadata.update(source.metadata)
        if source.chapters():
            made.set_chapters(source.chapters())
        coder = _Coder(made, pictures, encoder, mark, seconds)
        outs = {one.index: _copied(made, one) for one in copied}
        for packet in packets(source, pictures, *copied):
            if packet.stream.index == pictures.index:
                for frame in packet.decode():
                    coder.take(frame)
            elif packet.dts is not None:
                packet.stream = outs[packet.stream.index]
                coder.others(packet)
        coder.finish()
    return coder.overlay, coder.shown, coder.bearing


class _Coder:
    """Takes decoded frames, and codes them. The encoder is made for the first one, which tells size and turn."""

    def __init__(
        self, made: Any, pictures: Any, encoder: tuple[str, dict[str, str]], mark: Mark, seconds: float
    ) -> None:
        self._made, self._pictures, self._mark, self._seconds = made, pictures, mark, seconds
        self._stream = made.add_stream(
            encoder[0], rate=pictures.average_rate or pictures.guessed_rate or 25, options=encoder[1]
        )
        self._coding = Encoding(self._stream)
        self._waiting: list[Any] = []
        self._overlay: Overlay | None = None
        self._first, self._last = 0.0, 0.0
        self.bearing = 0

    @property
    def overlay(self) -> Overlay:
        """What was laid out."""
        if self._overlay is None:
            raise MediaMalformed(what="film", detail="no picture could be decoded")
        return self._overlay

    @property
    def shown(self) -> float:
        """Seconds for which the words stay."""
        rate = float(self._pictures.average_rate or 25)
        return self._last - self._first + 1 / rate

    def take(self, frame: Any) -> None:
        """Draw on a frame if it is time to, and code it."""
        time = float(frame.pts * frame.time_base) if frame.pts is not None else self._last
        frame = upright(frame, frame.rotation)
        if self._overlay is None:
            self._overlay, self._first = Overlay.of(frame.width, frame.height, self._mark), time
            self._configure(frame)
        if time - self._first < self._seconds:
            self._overlay.put(frame)
            self._last = time
            self.bearing += 1
        frame.pict_type = 0
        self._made.mux(self._coding.take(frame))

    def others(self, packet: Any) -> None:
        """A packet of another stream: it waits until the first picture has told what the file will look like."""
        if self._overlay is None:
            self._waiting.append(packet)
            if len(self._waiting) > 10_000:
                raise MediaMalformed(what="film", detail="no picture could be decoded")
        else:
            self._made.mux(packet)

    def finish(self) -> None:
        """The film is over."""
        _ = self.overlay
        self._made.mux(self._coding.end())

    def _configure(self, frame: Any) -> None:
        out, old = self._stream.codec_context, self._pictures.codec_context
        out.width, out.height = frame.width, frame.height
        out.pix_fmt = pixel_format(self._stream, frame.format.name)
        out.time_base = self._pictures.time_base
        if not frame.rotation and old.sample_aspect_ratio:
            out.sample_aspect_ratio = old.sample_aspect_ratio
        for key in ("color_range", "color_primaries", "color_trc", "colorspace"):
            setattr(out, key, getattr(old, key))
        try:
            self._made.start_encoding()
        except library().FFmpegError as error:  # streams that stood in the file but cannot be written into one
            raise MediaLayoutUnsupported(what="film", detail=f"{self._made.format.name}: {error.strerror}") from error
        for packet in self._waiting:
            self._made.mux(packet)
        self._waiting.clear()


def _copied(made: Any, stream: Any) -> Any:
    try:
        return made.add_stream_from_template(stream)
    except ValueError as error:
        raise MediaLayoutUnsupported(what="film", detail=str(error)) from error


def pixel_format(stream: Any, name: str) -> str:
    """The pixel format of the frames where the encoder takes it, else the plainest."""
    taken = [one.name for one in stream.codec_context.codec.video_formats or ()]
    return (
        name
        if not taken or name in taken
        else "yuvj420p"
        if "yuvj420p" in taken and "yuv420p" not in taken
        else "yuv420p"
    )


def _seconds(mark: Mark) -> float:
    if (mark.span or presets().defaults.span) is Span.WHOLE:
        return float("inf")
    seconds = mark.seconds or number("drawn_seconds")
    if seconds < number("min_seconds"):
        raise MarkUnplaceable(detail=f"{seconds} s < {number('min_seconds'):g} s (GB 45438-2025 5.4)")
    return seconds


def container_options(suffix: str, tags: dict[str, str]) -> dict[str, str]:
    """MP4 drops tags it does not know unless it is told to keep them, the implicit label among them."""
    plain = {"title", "artist", "album", "comment", "date", "genre", "encoder", "copyright", "description"}
    technical = {"major_brand", "minor_version", "compatible_brands", "creation_time"}
    own = set(tags) - plain - technical
    return {"movflags": "use_metadata_tags"} if own and suffix in (".mp4", ".m4v", ".mov") else {}


def frames(container: Any, stream: Any) -> Iterator[tuple[float, Any]]:
    """Decoded frames with their seconds since the first."""
    first: float | None = None
    for frame in decoded(container, stream):
        time = float(frame.pts * frame.time_base) if frame.pts is not None else (first or 0.0)
        first = time if first is None else first
        yield time - first, frame
