"""Small films of every kind, made from a seed."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import av
import numpy as np
from PIL import Image

from guiju.labeling.explicit.film.timing import Encoding
from tests.labeling.explicit.grounds import ground
from tests.labeling.explicit.sounds import music

KINDS: dict[str, tuple[str, str, str, str]] = {
    "mp4": (".mp4", "libx264", "yuv420p", "aac"),
    "mov 10 bit": (".mov", "libx264", "yuv420p10le", "aac"),
    "mkv 444": (".mkv", "libx264", "yuv444p", "libmp3lame"),
    "webm": (".webm", "libvpx-vp9", "yuv420p", "libopus"),
    "avi": (".avi", "mpeg4", "yuv420p", "libmp3lame"),
    "flv": (".flv", "flv", "yuv420p", "libmp3lame"),
    "avi mjpeg": (".avi", "mjpeg", "yuvj420p", "pcm_s16le"),
    "mp4 hevc": (".mp4", "libx265", "yuv420p", "aac"),
}


def film(
    path: Path, kind: str = "mp4", seconds: float = 4.0, size: tuple[int, int] = (320, 240), rate: int = 10,
    marked: Any = None, sound: bool = True,
) -> Path:  # fmt: skip
    """A film that pans over a picture; ``marked(image, seconds)`` may draw into each frame."""
    _, codec, pixels, voice = KINDS[kind]
    wide = ground("photo", size[0] + round(seconds * rate) * 2, size[1], seed=1)
    with av.open(str(path), "w") as container:
        container.metadata["title"] = "片名"
        stream = container.add_stream(codec, rate=rate)
        stream.width, stream.height, stream.pix_fmt = *size, pixels
        if codec == "libx265":
            stream.options = {"x265-params": "log-level=none"}
        other = (
            container.add_stream(voice, rate=44100 if voice != "libopus" else 48000, layout="mono") if sound else None
        )
        if other is not None:
            _sound(container, other, music(seconds, other.codec_context.sample_rate))
        pictured = Encoding(stream)
        for number in range(round(seconds * rate)):
            image = wide.crop((2 * number, 0, 2 * number + size[0], size[1]))
            if marked is not None:
                marked(image, number / rate)
            frame = av.VideoFrame.from_image(image)
            frame.pts = number
            container.mux(pictured.take(frame))
        container.mux(pictured.end())
    return path


def _sound(container: Any, stream: Any, samples: np.ndarray[Any, np.dtype[np.float32]]) -> None:
    context = stream.codec_context
    turned = av.AudioResampler(
        format=context.format.name, layout="mono", rate=context.sample_rate, frame_size=context.frame_size or None
    )
    container.start_encoding()
    turned = av.AudioResampler(
        format=context.format.name, layout="mono", rate=context.sample_rate, frame_size=context.frame_size or None
    )
    frame = av.AudioFrame.from_ndarray(samples[None], format="fltp", layout="mono")
    frame.sample_rate = context.sample_rate
    for one in (*turned.resample(frame), *turned.resample(None)):
        container.mux(stream.encode(one))
    container.mux(stream.encode(None))


def packets(path: Path, kind: str = "audio") -> list[bytes]:
    """The packets of the first stream of a kind."""
    with av.open(str(path)) as container:
        stream = getattr(container.streams, kind)[0]
        return [bytes(packet) for packet in container.demux(stream) if packet.size]


def pictures(path: Path) -> list[tuple[float, Image.Image]]:
    """Every frame with its time."""
    with av.open(str(path)) as container:
        return [(float(frame.pts * frame.time_base), frame.to_image()) for frame in container.decode(video=0)]


def turned(path: Path, matrix: tuple[int, ...]) -> None:
    """Write a display matrix into the first track of an MP4, as telephones do."""
    raw = bytearray(path.read_bytes())
    at = raw.index(b"tkhd") + 4
    place = at + (52 if raw[at] == 1 else 40)
    raw[place : place + 36] = struct.pack(
        ">9i", *(one << (30 if index in (2, 5, 8) else 16) for index, one in enumerate(matrix))
    )
    path.write_bytes(raw)
