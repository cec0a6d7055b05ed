"""Marks in sound beside the package that installs and runs without weights from elsewhere, on the same clips.

``python -m bench.watermark_sounds FOLDER [--seconds N] [--most N] [--visqol] [--peers .venv-peers/bin/python]``; the peers' environment
(see `bench.watermarks`) needs ``pip install voicesign visqol-python soundfile`` besides. VoiceSign marks for an identity
and carries no number: it counts as read where it says that its identity is there. Nobody listens: what is told of quality
is the signal-to-noise ratio, the model of masking of `bench.masking`, and with ``--visqol`` that program's version 3 for speech (MOS-LQO, 5 is best; some seconds a clip).
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from bench.masking import margin
from bench.watermarks import SECRET, clips, coded_sound, noised, table, telephone
from guiju.labeling.explicit.sound.samples import resampled
from guiju.labeling.watermark import of_content
from guiju.labeling.watermark.audio import finding, marking

RATE = 16_000
PEER = Path(__file__).with_name("watermark_sound_peers.py")
Sound = np.ndarray
EDITS: dict[str, Callable[[Sound], Sound]] = {
    "none": lambda sound: sound,
    "MP3 128k": coded_sound("libmp3lame", "mp3", 128_000, 44_100),
    "MP3 64k": coded_sound("libmp3lame", "mp3", 64_000, 44_100),
    "AAC 64k": coded_sound("aac", "adts", 64_000, 44_100),
    "Opus 64k": coded_sound("libopus", "ogg", 64_000, 48_000),
    "Opus 32k": coded_sound("libopus", "ogg", 32_000, 48_000),
    "22.05 kHz and back": lambda sound: resampled(resampled(sound, RATE, 22_050), 22_050, RATE),
    "8 kHz and back": telephone,
    "noise 30 dB": noised(30),
    "noise 20 dB": noised(20),
    "middle two thirds": lambda sound: sound[len(sound) // 6 + 77 : -len(sound) // 6],
    "half as loud": lambda sound: (0.5 * sound).astype(np.float32),
}


class Marked(NamedTuple):
    """The clips with one method's mark, and CPU seconds that took."""

    sounds: list[Sound]
    seconds: float


def own(chosen: list[tuple[str, Sound]]) -> Marked:
    """Guiju's mark, each clip with a number of its own."""
    began = time.process_time()
    sounds = [sound + marking.mark(sound, SECRET, of_content(name)) for name, sound in chosen]
    return Marked(sounds, time.process_time() - began)


def asked(python: str, doing: str, folder: Path, sounds: dict[str, Sound]) -> dict[str, list[float] | float]:
    """Let the peers' Python do something with these sounds."""
    for name, sound in sounds.items():
        np.save(folder / f"{name}.npy", sound)
    done = subprocess.run([python, str(PEER), doing, str(folder)], check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])  # type: ignore[no-any-return]


def peer(python: str, folder: Path, chosen: list[tuple[str, Sound]]) -> Marked:
    """VoiceSign's mark, which comes with a resolution of 16 bits."""
    told = asked(python, "embed", folder, {str(number): sound for number, (_, sound) in enumerate(chosen)})
    sounds = [np.load(folder / f"{number}-marked.npy") for number in range(len(chosen))]
    return Marked(sounds, float(told["seconds"]))  # type: ignore[arg-type]


def quality(chosen: list[tuple[str, Sound]], marked: Marked, python: str | None, folder: Path) -> dict[str, float]:
    """What the mark does to the sound."""
    pairs = [(a[: len(b)], b[: len(a)]) for (_, a), b in zip(chosen, marked.sounds, strict=True)]
    ratios = [10 * math.log10(float(np.sum(a**2) / max(np.sum((b - a) ** 2), 1e-12))) for a, b in pairs]
    margins = [margin(a, b - a) for a, b in pairs]
    found = {
        "mean SNR dB": float(np.mean(ratios)),
        "mean noise-to-mask ratio dB": float(np.mean([one.ratio for one in margins])),
        "share of bands above the mask": float(np.mean([one.above for one in margins])),
        "embed ms/second": 1000 * marked.seconds * RATE / sum(len(a) for a, _ in pairs),
    }
    if python is not None:
        sounds = {f"{number}-{which}": pair[which] for number, pair in enumerate(pairs) for which in (0, 1)}
        scores = asked(python, "visqol", folder, sounds)["scores"]
        found |= {"ViSQOL, mean": float(np.mean(scores)), "ViSQOL, lowest": float(np.min(scores))}
    return found


def main(arguments: list[str]) -> int:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="sounds")
    parser.add_argument("--seconds", type=int, default=10, help="length of a clip")
    parser.add_argument("--most", type=int, default=12, help="clips, evenly chosen")
    parser.add_argument("--peers", default=".venv-peers/bin/python", help="the Python of the peers' environment")
    parser.add_argument("--visqol", action="store_true", help="let ViSQOL judge too")
    given = parser.parse_args(arguments)
    every = list(clips(given.folder, given.seconds))
    chosen = every[:: -(-len(every) // given.most)]
    python = given.peers if Path(given.peers).exists() else None
    judge = python if given.visqol else None
    print(f"{len(chosen)} clips of {given.seconds} s: share read, and quality\n")
    with tempfile.TemporaryDirectory() as place:
        mine = own(chosen)
        columns = {"Guiju, 64 bits": dict[str, float]()}
        for edit, change in EDITS.items():
            read = [
                finding.detect(change(sound), SECRET.finder, SECRET).number == of_content(name)
                for (name, _), sound in zip(chosen, mine.sounds, strict=True)
            ]
            columns["Guiju, 64 bits"][edit] = float(np.mean(read))
        columns["Guiju, 64 bits"] |= quality(chosen, mine, judge, Path(place))
        if python is not None:
            theirs = peer(python, Path(place), chosen)
            columns["VoiceSign, presence"] = {}
            for edit, change in EDITS.items():
                edited = {f"{number}-edited": change(sound) for number, sound in enumerate(theirs.sounds)}
                told = asked(python, "read", Path(place), edited)
                columns["VoiceSign, presence"][edit] = float(np.mean(told["found"]))
            plain = {f"{number}-edited": sound for number, (_, sound) in enumerate(chosen)}
            columns["VoiceSign, presence"]["unmarked, found"] = float(
                np.mean(asked(python, "read", Path(place), plain)["found"])
            )
            columns["VoiceSign, presence"] |= quality(chosen, theirs, judge, Path(place))
        unmarked = [finding.detect(sound, SECRET.finder, SECRET).found for _, sound in chosen]
        columns["Guiju, 64 bits"]["unmarked, found"] = float(np.mean(unmarked))
    table(columns)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
