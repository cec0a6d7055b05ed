"""Marks in films after ffmpeg coded them again: ``python -m bench.watermark_films FILM … [--seconds N]``.

Each film is cut to its first seconds and brought to 30 frames a second, marked on every frame, coded again as H.264 (and other ways), and read.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from guiju.errors import GuijuError
from guiju.labeling import watermark
from guiju.labeling.watermark import Secret, of_content

SECRET = Secret.derive(b"the secret of the measurements ..")
EDITS: dict[str, list[str]] = {
    **{f"H.264 crf {crf}": ["-c:v", "libx264", "-crf", str(crf)] for crf in (23, 28, 33, 38)},
    "H.265 crf 28": ["-c:v", "libx265", "-crf", "28", "-x265-params", "log-level=error"],
    "VP9 500k": ["-c:v", "libvpx-vp9", "-b:v", "500k", "-cpu-used", "8"],
    "half size, crf 26": ["-vf", "scale=iw/4*2:ih/4*2,scale=iw/2:-2", "-c:v", "libx264", "-crf", "26"],
    "10 % cut off, crf 26": ["-vf", "crop=trunc(iw*0.45)*2:trunc(ih*0.45)*2", "-c:v", "libx264", "-crf", "26"],
    "every other frame, crf 26": ["-vf", "framestep=2", "-c:v", "libx264", "-crf", "26"],
    "30 to 25 a second, crf 28": ["-vf", "fps=25", "-c:v", "libx264", "-crf", "28"],
    "half size, 30 to 25 a second, crf 28": [
        "-vf",
        "fps=25,scale=iw/4*2:ih/4*2,scale=iw/2:-2",
        "-c:v",
        "libx264",
        "-crf",
        "28",
    ],
    "middle half alone, crf 28": ["-ss", "0.5", "-t", "1", "-c:v", "libx264", "-crf", "28"],
    "brighter, crf 26": ["-vf", "eq=brightness=0.08", "-c:v", "libx264", "-crf", "26"],
}


def ffmpeg(source: Path, target: Path, *options: str) -> None:
    """Code again."""
    subprocess.run(
        ["ffmpeg", "-v", "error", "-y", "-threads", "1", "-i", str(source), *options, str(target)], check=True
    )


def main(arguments: list[str]) -> int:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("films", type=Path, nargs="+")
    parser.add_argument("--seconds", default="2")
    parser.add_argument("--edits", nargs="*", default=list(EDITS), choices=EDITS, metavar="EDIT")
    given = parser.parse_args(arguments)
    print("| film | edit | read | score | reading CPU s |\n|---|---|---|---|---|")
    for path in given.films:
        with tempfile.TemporaryDirectory() as place:
            source, marked, edited = (Path(place) / f"{name}.mp4" for name in ("source", "marked", "edited"))
            ffmpeg(
                path, source, "-t", given.seconds, "-r", "30", "-c:v", "libx264", "-crf", "18", "-pix_fmt", "yuv420p"
            )
            number, began = of_content(path.name), time.process_time()
            try:
                told = watermark.embed(source, marked, SECRET, number)
            except GuijuError as error:
                print(f"| {path.name} | – | {error} | | |", flush=True)
                continue
            spent = time.process_time() - began
            print(f"| {path.name} | none: {told.frames} frames, {told.strength} dB, {1000 * spent / told.frames:.0f} CPU ms "
                  "a frame to mark, code and read back | | | |", flush=True)  # fmt: skip
            for edit, options in ((name, EDITS[name]) for name in given.edits):
                ffmpeg(marked, edited, *options)
                began = time.process_time()
                found = watermark.detect(edited, SECRET)
                read = "yes" if found.number == number else found.verdict.value
                print(
                    f"| {path.name} | {edit} | {read} | {found.score} | {time.process_time() - began:.1f} |", flush=True
                )
            plain = watermark.detect(source, SECRET)
            print(f"| {path.name} | not marked | {plain.verdict.value} | {plain.score} | |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
