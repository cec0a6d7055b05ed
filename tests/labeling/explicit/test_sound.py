"""The rhythm and the spoken label: where they were asked for, the content untouched, and found again."""

from __future__ import annotations

import struct
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from guiju.errors import LabelWordsInvalid, MarkUnplaceable, MediaLayoutUnsupported, MediaMalformed, SpokenTooFast
from guiju.labeling import explicit
from guiju.labeling.explicit import Form, Mark
from guiju.labeling.explicit.sound import listening, matching, voice
from guiju.labeling.explicit.sound.rhythm import GAPS, TONES, UNITS, rhythm
from guiju.labeling.explicit.sound.samples import Sound, resampled, rms
from tests.labeling.explicit import sounds

POSITIONS = ["start", "middle", "end"]


def test_the_rhythm_is_short_long_short_short() -> None:
    assert (TONES, GAPS, UNITS) == ((1, 3, 1, 1), (1, 3, 1), 11)
    sound = rhythm(16000)
    unit = round(0.12 * 16000)
    loud = [rms(sound.samples[n * unit : (n + 1) * unit]) > 0.5 for n in range(11)]
    assert loud == [True, False, True, True, True, False, False, False, True, False, True]


@pytest.mark.parametrize("kind", sounds.KINDS)
@pytest.mark.parametrize("position", POSITIONS)
def test_the_rhythm_is_found_where_it_was_put(kind: str, position: str, tmp_path: Path) -> None:
    path, out = sounds.wav(tmp_path / "a.wav", sounds.KINDS[kind](9.0)), tmp_path / "b.wav"
    made = explicit.label(path, out, Mark(position=position))
    report = explicit.check(out)
    assert report.verdict.value == "compliant", report
    assert len(report.found) == 1 and all(one.ok for one in report.checks)
    sighting, put = report.found[0], made.made.sightings[0]
    assert sighting.start == pytest.approx(put.start, abs=0.06) and sighting.end == pytest.approx(put.end, abs=0.06)
    if kind != "silence":
        assert sighting.where == position


@pytest.mark.parametrize("kind", sounds.KINDS)
@pytest.mark.parametrize("seed", range(4))
def test_other_sound_is_not_taken_for_it(kind: str, seed: int, tmp_path: Path) -> None:
    report = explicit.check(sounds.wav(tmp_path / "a.wav", sounds.KINDS[kind](60.0, seed=seed)))
    assert (report.verdict.value, report.found) == ("cannot_tell", ()), "speech may hold a label nobody can recognise"


@settings(max_examples=40, deadline=None)
@given(
    unit=st.floats(0.06, 0.25), hertz=st.floats(400, 3200), gap=st.floats(2.0, 4.0), level=st.floats(0.02, 0.8),
    rate=st.sampled_from([8000, 16000, 44100]),
)  # fmt: skip
def test_other_peoples_rhythms_are_found(unit: float, hertz: float, gap: float, level: float, rate: int) -> None:
    pieces = [np.zeros(rate // 2)]
    for index, tone in enumerate(TONES):
        times = np.arange(round(tone * unit * rate)) / rate
        pieces.append(level * np.sin(2 * np.pi * hertz * times))
        if index < 3:
            pieces.append(np.zeros(round((gap if GAPS[index] == 3 else 1) * unit * rate)))
    samples = np.concatenate([*pieces, np.zeros(rate)]).astype(np.float32)
    found = listening.rhythms(Sound(samples, rate))
    assert len(found) == 1
    assert found[0].unit == pytest.approx(unit, rel=0.2, abs=0.01)
    assert found[0].hertz == pytest.approx(hertz, abs=40)
    assert found[0].letter_gap == pytest.approx(gap, abs=0.9)


@pytest.mark.parametrize("tones", [(1, 1, 1, 1), (1, 3, 1, 3), (3, 1, 1, 1), (1, 3, 3, 1), (1, 1, 3, 1), (3, 3, 1, 1)])
def test_other_letters_are_not_taken_for_it(tones: tuple[int, ...]) -> None:
    rate, unit, pieces = 8000, 0.12, [np.zeros(4000)]
    for index, tone in enumerate(tones):
        times = np.arange(round(tone * unit * rate)) / rate
        pieces += [0.5 * np.sin(2 * np.pi * 1000 * times), np.zeros(round((1, 3, 1, 9)[index] * unit * rate))]
    assert listening.rhythms(Sound(np.concatenate(pieces).astype(np.float32), rate)) == ()


def test_without_a_gap_between_the_letters_that_is_advice(tmp_path: Path) -> None:
    rate, unit, pieces = 16000, 0.12, [np.zeros(8000)]
    for tone in TONES:
        times = np.arange(round(tone * unit * rate)) / rate
        pieces += [0.5 * np.sin(2 * np.pi * 1000 * times), np.zeros(round(unit * rate))]
    samples = np.concatenate([*pieces, np.zeros(16000)]).astype(np.float32)
    report = explicit.check(sounds.wav(tmp_path / "a.wav", samples, rate))
    gap = next(one for one in report.checks if one.id == "sound.letter_gap")
    assert (report.verdict.value, gap.ok, gap.kind) == ("compliant", False, "policy")


def test_the_rhythm_is_found_under_speech() -> None:
    whole = sounds.speech(20.0, 16000, seed=2)
    label = rhythm(16000).loud(0.05).samples
    whole[80000 : 80000 + len(label)] += label
    found = listening.rhythms(Sound(whole, 16000))
    assert len(found) == 1 and found[0].start == pytest.approx(5.0, abs=0.06)


# --- WAV -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("bits", "channels"), [(8, 1), (16, 1), (16, 2), (24, 2), (32, 1)])
@pytest.mark.parametrize("position", POSITIONS)
def test_the_other_samples_stay_bit_for_bit(bits: int, channels: int, position: str, tmp_path: Path) -> None:
    extra = b"AIGC" + struct.pack("<I", 2) + b"{}"
    path = sounds.wav(tmp_path / "a.wav", sounds.music(4.0, 16001), 16001, bits, channels, extra)
    out = tmp_path / "b.wav"
    made = explicit.label(path, out, Mark(position=position))
    before, after = path.read_bytes(), out.read_bytes()
    assert after.endswith(extra) and struct.unpack("<I", after[4:8])[0] == len(after) - 8
    old, frame = before[44 : 44 + struct.unpack("<I", before[40:44])[0]], channels * bits // 8
    size = struct.unpack("<I", after[40:44])[0]
    new, grown = after[44 : 44 + size], size - len(old)
    assert grown % frame == 0 and grown / frame / 16001 == pytest.approx(
        1.32 + 0.4 * (1 + (position == "middle")), abs=0.01
    )
    differing = np.flatnonzero(np.frombuffer(new[: len(old)], np.uint8) != np.frombuffer(old, np.uint8))
    cut = int(differing[0] if len(differing) else len(old)) // frame * frame
    expected = {"start": 0, "end": 4.0}.get(position, (made.made.sightings[0].start or 0) - 0.4)
    assert position == "start" or cut / frame / 16001 >= expected - 0.01
    assert new[:cut] == old[:cut] and new[cut + grown :] == old[cut:]
    assert explicit.check(out).verdict.value == "compliant"


def test_the_label_is_about_as_loud_as_the_sound(tmp_path: Path) -> None:
    for level in (0.02, 0.3, 1.0):
        path, out = sounds.wav(tmp_path / "a.wav", level * sounds.music(5.0)), tmp_path / "b.wav"
        explicit.label(path, out, Mark(position="start"))
        samples = np.frombuffer(sounds.frames(out)[0], "<i2").astype(float) / 32768
        content = rms((level * sounds.music(5.0)).astype(np.float32))
        tone = rms(samples[round(0.25 * 22050) : round(0.55 * 22050)].astype(np.float32))
        assert max(0.03, 0.7 * content) < tone < max(0.07, 2.2 * content)


def test_wide_and_odd_files_are_refused_or_recoded(tmp_path: Path) -> None:
    path = sounds.wav(tmp_path / "a.wav", sounds.music(2.0))
    path.write_bytes(b"RF64" + path.read_bytes()[4:])
    with pytest.raises((MediaLayoutUnsupported, MediaMalformed)):
        explicit.label(path, tmp_path / "b.wav")
    path.write_bytes(b"RIFF\0\0\0\0WAVEdata")
    with pytest.raises(MediaMalformed):
        explicit.check(path)


# --- voice -----------------------------------------------------------------------------------------------------------


def test_shipped_prompts_are_spoken_at_normal_speed() -> None:
    assert len(voice.prompts()) >= 2
    for one in voice.prompts():
        assert 120 <= one.rate <= 160 and one.rate == pytest.approx(60 * len(one.spoken) / one.sound.seconds)


@pytest.mark.parametrize("position", POSITIONS)
@pytest.mark.parametrize("words", ["", "short"])
def test_spoken_labels_are_found_again(position: str, words: str, tmp_path: Path) -> None:
    path, out = sounds.wav(tmp_path / "a.wav", sounds.speech(9.0)), tmp_path / "b.wav"
    made = explicit.label(path, out, Mark(form=Form.VOICE, position=position, words=words))
    assert 120 <= made.made.figures["characters_per_minute"] <= 160
    report = explicit.check(out)
    assert report.verdict.value == "compliant"
    assert report.found[0].where == position and "人工智能生成" in report.found[0].text
    assert report.found[0].start == pytest.approx(made.made.sightings[0].start, abs=2.0)


def test_a_prompt_of_ones_own(tmp_path: Path) -> None:
    path, out = sounds.wav(tmp_path / "a.wav", sounds.music(5.0)), tmp_path / "b.wav"
    own = sounds.wav(tmp_path / "own.wav", sounds.speech(3.0, seed=9))
    mark = Mark(prompt=own, spoken="本音频AI生成")  # 7 characters in 3 seconds
    explicit.label(path, out, mark)
    assert explicit.check(out).verdict.value == "cannot_tell", "nobody else knows this prompt"
    report = explicit.check(out, mark)
    assert report.verdict.value == "compliant" and report.found[0].text == "本音频AI生成"


@pytest.mark.parametrize(
    ("spoken", "error"),
    [("本音频由AI生成，请注意甄别，谢谢", SpokenTooFast), ("", MarkUnplaceable), ("机器制作", LabelWordsInvalid)],
)
def test_prompts_that_will_not_do(spoken: str, error: type[Exception], tmp_path: Path) -> None:
    own = sounds.wav(tmp_path / "own.wav", sounds.speech(3.0))
    with pytest.raises(error):
        explicit.label(own, tmp_path / "b.wav", Mark(prompt=own, spoken=spoken))


def test_correlation_finds_a_prompt_and_nothing_else() -> None:
    prompt = voice.prompts()[0].sound
    other = Sound(sounds.speech(30.0, 16000, seed=4), 16000)
    assert matching.find(other, prompt) is None and matching.find(Sound(other.samples[:100], 16000), prompt) is None
    whole = np.concatenate([other.samples, 0.1 * prompt.at(16000).samples, other.samples])
    found = matching.find(Sound(whole.astype(np.float32), 16000), prompt)
    assert found is not None and found[0] == pytest.approx(30.0, abs=0.01) and found[2] > 0.9


# --- compressed ------------------------------------------------------------------------------------------------------

CODED = [
    ("a.mp3", "libmp3lame", 44100, 2), ("a.mp3", "libmp3lame", 22050, 1), ("a.m4a", "aac", 44100, 2),
    ("a.flac", "flac", 48000, 2), ("a.opus", "libopus", 48000, 1), ("a.ogg", "libopus", 48000, 2), ("a.aac", "aac", 32000, 1),
]  # fmt: skip


@pytest.mark.parametrize(("name", "codec", "rate", "channels"), CODED)
@pytest.mark.parametrize("position", POSITIONS)
def test_compressed_sound_keeps_codec_rate_and_channels(
    name: str, codec: str, rate: int, channels: int, position: str, tmp_path: Path
) -> None:
    path = sounds.coded(tmp_path / name, sounds.music(8.0, rate), codec, rate, channels)
    out = tmp_path / f"out{path.suffix}"
    explicit.label(path, out, Mark(position=position))
    with av.open(str(path)) as before, av.open(str(out)) as after:
        one, two = before.streams.audio[0], after.streams.audio[0]
        for key in ("name", "sample_rate", "channels"):
            assert getattr(one.codec_context, key) == getattr(two.codec_context, key), key
        if path.suffix in (".mp3", ".m4a", ".flac"):
            assert after.metadata.get("title") == "标题"
        grown = (after.duration or 0) - (before.duration or 0)
        if path.suffix != ".aac":
            assert grown / 1e6 == pytest.approx(1.32 + 0.4 * (1 + (position == "middle")), abs=0.15)
    report = explicit.check(out)
    assert report.verdict.value == "compliant", report
    assert report.found[0].where == position


@pytest.mark.parametrize("bit_rate", [32_000, 64_000])
def test_labels_are_found_after_strong_compression(bit_rate: int, tmp_path: Path) -> None:
    for form in (Form.RHYTHM, Form.VOICE):
        path = sounds.wav(tmp_path / "a.wav", sounds.speech(8.0, 44100, seed=5), 44100)
        explicit.label(path, path, Mark(form=form, position="end"))
        samples = np.frombuffer(sounds.frames(path)[0], "<i2").astype(np.float32) / 32768
        small = sounds.coded(tmp_path / "a.mp3", samples, "libmp3lame", 44100, 2, bit_rate)
        report = explicit.check(small)
        assert report.verdict.value == "compliant" and report.found[0].where == "end", form


def test_damaged_sound_is_an_error_of_the_tree(tmp_path: Path) -> None:
    path = tmp_path / "a.mp3"
    path.write_bytes(b"ID3\4\0\0\0\0\0\0" + bytes(100))
    with pytest.raises(MediaMalformed):
        explicit.check(path)


def test_the_marked_picture_shows_where(tmp_path: Path) -> None:
    path, shown = sounds.wav(tmp_path / "a.wav", sounds.music(5.0)), tmp_path / "shown.png"
    explicit.label(path, path)
    explicit.check(path, picture=shown)
    with Image.open(shown) as image:
        red = (np.abs(np.asarray(image.convert("RGB")).astype(int) - [220, 20, 40]) < 30).all(2)
        assert red.any(0).argmax() < 60 and red[:, 600:].sum() == 0


def test_resampling_keeps_level_and_length() -> None:
    times = np.arange(44100 * 3) / 44100
    sine = np.sin(2 * np.pi * 440 * times).astype(np.float32)
    for rate in (8000, 48000):
        turned = resampled(sine, 44100, rate)
        assert len(turned) == 3 * rate and rms(turned) == pytest.approx(rms(sine), rel=0.01)
