"""Sounds of several kinds, made from a seed, and files of them in every format."""

from __future__ import annotations

import struct
import wave
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]


def music(seconds: float, rate: int = 22050, seed: int = 0) -> Samples:
    """A melody of random notes with overtones, and chords under it."""
    rng, pieces, left = np.random.default_rng(seed), [], seconds
    while left > 0:
        length = min(left, float(rng.choice([0.12, 0.24, 0.36, 0.5])))
        times = np.arange(round(length * rate)) / rate
        pitch = 220 * 2 ** (rng.integers(0, 30) / 12)
        note = sum(np.sin(2 * np.pi * pitch * n * times) / n**1.5 for n in range(1, 6))
        pieces.append(note * np.exp(-3 * times) + 0.3 * np.sin(2 * np.pi * pitch / 2 * times))
        left -= length
    whole = np.concatenate(pieces)
    return (0.3 * whole / np.abs(whole).max()).astype(np.float32)


def speech(seconds: float, rate: int = 22050, seed: int = 0) -> Samples:
    """Syllables of noise and voice, with pauses: nothing that is understood."""
    rng, pieces, left = np.random.default_rng(seed), [], seconds
    while left > 0:
        length = min(left, float(rng.uniform(0.08, 0.3)))
        times = np.arange(round(length * rate)) / rate
        pitch = rng.uniform(90, 250) * (1 + 0.1 * times)
        voice = sum(np.sin(2 * np.pi * pitch * n * times) * rng.uniform(0, 1) for n in range(1, 25))
        pieces += [voice * np.sin(np.pi * times / max(length, 1e-6)), np.zeros(round(rng.uniform(0, 0.15) * rate))]
        left -= length
    whole = np.concatenate(pieces)[: round(seconds * rate)]
    return (0.3 * whole / max(1e-6, np.abs(whole).max())).astype(np.float32)


def noise(seconds: float, rate: int = 22050, seed: int = 0) -> Samples:
    """White noise."""
    return (0.1 * np.random.default_rng(seed).standard_normal(round(seconds * rate))).astype(np.float32)


def silence(seconds: float, rate: int = 22050, seed: int = 0) -> Samples:
    """Nothing."""
    return np.zeros(round(seconds * rate), np.float32)


KINDS = {"music": music, "speech": speech, "noise": noise, "silence": silence}


def wav(path: Path, samples: Samples, rate: int = 22050, bits: int = 16, channels: int = 1, extra: bytes = b"") -> Path:
    """A WAV file; ``extra`` are chunks behind the samples."""
    whole = np.repeat(samples[:, None], channels, 1)
    if bits == 32:
        raw, kind = whole.astype("<f4").tobytes(), 3
    elif bits == 24:
        raw, kind = (np.round(whole * 8388607).astype("<i4")[..., None].view(np.uint8)[..., :3]).tobytes(), 1
    elif bits == 8:
        raw, kind = (np.round(whole * 127) + 128).astype(np.uint8).tobytes(), 1
    else:
        raw, kind = np.round(whole * 32767).astype("<i2").tobytes(), 1
    frame = channels * bits // 8
    format_ = struct.pack("<HHIIHH", kind, channels, rate, rate * frame, frame, bits)
    body = (
        b"fmt " + struct.pack("<I", 16) + format_ + b"data" + struct.pack("<I", len(raw)) + raw + b"\0" * (len(raw) % 2)
    )
    path.write_bytes(b"RIFF" + struct.pack("<I", 4 + len(body) + len(extra)) + b"WAVE" + body + extra)
    return path


def coded(
    path: Path, samples: Samples, codec: str, rate: int = 44100, channels: int = 2, bit_rate: int = 128_000
) -> Path:
    """A file in the format the suffix names."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate, layout="stereo" if channels == 2 else "mono")
        stream.codec_context.bit_rate = bit_rate
        container.metadata["title"] = "标题"
        turned = av.AudioResampler(
            format=stream.codec_context.format.name, layout=stream.codec_context.layout, rate=rate,
            frame_size=stream.codec_context.frame_size or None,
        )  # fmt: skip
        container.start_encoding()
        frame = av.AudioFrame.from_ndarray(
            np.repeat(samples[None], channels, 0), format="fltp", layout="stereo" if channels == 2 else "mono"
        )
        frame.sample_rate = rate
        for one in (*turned.resample(frame), *turned.resample(None)):
            container.mux(stream.encode(one))
        container.mux(stream.encode(None))
    return path


def frames(path: Path) -> tuple[bytes, int, int, int]:
    """Raw samples, rate, channels and bytes a sample, as the standard library reads them."""
    with wave.open(str(path)) as file:
        return file.readframes(file.getnframes()), file.getframerate(), file.getnchannels(), file.getsampwidth()
