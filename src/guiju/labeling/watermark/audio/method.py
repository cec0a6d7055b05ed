"""Sound: a keyed noise far below it that follows its course. WAV by itself, other formats through PyAV."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np

from guiju.errors import MarkImpossible, MediaLayoutUnsupported, MediaTooLarge
from guiju.labeling.atomic import opened
from guiju.labeling.explicit.sound import coded, wav
from guiju.labeling.explicit.sound.samples import resampled
from guiju.labeling.watermark.audio import finding, grid, marking
from guiju.labeling.watermark.findings import Detection, Embedded
from guiju.labeling.watermark.keys import Finder, Secret
from guiju.labeling.watermark.methods import Method, method
from guiju.media import LIMITS, Limits

SECONDS: Final = 3600
"""The longest sound that is marked; of longer ones the first hour is searched."""
_PIECE: Final = 20
"""Seconds that are resampled at once."""


@method
class Sounds(Method):
    """WAV, MP3, M4A, AAC, FLAC, Ogg and Opus: all channels bear the same mark."""

    name = "audio"
    strength = marking.SNR
    strengths = (35.0, 15.0)

    def sniff(self, head: bytes, suffix: str) -> bool:
        waves = head[:4] in (b"RIFF", b"RF64", b"BW64") and head[8:12] == b"WAVE"
        return waves or suffix in coded.CONTAINERS

    def embed(
        self, source: Path, target: BinaryIO, secret: Secret, number: int, strength: float, limits: Limits = LIMITS
    ) -> Embedded:
        sound = gathered(source, limits)
        seconds = len(sound) / grid.RATE
        if seconds < marking.SHORTEST:
            raise MarkImpossible(detail=f"{seconds:.1f} s < {marking.SHORTEST:g} s")
        if seconds >= SECONDS:
            raise MediaTooLarge(what="seconds", limit=SECONDS)
        if not sound.any():
            raise MarkImpossible(detail="silence")
        added = marking.mark(sound, secret, number, strength)
        told = 10 * math.log10(float(np.mean(sound**2)) / max(float(np.mean(added**2)), 1e-20))
        with opened(source) as file:
            plain = _plain(file, limits)
            if plain is not None:
                pieces = _sum(wav.blocks(file, plain), natively(added, plain.rate))
                wav.rewrite(file, target, plain, pieces)
                return Embedded(self.name, number, round(told, 2))
        with coded.opened(source) as container:
            stream = coded.stream_of(container)
            pieces = _sum(coded.blocks(container, stream), natively(added, stream.codec_context.sample_rate))
            notes = coded.write(container, stream, target, source.suffix.lower(), pieces)
        return Embedded(self.name, number, round(told, 2), notes)

    def detect(
        self, path: Path, finder: Finder, secret: Secret | None, thorough: bool = False, limits: Limits = LIMITS
    ) -> Detection:
        return finding.detect(gathered(path, limits), finder, secret, thorough)


def gathered(path: Path, limits: Limits) -> marking.Floats:
    """At most an hour of a file as one channel at 16 kHz."""
    with opened(path) as file:
        plain = _plain(file, limits)
        if plain is not None:
            return _low(wav.blocks(file, plain), plain.rate)
    with coded.opened(path) as container:
        stream = coded.stream_of(container)
        return _low(coded.blocks(container, stream), stream.codec_context.sample_rate)


def natively(added: marking.Floats, rate: int) -> Iterator[marking.Floats]:
    """``added`` at another rate, in pieces of whole seconds."""
    for second in range(0, -(-len(added) // grid.RATE), _PIECE):
        before = min(second, 1)
        piece = added[(second - before) * grid.RATE : (second + _PIECE + 1) * grid.RATE]
        moved = resampled(piece, grid.RATE, rate)
        yield moved[before * rate : (before + _PIECE) * rate]


def _plain(file: BinaryIO, limits: Limits) -> wav.Wav | None:
    """The layout of a WAV file of plain numbers; None for anything else."""
    if file.read(4) not in (b"RIFF", b"RF64"):
        return None
    try:
        return wav.layout(file, limits)
    except MediaLayoutUnsupported:
        return None


def _low(blocks: Iterable[marking.Floats], rate: int) -> marking.Floats:
    """One channel at 16 kHz, resampled about every minute in whole seconds, up to the limit."""
    done: list[marking.Floats] = []
    held, length, step = [], 0, 60 * rate
    for block in blocks:
        held.append(block.mean(1, dtype=np.float32))
        length += len(block)
        if length >= step:
            whole = np.concatenate(held)
            done += [resampled(whole[at : at + step], rate, grid.RATE) for at in range(0, length - step + 1, step)]
            held = [whole[len(whole) // step * step :]]
            length = len(held[0])
        if len(done) * 60 >= SECONDS:
            return np.concatenate(done)[: SECONDS * grid.RATE]
    if length:
        done.append(resampled(np.concatenate(held), rate, grid.RATE))
    return np.concatenate(done) if done else np.zeros(0, np.float32)


def _sum(blocks: Iterable[marking.Floats], added: Iterator[marking.Floats]) -> Iterator[marking.Floats]:
    """The blocks with the mark in every channel; what the mark is too short for by rounding stays as it is."""
    held = np.zeros(0, np.float32)
    for block in blocks:
        while len(held) < len(block):
            more = next(added, None)
            held = np.concatenate([held, np.zeros(len(block) - len(held), np.float32) if more is None else more])
        yield np.asarray(np.clip(block + held[: len(block), None], -1.0, 1.0), np.float32)
        held = held[len(block) :]
