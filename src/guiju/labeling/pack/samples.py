"""Small files of every kind to put labels on, for a company that brings none of its own: marked as examples."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter

SENTENCE = "这是一段示例文字,用来展示标识所在的位置。"


def write(folder: Path) -> list[Path]:
    """A picture, a sound and texts in ``folder``; a film, too, where PyAV is installed."""
    made = [_picture(folder / "sample.png"), _picture(folder / "sample.jpg"), _sound(folder / "sample.wav")]
    made += [_text(folder / "sample.md", f"# 示例\n\n{SENTENCE * 3}\n\n{SENTENCE * 3}\n")]
    made += [
        _text(
            folder / "sample.html", f"<!doctype html>\n<html><body><h1>示例</h1><p>{SENTENCE * 3}</p></body></html>\n"
        )
    ]
    film = _film(folder / "sample.mp4")
    return made if film is None else [*made, film]


def _scene(width: int, height: int, shift: int = 0) -> Image.Image:
    """Soft colours: no picture of anything, so that nobody takes it for a work."""
    small = np.random.default_rng(7).integers(40, 230, (6, 12, 3), dtype=np.uint8)
    wide = (
        Image.fromarray(small).resize((width * 2, height), Image.Resampling.BICUBIC).filter(ImageFilter.GaussianBlur(8))
    )
    return wide.crop((shift, 0, shift + width, height))


def _picture(path: Path) -> Path:
    _scene(1024, 768).save(path)
    return path


def _text(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


def _sound(path: Path, rate: int = 24_000, seconds: int = 6) -> Path:
    times = np.arange(rate * seconds) / rate
    tune = sum(np.sin(2 * np.pi * hertz * times) * np.exp(-((times % 1.5) * 2)) for hertz in (262, 330, 392))
    raw = np.round(3000 * tune).astype("<i2").tobytes()
    head = (
        b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, rate, rate * 2, 2, 16) + b"data" + struct.pack("<I", len(raw))
    )
    path.write_bytes(b"RIFF" + struct.pack("<I", len(head) + len(raw)) + head + raw)
    return path


def _film(path: Path, rate: int = 12, seconds: int = 5) -> Path | None:
    try:
        import av
    except ImportError:
        return None
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=rate)
        stream.width, stream.height, stream.pix_fmt = 640, 360, "yuv420p"
        for number in range(rate * seconds):
            frame = av.VideoFrame.from_ndarray(np.asarray(_scene(640, 360, 2 * number)), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path
