"""Marks in sound: read after codecs, cuts and noise; far below the sound; not found where there are none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from guiju.errors import MarkImpossible
from guiju.labeling import watermark
from guiju.labeling.explicit.sound.samples import resampled
from guiju.labeling.watermark import Secret, Verdict, of_content
from guiju.labeling.watermark.audio import finding, grid, marking, shape

SECRET = Secret.derive(b"a secret of tests, 32 bytes long.")
NUMBER = of_content("7f3a9c")
Sound = np.ndarray


def tune(seconds: float = 10, seed: int = 1) -> Sound:
    """Plucked tones with overtones and a little breath."""
    random, count = np.random.default_rng(seed), int(seconds * grid.RATE)
    sound = 0.01 * random.standard_normal(count)
    for begin in range(0, count, 4000):
        length = min(9600, count - begin)
        time = np.arange(length) / grid.RATE
        pitch = 220 * 2 ** (random.integers(0, 24) / 12)
        sound[begin : begin + length] += sum(np.sin(2 * np.pi * pitch * k * time) / k for k in range(1, 9)) * np.exp(
            -5 * time
        )
    return (0.5 * sound / np.abs(sound).max()).astype(np.float32)


def write(path: Path, sound: Sound, rate: int = grid.RATE, channels: int = 1) -> Path:
    """A WAV file of 16 bits with a chunk of somebody else's behind the samples."""
    import struct

    frames = np.repeat(np.clip(np.rint(sound * 32767), -32768, 32767).astype("<i2")[:, None], channels, 1).tobytes()
    head = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, channels, rate, rate * channels * 2, channels * 2, 16)
    body = (
        b"WAVE" + head + struct.pack("<4sI", b"data", len(frames)) + frames + struct.pack("<4sI", b"note", 4) + b"kept"
    )
    path.write_bytes(struct.pack("<4sI", b"RIFF", len(body)) + body)
    return path


def noisy(sound: Sound) -> Sound:
    noise = np.random.default_rng(3).standard_normal(len(sound))
    return (sound + noise * np.sqrt(np.mean(sound**2)) / 10).astype(np.float32)


EDITS: dict[str, Callable[[Sound], Sound]] = {
    "none": lambda sound: sound,
    "telephone": lambda sound: resampled(resampled(sound, 16_000, 8_000), 8_000, 16_000),
    "noise 20 dB": noisy,
    "middle": lambda sound: sound[30_077:-20_000],
    "echo": lambda sound: (sound + 0.4 * np.roll(sound, 1920)).astype(np.float32),
    "quieter": lambda sound: (0.1 * sound).astype(np.float32),
    "inverted": lambda sound: -sound,
}


@pytest.fixture(scope="module")
def marked() -> Sound:
    sound = tune()
    return sound + marking.mark(sound, SECRET, NUMBER)


@pytest.mark.parametrize("edit", [name for name in EDITS if name != "inverted"])
def test_the_number_is_read_after(edit: str, marked: Sound) -> None:
    found = finding.detect(EDITS[edit](marked), SECRET.finder, SECRET)
    assert (found.verdict, found.number) == (Verdict.READ, NUMBER)


def test_another_speed_is_found_by_a_thorough_search(marked: Sound) -> None:
    faster = np.interp(np.arange(0, len(marked) - 1, 1.02), np.arange(len(marked)), marked).astype(np.float32)
    assert not finding.detect(faster, SECRET.finder, SECRET).found
    found = finding.detect(faster, SECRET.finder, SECRET, thorough=True)
    assert found.number == NUMBER and found.notes["speed"] == pytest.approx(1.02, abs=0.001)


@pytest.mark.parametrize("seed", range(4))
def test_unmarked_sound_and_other_keys_find_nothing(seed: int) -> None:
    sound = tune(8, seed)
    assert finding.detect(sound, SECRET.finder, SECRET).verdict is Verdict.NOT_FOUND
    other = sound + marking.mark(sound, Secret.derive(bytes([seed]) * 32), NUMBER)
    assert finding.detect(other, SECRET.finder, SECRET).verdict is Verdict.NOT_FOUND


@pytest.mark.parametrize("sound", [np.zeros(0, np.float32), np.zeros(50_000, np.float32), np.ones(100, np.float32)])
def test_nothing_is_found_in_nothing(sound: Sound) -> None:
    assert finding.detect(sound, SECRET.finder, SECRET).verdict is Verdict.NOT_FOUND


@pytest.mark.parametrize("snr", [18.0, 21.0, 28.0])
def test_the_mark_stays_as_far_below_the_sound_as_asked(snr: float) -> None:
    sound = tune()
    added = marking.mark(sound, SECRET, NUMBER, snr)
    assert 10 * np.log10(np.sum(sound**2) / np.sum(added**2)) >= snr - 0.1


def test_short_sounds_get_a_stronger_mark_within_bounds() -> None:
    assert [round(marking.below(seconds), 1) for seconds in (4, 6, 10, 600)] == [18.0, 18.8, 21.0, 21.0]
    sound = tune(6)
    assert finding.detect(noisy(sound + marking.mark(sound, SECRET, NUMBER)), SECRET.finder, SECRET).number == NUMBER


def test_coefficients_come_back_out_of_their_sound() -> None:
    cells = np.random.default_rng(2).standard_normal((grid.FRAMES, grid.WIDTH)).astype(np.float32)
    assert np.allclose(grid.analysed(grid.around(cells)), cells, atol=1e-4)


def test_whitened_sound_is_flat() -> None:
    white = shape.whitened(tune(4))
    parts = white[: len(white) // 8 * 8].reshape(8, -1).std(1)
    assert parts.max() / parts.min() < 1.6


@pytest.mark.parametrize(("rate", "channels"), [(16_000, 1), (44_100, 2), (8_000, 1)])
def test_wav_files_keep_all_but_their_samples(rate: int, channels: int, tmp_path: Path) -> None:
    sound = resampled(tune(), grid.RATE, rate)
    source = write(tmp_path / "a.wav", sound, rate, channels)
    told = watermark.embed(source, tmp_path / "b.wav", SECRET, NUMBER)
    before, after = source.read_bytes(), (tmp_path / "b.wav").read_bytes()
    assert len(after) == len(before) and after[:44] == before[:44] and after.endswith(b"kept")
    assert watermark.detect(tmp_path / "b.wav", SECRET).number == NUMBER
    assert watermark.detect(tmp_path / "b.wav", SECRET.finder).number is None
    assert told.strength >= 20


@pytest.mark.parametrize("seconds", [0.5, 3.0])
def test_short_or_silent_sound_is_refused(seconds: float, tmp_path: Path) -> None:
    with pytest.raises(MarkImpossible):
        watermark.embed(write(tmp_path / "a.wav", tune(seconds)), tmp_path / "b.wav", SECRET, NUMBER)
    with pytest.raises(MarkImpossible):
        watermark.embed(write(tmp_path / "a.wav", np.zeros(100_000)), tmp_path / "b.wav", SECRET, NUMBER)
    assert not (tmp_path / "b.wav").exists()


@pytest.mark.parametrize(
    ("suffix", "codec"), [(".mp3", "libmp3lame"), (".m4a", "aac"), (".opus", "libopus"), (".flac", "flac")]
)
def test_compressed_formats_are_marked_and_read(suffix: str, codec: str, tmp_path: Path) -> None:
    import av

    rate, sound = 48_000, resampled(tune(), grid.RATE, 48_000)
    with av.open(str(tmp_path / f"a{suffix}"), "w") as made:
        stream = made.add_stream(codec, rate=rate)
        stream.codec_context.layout = "mono"
        context = stream.codec_context
        turned = av.AudioResampler(context.format.name, "mono", rate, frame_size=context.frame_size or None)
        frame = av.AudioFrame.from_ndarray(sound[None], format="fltp", layout="mono")
        frame.sample_rate, frame.pts = rate, 0
        for one in (*turned.resample(frame), *turned.resample(None)):
            made.mux(stream.encode(one))
        made.mux(stream.encode(None))
    watermark.embed(tmp_path / f"a{suffix}", tmp_path / f"b{suffix}", SECRET, NUMBER)
    assert watermark.detect(tmp_path / f"b{suffix}", SECRET).number == NUMBER
    assert watermark.detect(tmp_path / f"a{suffix}", SECRET).verdict is Verdict.NOT_FOUND
