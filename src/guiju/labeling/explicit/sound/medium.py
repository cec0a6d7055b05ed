"""Sound: the rhythm or a spoken label, before, behind or in the middle (GB 45438-2025, 5.3)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np

from guiju.errors import MediaLayoutUnsupported
from guiju.labeling.atomic import opened
from guiju.labeling.explicit.mark import DEFAULT, MOMENTS, Form, Mark, one_of
from guiju.labeling.explicit.medium import Made, Medium, medium
from guiju.labeling.explicit.report import Report, Sighting
from guiju.labeling.explicit.rules import number
from guiju.labeling.explicit.sound import checking, coded, placing, wav
from guiju.labeling.explicit.sound.listening import RATE
from guiju.labeling.explicit.sound.rhythm import rhythm
from guiju.labeling.explicit.sound.samples import Samples, Sound
from guiju.labeling.explicit.sound.voice import prompt, prompts
from guiju.media import LIMITS, Limits

_BASE: Final = 48_000


@medium
class Audio(Medium):
    """WAV natively, its other samples untouched; MP3, M4A, AAC, FLAC, Ogg and Opus through PyAV."""

    name = "sound"
    suffixes = tuple(coded.CONTAINERS)
    clause = "5.3"
    positions = MOMENTS

    def sniff(self, head: bytes, suffix: str) -> bool:
        return suffix in self.suffixes or (head[:4] == b"RIFF" and head[8:12] == b"WAVE") or head[:4] == b"fLaC"

    def make(self, source: Path, target: BinaryIO, mark: Mark, limits: Limits = LIMITS) -> Made:
        position = one_of(mark.position, MOMENTS, "start")
        words, label, figures = _label(mark)
        with opened(source) as file:
            plain = _plain(file, limits)
            if plain is not None:
                found = placing.survey(wav.blocks(file, plain), plain.rate)
                fitted = placing.fitted(label, found)
                at = placing.frame_of(position, found)
                wav.insert(file, target, plain, at, placing.padded(fitted, position, plain.channels))
                where = _sighting(words, position, at, fitted)
                return Made(self.name, words, (where,), figures | {"seconds": round(fitted.seconds, 3)})
        return self._coded(source, target, position, words, label, figures)

    def check(self, path: Path, mark: Mark = DEFAULT, limits: Limits = LIMITS, picture: Path | None = None) -> Report:
        sound = _mono(path, limits)
        known = (prompt(mark), *prompts()) if mark.prompt is not None else prompts()
        report = checking.judge(self.name, sound, known)
        if picture is not None:
            checking.draw(sound, report, picture, path)
        return report

    def _coded(
        self, source: Path, target: BinaryIO, position: str, words: str, label: Sound, figures: dict[str, float]
    ) -> Made:
        with coded.opened(source) as container:
            stream = coded.stream_of(container)
            found = placing.survey(coded.blocks(container, stream), stream.codec_context.sample_rate)
            channels = stream.codec_context.channels
        fitted = placing.fitted(label, found)
        at, piece = placing.frame_of(position, found), placing.padded(fitted, position, channels)
        with coded.opened(source) as container:
            stream = coded.stream_of(container)
            pieces = _with(coded.blocks(container, stream), at, piece)
            notes = coded.write(container, stream, target, source.suffix.lower(), pieces)
        where = _sighting(words, position, at, fitted)
        return Made(self.name, words, (where,), figures | {"seconds": round(fitted.seconds, 3)}, notes)


def _label(mark: Mark) -> tuple[str, Sound, dict[str, float]]:
    if mark.form is Form.VOICE or mark.prompt is not None:
        chosen = prompt(mark)
        return chosen.spoken, chosen.sound, {"characters_per_minute": round(chosen.rate, 1)}
    return "短长 短短", rhythm(_BASE), {"unit": number("unit_seconds"), "hertz": number("tone_hertz")}


def _sighting(words: str, position: str, at: int, label: Sound) -> Sighting:
    start = at / label.rate + (0 if position == "start" else number("pause_seconds"))
    return Sighting(words, position, start=round(start, 3), end=round(start + label.seconds, 3))


def _plain(file: BinaryIO, limits: Limits) -> wav.Wav | None:
    """The layout of a WAV file of plain numbers; None for anything else."""
    if file.read(4) not in (b"RIFF", b"RF64"):
        return None
    try:
        return wav.layout(file, limits)
    except MediaLayoutUnsupported:
        return None


def _mono(path: Path, limits: Limits) -> Sound:
    """The whole sound in one channel, at the rate it is looked at."""
    with opened(path) as file:
        plain = _plain(file, limits)
        if plain is not None:
            return _gathered(wav.blocks(file, plain), plain.rate)
    with coded.opened(path) as container:
        stream = coded.stream_of(container)
        return _gathered(coded.blocks(container, stream), stream.codec_context.sample_rate)


def _gathered(blocks: Iterator[Samples], rate: int) -> Sound:
    """Channels averaged; brought to a low rate about every minute, so that an hour of sound takes little memory."""
    done: list[Samples] = []
    held: list[Samples] = []
    for block in blocks:
        held.append(block.mean(1, dtype=np.float32))
        if sum(map(len, held)) >= 64 * rate:
            done.append(Sound(np.concatenate(held), rate).at(RATE).samples)
            held = []
    if held:
        done.append(Sound(np.concatenate(held), rate).at(RATE).samples)
    return Sound(np.concatenate(done) if done else np.zeros(0, np.float32), RATE)


def _with(blocks: Iterator[Samples], at: int, piece: Samples) -> Iterator[Samples]:
    """The blocks with ``piece`` before the frame ``at``."""
    place, pending = 0, True
    for block in blocks:
        if pending and at < place + len(block):
            if at > place:
                yield block[: at - place]
            yield piece
            block, place, pending = block[at - place :], at, False
        yield block
        place += len(block)
    if pending:
        yield piece
