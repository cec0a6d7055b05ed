"""WAV files: reading samples, and putting a piece of sound into the samples without touching the others."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from guiju.errors import MediaLayoutUnsupported, MediaMalformed
from guiju.labeling.explicit.sound.samples import Samples, Sound
from guiju.media import LIMITS, Limits, waiting
from guiju.media.streams import Counter, copy_span, size_of, take_at

_PCM, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE
_BLOCK: Final = 1 << 18
_UNKNOWN: Final = 0xFFFFFFFF


class Wav(msgspec.Struct, frozen=True):
    """How the samples of a WAV file are laid out; ``start`` and ``end`` bound them in the file."""

    kind: int
    channels: int
    rate: int
    bits: int
    start: int
    end: int
    fact: int = 0
    """Where the number of frames stands, if it does."""

    @property
    def frame(self) -> int:
        """Bytes of one frame."""
        return self.channels * self.bits // 8

    @property
    def frames(self) -> int:
        """How many frames there are."""
        return (self.end - self.start) // self.frame


def layout(file: BinaryIO, limits: Limits = LIMITS) -> Wav:
    """Find the samples of a seekable file.

    Raises:
        MediaMalformed: no WAV file. MediaLayoutUnsupported: samples that are not plain numbers, or a 64-bit file.
    """
    total = size_of(file)
    head = take_at(file, 0, 12, limits, "WAV")
    if head[:4] in (b"RF64", b"BW64"):
        raise MediaLayoutUnsupported(what="WAV", detail="RF64")
    if head[:4] != b"RIFF" or head[8:] != b"WAVE":
        raise MediaMalformed(what="WAV", detail="no RIFF WAVE")
    format_, fact, place, counter = b"", 0, 12, Counter(limits, "WAV")
    while place + 8 <= total:
        counter.step()
        name, size = struct.unpack("<4sI", take_at(file, place, 8, limits, "WAV"))
        if name == b"fmt ":
            format_ = take_at(file, place + 8, min(size, 40), limits, "WAV")
        elif name == b"fact":
            fact = place + 8
        elif name == b"data":
            end = total if size == _UNKNOWN else min(total, place + 8 + size)
            return _layout(format_, place + 8, end, fact)
        place += 8 + size + size % 2
    raise MediaMalformed(what="WAV", detail="no samples")


def mono(file: BinaryIO, limits: Limits = LIMITS) -> Sound:
    """All samples, the channels averaged. Raises as :func:`layout`."""
    found = layout(file, limits)
    pieces = [block.mean(1, dtype=np.float32) for block in blocks(file, found)]
    return Sound(np.concatenate(pieces) if pieces else np.zeros(0, np.float32), found.rate)


def blocks(file: BinaryIO, found: Wav) -> Iterator[Samples]:
    """The samples in pieces of shape ``(frames, channels)``."""
    place, step = found.start, _BLOCK * found.frame
    end = found.start + found.frames * found.frame
    while place < end:
        file.seek(place)
        waiting.step((place - found.start) / (end - found.start))
        raw = file.read(min(step, end - place))
        yield _decoded(raw[: len(raw) // found.frame * found.frame], found)
        place += step


def insert(source: BinaryIO, target: BinaryIO, found: Wav, frame: int, piece: Samples) -> None:
    """Copy ``source`` to ``target`` with ``piece`` (frames, channels) before the frame ``frame``; all else byte for byte."""
    raw = _encoded(piece, found)
    at = found.start + frame * found.frame
    total = size_of(source)
    data_end = found.start + (found.end - found.start)
    padded = data_end + (data_end - found.start) % 2
    size = data_end - found.start + len(raw)
    if size + total >= _UNKNOWN:
        raise MediaLayoutUnsupported(what="WAV", detail="larger than 4 GiB")
    copy_span(source, target, 0, at)
    target.write(raw)
    copy_span(source, target, at, data_end)
    target.write(b"\0" * (size % 2))
    if padded < total:
        copy_span(source, target, padded, total)
    end = target.tell()
    _patch(target, 4, end - 8)
    _patch(target, found.start - 4, size)
    if found.fact:
        _patch(target, found.fact, size // found.frame)
    target.seek(end)


def rewrite(source: BinaryIO, target: BinaryIO, found: Wav, pieces: Iterable[Samples]) -> None:
    """Copy ``source`` to ``target`` with ``pieces`` (as many frames in all) for its samples; all else byte for byte."""
    copy_span(source, target, 0, found.start)
    for piece in pieces:
        target.write(_encoded(piece, found))
    copy_span(source, target, target.tell(), size_of(source))


def _patch(target: BinaryIO, place: int, value: int) -> None:
    target.seek(place)
    target.write(struct.pack("<I", value))


def _layout(format_: bytes, start: int, end: int, fact: int) -> Wav:
    if len(format_) < 16:
        raise MediaMalformed(what="WAV", detail="no format")
    kind, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", format_)
    if kind == _EXTENSIBLE and len(format_) >= 26:
        kind = struct.unpack_from("<H", format_, 24)[0]
    known = (kind == _PCM and bits in (8, 16, 24, 32)) or (kind == _FLOAT and bits in (32, 64))
    if not known or not 1 <= channels <= 64 or not 1000 <= rate <= 768_000:
        raise MediaLayoutUnsupported(what="WAV", detail=f"kind {kind}, {bits} bits, {channels} channels")
    return Wav(kind, channels, rate, bits, start, end, fact)


def _decoded(raw: bytes, found: Wav) -> Samples:
    values: NDArray[Any]
    if found.kind == _FLOAT:
        values = np.frombuffer(raw, "<f4" if found.bits == 32 else "<f8").astype(np.float32)
        values = np.nan_to_num(values, nan=0, posinf=0, neginf=0)
    elif found.bits == 8:
        values = (np.frombuffer(raw, np.uint8).astype(np.float32) - 128) / 128
    elif found.bits == 24:
        parts = np.frombuffer(raw, np.uint8).reshape(-1, 3).astype(np.int32)
        whole = parts[:, 0] | parts[:, 1] << 8 | parts[:, 2] << 16
        values = (whole - (whole >> 23 << 24)).astype(np.float32) / (1 << 23)
    else:
        values = np.frombuffer(raw, f"<i{found.bits // 8}").astype(np.float32) / (1 << (found.bits - 1))
    return np.asarray(values.reshape(-1, found.channels), np.float32)


def _encoded(samples: Samples, found: Wav) -> bytes:
    if found.kind == _FLOAT:
        return samples.astype("<f4" if found.bits == 32 else "<f8").tobytes()
    top = (1 << (found.bits - 1)) - 1
    whole = np.clip(np.round(samples.astype(np.float64) * top), -top - 1, top).astype(np.int64)
    if found.bits == 8:
        return (whole + 128).astype(np.uint8).tobytes()
    if found.bits == 24:
        return whole.astype("<i4").reshape(-1, 1).view(np.uint8).reshape(-1, 4)[:, :3].tobytes()
    return whole.astype(f"<i{found.bits // 8}").tobytes()
