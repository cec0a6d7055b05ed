"""Invisible marks: what they survive, how visible they are and what they cost, beside the packages that install.

Run with ``python -m bench.watermarks [--pictures FOLDER …] [--every N] [--sounds FOLDER] [--skip-sound]``; the pictures are those
of `bench.watermark_corpus`. `bench.watermark_proof` has shares with intervals, `bench.watermark_false` the false alarms.

Peers live in an environment of their own, since they pull in OpenCV: ``python -m venv .venv-peers`` and
``.venv-peers/bin/pip install blind-watermark scikit-image PyWavelets onnxruntime clawid melu && .venv-peers/bin/pip
install --no-deps invisible-watermark``; ``--peers .venv-peers/bin/python`` names its Python. invisible-watermark is used by its modules
``maxDct`` and ``dwtDctSvd`` and its two networks (rivaGan), which do without PyTorch. Peers get 32 bits, which is what their
users give them; Guiju carries 64 and a check sum of 32.
"""

from __future__ import annotations

import argparse
import io
import json
import math
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from bench.masking import margin
from bench.watermark_corpus import LIMITS, pictures
from guiju.labeling.watermark import Secret, of_content
from guiju.labeling.watermark.audio import finding as sounds
from guiju.labeling.watermark.audio import marking as sound_marking
from guiju.labeling.watermark.image import marking as image_marking
from guiju.labeling.watermark.image import pixels, reading
from guiju.labeling.watermark.image.finding import Spectrum, canvas, whitened

SECRET = Secret.derive(b"the secret of the measurements ..")
Edit = Callable[[Image.Image], Image.Image]

PEERS = {
    "dwtDct": "32 bits", "dwtDctSvd": "32 bits", "rivaGan": "32 bits", "blind-watermark": "32 bits",
    "clawid": "32 bits", "melu": "presence",
}  # fmt: skip
"""Packages beside Guiju, and what they carry here."""
PEER = Path(__file__).with_name("watermark_peers.py")


def recoded(kind: str, quality: int) -> Edit:
    """Coded again."""

    def edit(image: Image.Image) -> Image.Image:
        made = io.BytesIO()
        image.save(made, kind, quality=quality)
        return Image.open(made).convert("RGB")

    return edit


def sized(factor: float) -> Edit:
    """Resized by a factor."""
    return lambda image: image.resize(
        (round(image.width * factor), round(image.height * factor)), Image.Resampling.BICUBIC
    )


def cut(share: float) -> Edit:
    """Cut, off the centre, so that this share of each side is gone."""

    def edit(image: Image.Image) -> Image.Image:
        width, height = round(image.width * (1 - share)), round(image.height * (1 - share))
        left, top = int((image.width - width) * 0.37), int((image.height - height) * 0.63)
        return image.crop((left, top, left + width, top + height))

    return edit


def noisy(image: Image.Image) -> Image.Image:
    """Noise with a standard deviation of 8."""
    noise = np.random.default_rng(1).normal(0, 8, (image.height, image.width, 3))
    return Image.fromarray(np.clip(np.asarray(image) + noise, 0, 255).astype(np.uint8))


def boxed(image: Image.Image) -> Image.Image:
    """A white box in a corner, as a visible label has."""
    image = image.copy()
    corner = (int(image.width * 0.7), int(image.height * 0.9), image.width, image.height)
    ImageDraw.Draw(image).rectangle(corner, fill="white")
    return image


def chain(*edits: Edit) -> Edit:
    """One edit after the other."""

    def edit(image: Image.Image) -> Image.Image:
        for one in edits:
            image = one(image)
        return image

    return edit


EDITS: dict[str, Edit] = {
    "none": lambda image: image,
    **{f"JPEG {quality}": recoded("JPEG", quality) for quality in (90, 75, 50, 40, 30)},
    "WebP 50": recoded("WEBP", 50),
    **{f"resize {factor:g}": sized(factor) for factor in (0.25, 0.5, 0.75, 1.5, 2.0)},
    "resize 0.5 and back": lambda image: sized(0.5)(image).resize(image.size),
    "crop 10 %": cut(0.1),
    "crop 25 %": cut(0.25),
    "crop 10 % and back to size": lambda image: cut(0.1)(image).resize(image.size),
    "blur 1 px": lambda image: image.filter(ImageFilter.GaussianBlur(1)),
    "noise 8": noisy,
    "brightness +20 %": lambda image: image.point(lambda value: min(255, int(value * 1.2))),
    "mirror": lambda image: image.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
    "visible label box": boxed,
    "crop 10 %, resize 0.5, JPEG 50": chain(cut(0.1), sized(0.5), recoded("JPEG", 50)),
    "resize 0.5, JPEG 60": chain(sized(0.5), recoded("JPEG", 60)),
    "screenshot (0.83, JPEG 75, 1.1, JPEG 80)": chain(
        sized(0.83), recoded("JPEG", 75), sized(1.1), recoded("JPEG", 80)
    ),
}


def detect(image: Image.Image) -> tuple[int | None, float]:
    """What is read out of a picture, and the pilot's score."""
    spectrum = Spectrum(whitened(canvas(image.convert("L")))[0])
    found = reading.detect("image", spectrum, SECRET.finder, SECRET, False)
    return found.number, found.score


def psnr(one: Image.Image, other: Image.Image) -> float:
    """Of all colours, in dB."""
    difference = np.asarray(one, float) - np.asarray(other, float)
    return 10 * math.log10(255**2 / max(float(np.mean(difference**2)), 1e-9))


def ssim(one: Image.Image, other: Image.Image) -> float:
    """Structural similarity of the luma over windows of 8 pixels."""

    def windows(image: Image.Image) -> np.ndarray:
        grey = np.asarray(image.convert("L"), float)
        rows, columns = grey.shape[0] // 8, grey.shape[1] // 8
        cut_ = grey[: rows * 8, : columns * 8].reshape(rows, 8, columns, 8)
        return cut_.transpose(0, 2, 1, 3).reshape(-1, 64)

    a, b = windows(one), windows(other)
    ma, mb = a.mean(1), b.mean(1)
    both = ((a - ma[:, None]) * (b - mb[:, None])).mean(1)
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    top = (2 * ma * mb + c1) * (2 * both + c2)
    return float(np.mean(top / ((ma**2 + mb**2 + c1) * (a.var(1) + b.var(1) + c2))))


def own(chosen: list[tuple[str, Image.Image]], edits: list[str]) -> dict[str, float]:
    """Shares read exactly after each edit, and the costs, of Guiju's mark."""
    marked, numbers, spent, area = [], [], 0.0, 0.0
    for name, image in chosen:
        number = of_content(name)
        began = time.process_time()
        marked.append(pixels.marked(image, SECRET, number, image_marking.PSNR)[0])
        spent += time.process_time() - began
        area += image.width * image.height / 1e6
        numbers.append(number)
    found: dict[str, float] = {}
    began, runs = time.process_time(), 0
    for edit in edits:
        read = [detect(EDITS[edit](image))[0] == number for image, number in zip(marked, numbers, strict=True)]
        runs += len(read)
        found[edit] = float(np.mean(read))
    found["lowest PSNR dB"] = min(psnr(a, b) for a, (_, b) in zip(marked, chosen, strict=True))
    found["mean PSNR dB"] = float(np.mean([psnr(a, b) for a, (_, b) in zip(marked, chosen, strict=True)]))
    found["mean SSIM"] = float(np.mean([ssim(a, b) for a, (_, b) in zip(marked, chosen, strict=True)]))
    found["embed ms/megapixel"] = 1000 * spent / area
    found["edit and read ms/picture"] = 1000 * (time.process_time() - began) / runs
    began = time.process_time()
    for image in marked:
        detect(image)
    found["read ms/megapixel"] = 1000 * (time.process_time() - began) / area
    found["highest score of an unmarked picture"] = max(detect(image)[1] for _, image in chosen)
    found["unmarked pictures read"] = float(sum(detect(image)[0] is not None for _, image in chosen))
    return found


def peer(python: str, method: str, chosen: list[tuple[str, Image.Image]], edits: list[str]) -> dict[str, float]:
    """The same of a peer, which marks and reads in a process of its own."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for count, (_, image) in enumerate(chosen):
            image.save(folder / f"{count}.png")
        embed = _ask(python, "embed", method, folder)
        marked = [Image.open(folder / f"{count}-marked.png").convert("RGB") for count in range(len(chosen))]
        found = {}
        for edit in edits:
            change = EDITS[edit]
            for count, image in enumerate(marked):
                change(image).save(folder / f"{count}-edited.png")
            found[edit] = float(np.mean([errors == 0 for errors in _ask(python, "read", method, folder)["errors"]]))
        found["lowest PSNR dB"] = min(psnr(a, b) for a, (_, b) in zip(marked, chosen, strict=True))
        found["mean PSNR dB"] = float(np.mean([psnr(a, b) for a, (_, b) in zip(marked, chosen, strict=True)]))
        found["mean SSIM"] = float(np.mean([ssim(a, b) for a, (_, b) in zip(marked, chosen, strict=True)]))
        area = sum(image.width * image.height for _, image in chosen) / 1e6
        found["embed ms/megapixel"] = 1000 * embed["seconds"] / area
        found["read ms/megapixel"] = 1000 * _ask(python, "read", method, folder)["seconds"] / area
        return found


def _ask(python: str, doing: str, method: str, folder: Path) -> dict[str, list[int] | float]:
    done = subprocess.run([python, str(PEER), doing, method, str(folder)], check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def clips(folder: Path | None, seconds: int) -> Iterator[tuple[str, np.ndarray]]:
    """Sounds at 16 kHz: made here, and up to a dozen places of each in the folder that are not silent."""
    random, count = np.random.default_rng(1), seconds * 16_000
    time_ = np.arange(count) / 16_000
    tune = np.zeros(count)
    for beat in range(seconds * 4):
        begin = beat * 4000
        length = min(9600, count - begin)
        pitch = 220 * 2 ** (random.integers(0, 24) / 12)
        tune[begin : begin + length] += sum(
            np.sin(2 * np.pi * pitch * k * time_[:length]) / k for k in range(1, 9)
        ) * np.exp(-5 * time_[:length])  # fmt: skip
    yield "tune", (0.5 * tune / np.abs(tune).max()).astype(np.float32)
    yield "noise", (0.1 * random.standard_normal(count)).astype(np.float32)
    if folder is None:
        return
    from guiju.labeling.watermark.audio.method import gathered
    from guiju.media import LIMITS

    for path in sorted(folder.glob("*.*")):
        if path.suffix.lower() in (".wav", ".mp3", ".flac", ".m4a", ".ogg"):
            sound = gathered(path, LIMITS)
            for begin in range(0, len(sound) - count + 1, max(count, len(sound) // 12)):
                if np.abs(sound[begin : begin + count]).max() > 0.01:
                    yield f"{path.name} {begin // 16_000} s", sound[begin : begin + count]


def coded_sound(codec: str, kind: str, bits: int, rate: int) -> Callable[[np.ndarray], np.ndarray]:
    """Coded and decoded by PyAV."""
    import av

    def edit(sound: np.ndarray) -> np.ndarray:
        made = io.BytesIO()
        with av.open(made, "w", format=kind) as file:
            stream = file.add_stream(codec, rate=rate)
            stream.codec_context.layout, stream.codec_context.bit_rate = "mono", bits
            context = stream.codec_context
            turned = av.AudioResampler(context.format.name, "mono", rate, frame_size=context.frame_size or None)
            frame = av.AudioFrame.from_ndarray(sound[None], format="fltp", layout="mono")
            frame.sample_rate, frame.pts = 16_000, 0
            for one in (*turned.resample(frame), *turned.resample(None)):
                file.mux(stream.encode(one))
            file.mux(stream.encode(None))
        made.seek(0)
        with av.open(made) as file:
            back = av.AudioResampler("fltp", "mono", 16_000)
            pieces = [one.to_ndarray()[0] for frame in file.decode(audio=0) for one in back.resample(frame)]
        return np.concatenate(pieces).astype(np.float32)

    return edit


def noised(decibels: float) -> Callable[[np.ndarray], np.ndarray]:
    """White noise this far below the sound."""

    def edit(sound: np.ndarray) -> np.ndarray:
        noise = np.random.default_rng(3).standard_normal(len(sound))
        return (sound + noise * np.sqrt(np.mean(sound**2)) / 10 ** (decibels / 20)).astype(np.float32)

    return edit


def telephone(sound: np.ndarray) -> np.ndarray:
    """Through 8 kHz and back."""
    from guiju.labeling.explicit.sound.samples import resampled

    return resampled(resampled(sound, 16_000, 8_000), 8_000, 16_000)


def sound_rows(folder: Path | None, seconds: int) -> dict[str, float]:
    """Shares of clips read exactly after each edit."""
    edits: dict[str, Callable[[np.ndarray], np.ndarray]] = {
        "none": lambda sound: sound,
        "MP3 64k": coded_sound("libmp3lame", "mp3", 64_000, 24_000),
        "MP3 32k": coded_sound("libmp3lame", "mp3", 32_000, 24_000),
        "AAC 64k": coded_sound("aac", "adts", 64_000, 24_000),
        "Opus 24k": coded_sound("libopus", "ogg", 24_000, 48_000),
        "Opus 16k": coded_sound("libopus", "ogg", 16_000, 48_000),
        "8 kHz": telephone,
        "noise 30 dB": noised(30),
        "noise 20 dB": noised(20),
        "middle two thirds": lambda sound: sound[len(sound) // 6 + 77 : -len(sound) // 6],
        "first half": lambda sound: sound[: len(sound) // 2],
        "echo 120 ms, 40 %": lambda sound: (sound + 0.4 * np.roll(sound, 1920)).astype(np.float32),
        "half as loud": lambda sound: (0.5 * sound).astype(np.float32),
    }
    chosen, marked, spent = list(clips(folder, seconds)), [], 0.0
    for name, sound in chosen:
        began = time.process_time()
        marked.append(sound + sound_marking.mark(sound, SECRET, of_content(name)))
        spent += time.process_time() - began
    found = {}
    for edit, change in edits.items():
        read = [
            sounds.detect(change(sound), SECRET.finder, SECRET).number == of_content(name)
            for (name, _), sound in zip(chosen, marked, strict=True)
        ]
        found[edit] = float(np.mean(read))
    ratios = [
        10 * math.log10(float(np.sum(a**2) / np.sum((b - a) ** 2))) for (_, a), b in zip(chosen, marked, strict=True)
    ]
    found |= {"clips": float(len(chosen)), "lowest SNR dB": min(ratios), "mean SNR dB": float(np.mean(ratios))}
    margins = [margin(a, b - a) for (_, a), b in zip(chosen, marked, strict=True)]
    found["mean noise-to-mask ratio dB"] = float(np.mean([one.ratio for one in margins]))
    found["highest noise-to-mask ratio dB"] = max(one.ratio for one in margins)
    found["share of bands above the mask"] = float(np.mean([one.above for one in margins]))
    found["embed ms/second"] = 1000 * spent / (seconds * len(chosen))
    unmarked = [sounds.detect(sound, SECRET.finder, SECRET) for _, sound in chosen]
    found["highest score of an unmarked clip"] = max(one.score for one in unmarked)
    return found


def table(columns: dict[str, dict[str, float]]) -> None:
    """Print columns side by side, in Markdown."""
    rows = list(dict.fromkeys(row for column in columns.values() for row in column))
    print("| | " + " | ".join(columns) + " |\n|" + "---|" * (len(columns) + 1))
    for row in rows:
        cells = [f"{column[row]:.3g}" if row in column else "" for column in columns.values()]
        print(f"| {row} | " + " | ".join(cells) + " |", flush=True)


def main(arguments: list[str]) -> int:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--pictures", type=Path, nargs="*", default=[], help="folders with folders of pictures, by type"
    )
    parser.add_argument("--every", type=int, default=30, help="one of so many pictures of each type")
    parser.add_argument("--sounds", type=Path, help="a folder of sounds")
    parser.add_argument("--edits", nargs="*", default=list(EDITS), choices=EDITS, metavar="EDIT")
    parser.add_argument("--skip-sound", action="store_true")
    parser.add_argument("--peers", default=".venv-peers/bin/python", help="the Python of the peers' environment")
    parser.add_argument("--methods", nargs="*", default=list(PEERS), choices=PEERS)
    parser.add_argument("--quick", action="store_true", help="pictures made here, nothing beside")
    given = parser.parse_args(arguments)
    Image.MAX_IMAGE_PIXELS = None
    chosen = [
        (f"{one.kind} {one.name}", one.image)
        for one in pictures([] if given.quick else given.pictures, 20 if given.quick else given.every)
        if one.kind not in LIMITS
    ]
    print(f"\n### Pictures: {len(chosen)}; share read without error\n")
    columns = {"Guiju, 64 bits": own(chosen, given.edits)}
    if not given.quick and Path(given.peers).exists():
        columns |= {
            f"{method}, {PEERS[method]}": peer(given.peers, method, chosen, given.edits) for method in given.methods
        }
    table(columns)
    if given.skip_sound:
        return 0
    lengths = (10,) if given.quick else (4, 6, 10)
    print("\n### Sound: share of clips read without error\n")
    table({f"{seconds} s": sound_rows(given.sounds, seconds) for seconds in lengths})
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
