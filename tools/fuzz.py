"""Every reader of files against damaged files, for as long as one likes: ``python -m tools.fuzz [--seconds N] [NAME …]``.

A reader ends in a result or in an error of the tree (`guiju.errors`), soon, and with bounded memory. Each works in a process
of its own that is watched from outside: anything else that comes out, more than ``--slow`` seconds of CPU time, more than
``--memory`` MiB above where it began, and death by a signal are findings. The file that did it is kept in ``--keep``.
Seeds are the samples that Guiju ships, the tests' samples, and pictures, sounds and films of any folder given.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import io
import logging
import multiprocessing
import random
import resource
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from guiju.errors import GuijuError, PartMissing
from tests.labeling.damage import damaged
from tests.media import samples

SHIPPED: Final = Path(__file__).parents[1] / "src/guiju/labeling/data/samples"
READERS: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "carrier": ("read_and_write", ()),
    "label": ("verify", ()),
    "upload": ("upload", ()),
    "explicit": ("explicit_check", ()),
    "explicit-label": ("explicit_label", ()),
    "watermark": ("watermark", (".jpg", ".png", ".webp", ".gif", ".tif", ".avif", ".wav", ".mp3", ".flac", ".ogg", ".opus",
                               ".m4a", ".mp4", ".mov", ".mkv", ".webm", ".md", ".txt")),
    "c2pa": ("c2pa", (".jpg", ".png", ".webp", ".gif", ".tif", ".avif", ".heic", ".wav", ".mp3", ".m4a", ".flac", ".mp4", ".mov",
                      ".avi", ".pdf", ".docx", ".epub", ".svg")),
}  # fmt: skip
"""Readers by name: what is called here, and the suffixes it is given (all where none are named)."""


def read_and_write(path: Path) -> None:
    """A carrier of labels: read; then written, whatever comes of that."""
    from guiju.media import Limits, carrier_of

    limits = Limits(structure_bytes=1 << 20, structures=2000, unpacked_bytes=4 << 20)
    raw = path.read_bytes()
    carrier = carrier_of(io.BytesIO(raw), path.suffix)
    with contextlib.suppress(GuijuError):
        carrier.write(io.BytesIO(raw), io.BytesIO(), '{"Label":"1"}', limits)
    carrier.read(io.BytesIO(raw), limits)


def verify(path: Path) -> None:
    """The implicit label, IPTC and C2PA of a file, and the verdict on it."""
    from guiju.labeling import files, verdict

    verdict.judge(files.read(path))


def upload(path: Path) -> None:
    """What a platform asks of an upload, looks at the picture and marks included."""
    from guiju.labeling import upload as uploads
    from guiju.labeling.watermark import Secret

    uploads.examine(path, uploads.Search(secret=Secret.derive(bytes(32))))


def explicit_check(path: Path) -> None:
    """The explicit label of a finished file."""
    from guiju.labeling import explicit

    explicit.check(path)


def explicit_label(path: Path) -> None:
    """Putting one on."""
    from guiju.labeling import explicit

    explicit.label(path, path.with_name(f"out{path.suffix}"), break_c2pa=True)


def watermark(path: Path) -> None:
    """A detector of marks."""
    from guiju.labeling.watermark import Secret, detect

    detect(path, Secret.derive(bytes(32)))


def c2pa(path: Path) -> None:
    """A manifest, verified."""
    from guiju.labeling import credentials

    credentials.examine(path)


def seeds(folders: list[Path], most: int) -> Iterator[tuple[str, bytes]]:
    """Suffix and bytes of every sample no larger than ``most``."""
    for folder in (SHIPPED, *folders):
        for path in sorted(folder.iterdir()):
            if path.is_file() and path.suffix and path.stat().st_size <= most:
                yield path.suffix, path.read_bytes()
    for name in samples.names():
        suffix, data = samples.get(name)
        if len(data) <= most:
            yield suffix, data


def work(function: str, chosen: list[tuple[str, bytes]], seed: int, seconds: float, most: tuple[float, float], out: Path,
         tell: Callable[[tuple[str, str, bytes]], None]) -> None:  # fmt: skip
    """Damage and read until the time is over; ``out``/last.* is what is being read, for whoever watches."""
    read = getattr(importlib.import_module("tools.fuzz"), function)
    slow, memory = most
    warnings.simplefilter("ignore")
    logging.disable()
    chance, begun, count, ended = random.Random(seed), time.process_time(), 0, 0
    began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    warm = True
    with tempfile.TemporaryDirectory() as place:
        while time.process_time() - begun < seconds:
            suffix, raw = chosen[chance.randrange(len(chosen))]
            data = raw if warm else damaged(raw, chance)
            path = Path(place) / f"a{suffix}"
            path.write_bytes(data)
            (out / "last").write_bytes(suffix.encode().ljust(16) + data)
            signal.alarm(int(slow * 20))
            at, problem = time.process_time(), ""
            try:
                read(path)
            except PartMissing:
                raise
            except GuijuError as error:
                ended += 1
                problem = "internal error" if error.code == "GJ-1000" else ""
            except Exception as error:  # a finding, whatever it is
                frame = traceback.extract_tb(error.__traceback__)[-1]
                problem = f"{type(error).__name__} {error} at {frame.filename}:{frame.lineno}"
            signal.alarm(0)
            spent = time.process_time() - at
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            if warm and count < 2 * len(chosen):
                began = peak  # libraries load with the first undamaged files
            warm = count < len(chosen)
            if not problem and not warm and spent > slow:
                problem = f"slow: {spent:.1f} CPU s"
            if not problem and peak > began + memory:
                problem, began = f"memory: {peak - began:.0f} MiB more", peak
            if problem:
                tell((problem[:300], suffix, data))
            count += 1
    tell((f"done: {count} files, {ended} errors of the tree", "", b""))


def watched(
    name: str, chosen: list[tuple[str, bytes]], seed: int, seconds: float, most: tuple[float, float], keep: Path
) -> int:
    """Run one reader in a process of its own; how many different findings there were."""
    found: dict[str, int] = {}
    here, there = multiprocessing.Pipe(duplex=False)
    with tempfile.TemporaryDirectory() as place:
        out = Path(place)
        one = multiprocessing.get_context("fork").Process(
            target=work, args=(READERS[name][0], chosen, seed, seconds, most, out, there.send)
        )
        one.start()
        there.close()
        told, suffix, data = "", "", b""
        with contextlib.suppress(EOFError):
            while True:
                told, suffix, data = here.recv()
                if suffix:
                    _kept(name, told, suffix, data, keep, found)
        one.join()
        if not told.startswith("done"):
            last = (out / "last").read_bytes()
            _kept(name, f"died: exit {one.exitcode}", last[:16].decode().strip(), last[16:], keep, found)
    print(f"{name}: {told}; {len(found)} kinds of findings", flush=True)
    return len(found)


def _kept(name: str, told: str, suffix: str, data: bytes, keep: Path, found: dict[str, int]) -> None:
    """Keep the first file of each kind of finding."""
    key = told.split(" at ")[-1] if " at " in told else told.split(":")[0]
    found[key] = found.get(key, 0) + 1
    if found[key] == 1:
        keep.mkdir(parents=True, exist_ok=True)
        file = keep / f"{name}-{len(found)}{suffix}"
        file.write_bytes(data)
        print(f"{name}: {told} -> {file}", flush=True)


def main(arguments: list[str]) -> int:
    """Fuzz the readers named, or all; 1 if there are findings."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(READERS)}; all by default")
    parser.add_argument("--seconds", type=float, default=60, help="of CPU time for each reader")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--slow", type=float, default=10, help="CPU seconds that one file may take")
    parser.add_argument("--memory", type=float, default=512, help="MiB that one file may need")
    parser.add_argument("--largest", type=int, default=1 << 20, help="bytes of the largest seed")
    parser.add_argument("--folder", type=Path, action="append", default=[], help="more seeds")
    parser.add_argument("--suffix", action="append", default=[], help="only seeds of this suffix")
    parser.add_argument("--keep", type=Path, default=Path("artifacts/fuzz"))
    given = parser.parse_args(arguments)
    every, total = list(seeds(given.folder, given.largest)), 0
    for name in given.names or READERS:
        wanted = given.suffix or READERS[name][1]
        chosen = [one for one in every if not wanted or one[0] in wanted]
        total += watched(name, chosen, given.seed, given.seconds, (given.slow, given.memory), given.keep)
    return int(total > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
