"""Judging the label of a sound: the rhythm, or a known prompt, and where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from guiju.labeling.explicit.picture import marking
from guiju.labeling.explicit.report import Box, Check, Report, Sighting, check, judged
from guiju.labeling.explicit.rules import number
from guiju.labeling.explicit.sound.listening import Heard, rhythms
from guiju.labeling.explicit.sound.matching import find
from guiju.labeling.explicit.sound.samples import SILENT, Sound
from guiju.labeling.explicit.sound.voice import Prompt
from guiju.labeling.verdict import Verdict

CLEAR = 10.0
"""Decibels by which a rhythm stands above what else sounds at its pitch, for it to be called clear."""
_GAP = 2.0
_NEAR = 1.0
_STEP = 0.05
_WIDTH, _HEIGHT = 1200, 240


def judge(medium: str, sound: Sound, known: tuple[Prompt, ...]) -> Report:
    """Find and judge the labels of a sound. Speech other than the known prompts is not understood, and that is said."""
    heard = rhythms(sound)
    spoken = [(prompt, hit) for prompt in known if (hit := find(sound, prompt.sound)) is not None][:1]
    spans = [(one.start, one.end) for one in heard] + [(start, end) for _, (start, end, _) in spoken]
    found = tuple(
        [Sighting("短长 短短", _where(sound, span, spans), start=span[0], end=span[1]) for span in spans[: len(heard)]]
        + [Sighting(prompt.spoken, _where(sound, (start, end), spans), start=start, end=end, confidence=score) for prompt, (start, end, score) in spoken]
    )  # fmt: skip
    if not found:
        unheard = check(
            "sound.voice", None, "只能识别节奏和已知的提示语音 / only the rhythm and known prompts are recognised"
        )
        return Report(Verdict.CANNOT_TELL, medium, (check("explicit.found", False), unheard))
    checks = [check("explicit.found", True, found[0].text)]
    if heard:
        checks += _of_rhythm(max(heard, key=lambda one: one.letter_gap))
    checks += [one for prompt, _ in spoken for one in _of_voice(prompt)]
    places = ", ".join(dict.fromkeys(one.where for one in found))
    times = ", ".join(f"{one.start:.2f}–{one.end:.2f} s" for one in found if one.start is not None)
    return judged(medium, [*checks, check("sound.position", True, f"{places}: {times}")], found)


def draw(sound: Sound, report: Report, target: Path, like: Path) -> None:
    """The envelope of the sound with what was found marked in it, as PNG."""
    image = Image.new("RGB", (_WIDTH, _HEIGHT), "white")
    pen, samples = ImageDraw.Draw(image), sound.samples
    for x in range(_WIDTH):
        part = samples[
            x * len(samples) // _WIDTH : max(x * len(samples) // _WIDTH + 1, (x + 1) * len(samples) // _WIDTH)
        ]
        high = round(float(np.abs(part).max()) * (_HEIGHT // 2 - 10)) if part.size else 0
        pen.line([x, _HEIGHT // 2 - high, x, _HEIGHT // 2 + high], (70, 90, 120))
    scale = _WIDTH / max(sound.seconds, 1e-3)
    marked = tuple(
        Sighting(
            one.text, one.where, Box(round((one.start or 0) * scale), 6, round((one.end or 0) * scale), _HEIGHT - 6)
        )
        for one in report.found
    )
    shown = Report(report.verdict, report.medium, report.checks, marked)
    marking.save(marking.marked(np.asarray(image), shown), target, like)


def _of_rhythm(one: Heard) -> Iterator[Check]:
    yield check("sound.rhythm", True, f"{one.hertz:.0f} Hz, {one.unit * 1000:.0f} ms", measured=one.unit, unit="s")
    yield check(
        "sound.letter_gap", one.letter_gap >= _GAP, f"{one.letter_gap:.1f}", measured=one.letter_gap, required=_GAP,
        unit="units",
    )  # fmt: skip
    detail = f"{one.level:.0f} dBFS, +{one.above:.0f} dB"
    yield check("sound.clear", one.above >= CLEAR, detail, measured=one.above, required=CLEAR, unit="dB")


def _of_voice(prompt: Prompt) -> Iterator[Check]:
    yield check("sound.voice", True, prompt.spoken)
    low, high = number("min_voice_rate"), number("max_voice_rate")
    yield check("sound.voice_rate", low <= prompt.rate <= high, f"{prompt.rate:.0f}", measured=prompt.rate, required=low, unit="characters/min")  # fmt: skip


def _where(sound: Sound, span: tuple[float, float], labels: list[tuple[float, float]]) -> str:
    """Before the content begins, after it ends, or between: content is what sounds and is no label."""
    step = max(1, round(_STEP * sound.rate))
    whole = len(sound.samples) // step * step
    loud = np.sqrt(np.square(sound.samples[:whole].reshape(-1, step), dtype=np.float64).mean(1)) > 3 * SILENT
    for start, end in labels:
        loud[max(0, int((start - 0.15) / _STEP)) : int((end + 0.15) / _STEP) + 1] = False
    times = np.flatnonzero(loud) * _STEP
    if not len(times) or span[0] <= float(times[0]) or span[0] <= _NEAR:
        return "start"
    return "end" if span[1] >= float(times[-1]) or span[1] >= sound.seconds - _NEAR else "middle"
