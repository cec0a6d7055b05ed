"""Files labelled and read a second, beside exiftool and c2pa-python on the same files.

Run with ``python -m bench.label_files [--seconds 3]``. The files are a photo (JPEG of 3000 × 2000), a PNG, a WebP, and,
where ffmpeg is installed, an MP4 and an MP3 of a minute. Each program gets the same time with the same files in turn;
times are CPU seconds of the process and its children, since a shared machine only slows the wall clock. exiftool reads
XMP of any namespace; it writes this one only with a configuration, which is made here, and no MP3.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from PIL import Image

from bench import machine
from guiju.labeling import credentials, files
from guiju.labeling.implicit import Label

LABEL = Label.first("001191110102MACQD9K64010000", "7f3a9c")
GOAL = 20
CONFIG = """
%Image::ExifTool::UserDefined::TC260 = (
  GROUPS => { 0 => 'XMP', 1 => 'XMP-TC260', 2 => 'Other' },
  NAMESPACE => { 'TC260' => 'http://www.tc260.org.cn/ns/AIGC/1.0/' }, WRITABLE => 'string', AIGC => { },
);
%Image::ExifTool::UserDefined = (
  'Image::ExifTool::XMP::Main' => { TC260 => { SubDirectory => { TagTable => 'Image::ExifTool::UserDefined::TC260' } } },
);
1;
"""


def samples(folder: Path) -> list[Path]:
    """The files, as large as people's are."""
    noise = Image.effect_noise((3000, 2000), 40).convert("RGB")
    for name, options in (("photo.jpg", {"quality": 85}), ("picture.png", {"compress_level": 1}), ("picture.webp", {})):
        (noise if name == "photo.jpg" else noise.resize((1200, 800))).save(folder / name, **options)
    if shutil.which("ffmpeg"):
        film = ["-f", "lavfi", "-i", "testsrc=size=640x360:rate=25:duration=60", "-c:v", "mpeg4", "-q:v", "8"]
        sound = ["-f", "lavfi", "-i", "sine=duration=60", "-c:a", "libmp3lame"]
        for name, options in (("film.mp4", film), ("sound.mp3", sound)):
            subprocess.run(["ffmpeg", "-v", "error", "-y", *options, str(folder / name)], check=True)
    return sorted(folder.iterdir())


def spent() -> float:
    """CPU seconds of this process and of the children it has waited for."""
    parts = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(part.ru_utime + part.ru_stime for part in parts)


def rate(work: Callable[[Path], object], paths: list[Path], seconds: float) -> float:
    """Files a CPU second, over whole rounds through all files."""
    work(paths[0])
    started, count, until = spent(), 0, time.monotonic() + seconds
    while time.monotonic() < until or not count:
        for path in paths:
            work(path)
            count += 1
    return count / max(1e-9, spent() - started)


class StayOpen:
    """One exiftool that stays open; its CPU time counts when it has ended."""

    def __init__(self, *options: str) -> None:
        command = ["exiftool", *options, "-stay_open", "True", "-@", "-"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def run(self, *arguments: str) -> None:
        """One command, until it says that it is ready."""
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write("\n".join([*arguments, "-execute", ""]))
        self._process.stdin.flush()
        while not self._process.stdout.readline().startswith("{ready"):
            pass

    def close(self) -> None:
        """End it and wait for it."""
        self._process.communicate("-stay_open\nFalse\n", timeout=30)


def stayed(arguments: tuple[str, ...], options: tuple[str, ...], paths: list[Path], seconds: float) -> float:
    """Files a CPU second of an exiftool that stays open, its own start included."""
    started, tool, count, until = spent(), StayOpen(*options), 0, time.monotonic() + seconds
    while time.monotonic() < until or not count:
        for path in paths:
            tool.run(*arguments, str(path))
            count += 1
    tool.close()
    return count / max(1e-9, spent() - started)


def reading(labelled: list[Path], seconds: float) -> Iterator[tuple[str, float]]:
    """Reading a label: every program's name and its files a CPU second."""
    yield "guiju, in process", rate(files.read, labelled, seconds)
    yield "guiju label read, one process for all", _command("read", labelled)
    if shutil.which("exiftool"):
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        call = ["exiftool", "-json", "-XMP:all"]
        yield (
            "exiftool, a process each",
            rate(lambda path: subprocess.run([*call, str(path)], **quiet), labelled, seconds),
        )  # type: ignore[call-overload]
        yield "exiftool -stay_open", stayed(("-json", "-XMP:all"), (), labelled, seconds)
    if credentials.available():
        yield "c2pa-python, looking for a manifest", rate(credentials.examine, labelled, seconds)


def writing(plain: list[Path], out: Path, seconds: float) -> Iterator[tuple[str, float]]:
    """Writing a label into a copy, read back: every program's name and its files a CPU second."""
    yield (
        "guiju, in process, read back and synchronised",
        rate(lambda path: files.write(path, out / path.name, LABEL), plain, seconds),
    )
    if shutil.which("exiftool"):
        pictures = [path for path in plain if path.suffix in (".jpg", ".png")]  # 12.57 refuses this WebP
        (out / "config").write_text(CONFIG)
        options = ("-config", str(out / "config"))
        value = f"-XMP-TC260:AIGC={LABEL.to_json()}"

        def one(path: Path) -> None:
            (out / path.name).unlink(missing_ok=True)
            target = ["-q", "-o", str(out / path.name), str(path)]
            subprocess.run(["exiftool", *options, value, *target], check=True, capture_output=True)

        yield "guiju, pictures alone", rate(lambda path: files.write(path, out / path.name, LABEL), pictures, seconds)
        yield "exiftool, a process each, pictures alone", rate(one, pictures, seconds)
        yield (
            "exiftool -stay_open, pictures alone",
            stayed((value, "-overwrite_original"), options, _copies(pictures, out), seconds),
        )


def _copies(paths: list[Path], out: Path) -> list[Path]:
    made = [out / f"stay-{path.name}" for path in paths]
    for source, target in zip(paths, made, strict=True):
        shutil.copyfile(source, target)
    return made


def _command(verb: str, paths: list[Path]) -> float:
    """Files a CPU second of one ``guiju label`` over two hundred files, its start included."""
    many = [str(path) for _ in range(200 // len(paths)) for path in paths]
    code = "import sys; from guiju.cli import main; sys.exit(main(sys.argv[1:]))"
    with tempfile.TemporaryDirectory() as folder:
        links = []
        for number, path in enumerate(many):
            links.append(str(Path(folder) / f"{number}{Path(path).suffix}"))
            Path(links[-1]).symlink_to(path)
        started = spent()
        command = [sys.executable, "-c", code, "label", verb, folder, "--processes", "1", "--json"]
        subprocess.run(command, check=True, capture_output=True)
        return len(links) / (spent() - started)


def main(arguments: list[str]) -> int:
    """Measure and print; the status is 1 where the goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3.0, help="for each program")
    parser.add_argument("--json", type=Path, help="keep the readings")
    options = parser.parse_args(arguments)
    told: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as name:
        plain, out = Path(name) / "plain", Path(name) / "out"
        plain.mkdir()
        out.mkdir()
        paths = samples(plain)
        labelled = [out / f"labelled-{path.name}" for path in paths]
        for source, target in zip(paths, labelled, strict=True):
            files.write(source, target, LABEL)
        print(", ".join(f"{path.name} {path.stat().st_size / 1e6:.1f} MB" for path in paths))
        for title, found in (
            ("read", reading(labelled, options.seconds)),
            ("write", writing(paths, out, options.seconds)),
        ):
            told[title] = dict(found)
            first = next(iter(told[title].values()))
            print(f"\n| {title} | files/CPU s | Guiju is faster by |\n|---|---|---|")
            for who, value in told[title].items():
                print(f"| {who} | {value:,.1f} | {first / value:.1f} |")
    if options.json:
        options.json.write_text(json.dumps({"machine": machine.describe(), **told}, indent=1))
    peer = told["read"].get("exiftool, a process each")
    met = peer is None or told["read"]["guiju, in process"] >= GOAL * peer
    print(f"\nread, against exiftool by process: ≥ {GOAL}: {'met' if met else 'NOT MET'}")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
