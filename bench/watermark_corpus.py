"""The pictures on which invisible marks are measured: real ones by type, and types that are made here.

Real pictures come from folders named by type, ``FOLDER/photo/…``, ``FOLDER/art/…`` and so on; each gives itself at one or
two sizes, and pieces of itself at other places and scales. What the published figures used: the wallpapers of the Debian
packages mate-backgrounds, plasma-workspace-wallpapers and gnome-backgrounds, the pictures in the wheels of scikit-image and
scikit-learn, pictures from AI models, frames of films, screenshots. Everything is deterministic.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from guiju.labeling.explicit.font import sized

SHORTEST: Final = 256
"""Pixels of the shorter side of every picture, those of type ``tiny`` aside."""
WHOLE: Final = {"photo": 2, "ai": 2}
PIECES: Final = {"photo": 4, "ai": 3, "art": 2, "texture": 6}
SUFFIXES: Final = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp", ".bmp")
LIMITS: Final = ("flat", "tiny")
"""Types that show where marks end; they count in no total."""
_WORDS: Final = "人工智能生成合成内容标识办法要求服务提供者在文本图片音频视频和虚拟场景中添加显式标识与隐式标识"


class Picture(NamedTuple):
    """One picture to mark: its type, a name that no other has, and itself."""

    kind: str
    name: str
    image: Image.Image


def pictures(folders: list[Path], every: int = 1, kinds: Collection[str] = ()) -> Iterator[Picture]:
    """All pictures, or one of ``every`` of each type; of all types, or of ``kinds``."""
    count: dict[str, int] = {}
    for kind, name, make in _all(folders):
        if kinds and kind not in kinds:
            continue
        seen = count[kind] = count.get(kind, -1) + 1
        if seen % every == 0:
            image = make()
            if kind == "tiny" or min(image.size) >= SHORTEST:
                yield Picture(kind, name, image)


def _all(folders: list[Path]) -> Iterator[tuple[str, str, Callable[[], Image.Image]]]:
    paths = sorted(path for folder in folders for path in folder.glob("*/*") if path.suffix.lower() in SUFFIXES)
    for path in paths:
        kind = path.parent.name
        for turn in range(WHOLE.get(kind, 1)):
            yield kind, f"{path.name} whole {turn}", lambda path=path, turn=turn: _whole(path, turn)  # type: ignore[misc]
        for turn in range(PIECES.get(kind, 1)):
            yield kind, f"{path.name} piece {turn}", lambda path=path, turn=turn: _piece(path, turn)  # type: ignore[misc]
    for kind, (make, number) in MADE.items():
        for seed in range(number):
            yield kind, f"{kind} {seed}", lambda make=make, seed=seed: make(seed)  # type: ignore[misc]


def _random(name: str) -> np.random.Generator:
    return np.random.default_rng(zlib.crc32(name.encode()))


def _opened(path: Path) -> Image.Image:
    with Image.open(path) as image:
        image.draft("RGB", (2000, 2000))
        return image.convert("RGB")


def _whole(path: Path, turn: int) -> Image.Image:
    image = _opened(path)
    side = int(_random(f"{path.name} {turn}").integers(400, 800) + 500 * turn)
    image.thumbnail((side, side), Image.Resampling.LANCZOS)
    return image


def _piece(path: Path, turn: int) -> Image.Image:
    """A piece of any shape, place and size, out of the picture as it is or reduced to two thirds or half."""
    random, image = _random(f"{path.name} piece {turn}"), _opened(path)
    scale = max(float(random.choice([1.0, 0.67, 0.5])), min(1.0, 320 / min(image.size)))
    image = image.resize((round(image.width * scale), round(image.height * scale)), Image.Resampling.LANCZOS)
    width, height = (int(random.integers(min(one, 320), min(one, 1100) + 1)) for one in image.size)
    left, top = int(random.integers(0, image.width - width + 1)), int(random.integers(0, image.height - height + 1))
    return image.crop((left, top, left + width, top + height))


def _size(random: np.random.Generator, least: int = 320, most: int = 1024) -> tuple[int, int]:
    width, height = random.integers(least, most, 2)
    return int(width), int(height)


def synthetic(seed: int) -> Image.Image:
    """A photo's statistics: structure at all sizes, in colour, with a smooth sky above."""
    random = _random(f"synthetic {seed}")
    width, height = _size(random)
    down, across = np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None, :]
    falling = 1 / np.maximum(np.hypot(down, across), 1 / width) ** random.uniform(0.9, 1.5)
    layers = []
    for _ in range(3):
        layer = np.fft.irfft2(np.fft.rfft2(random.standard_normal((height, width))) * falling, s=(height, width))
        layers.append(layer / layer.std())
    colours = np.stack(layers, 2) * 14 + layers[0][..., None] * random.uniform(15, 45) + 120
    horizon = height * random.uniform(0.0, 0.5)
    sky = np.clip((np.arange(height) - horizon) / (height * 0.2), 0, 1)[:, None, None]
    return Image.fromarray(np.clip(colours * sky + (1 - sky) * [120, 170, 220], 0, 255).astype(np.uint8))


def drawing(seed: int) -> Image.Image:
    """Flat colours and hard edges."""
    random = _random(f"drawing {seed}")
    size = _size(random)
    image = Image.new("RGB", size, tuple(int(one) for one in random.integers(20, 240, 3)))
    draw = ImageDraw.Draw(image)
    for _ in range(int(random.integers(12, 50))):
        left, top = int(random.integers(-40, size[0])), int(random.integers(-40, size[1]))
        box = (left, top, left + int(random.integers(20, 260)), top + int(random.integers(20, 200)))
        colour = tuple(int(one) for one in random.integers(10, 250, 3))
        (draw.ellipse if random.random() < 0.5 else draw.rectangle)(box, fill=colour)
    return image


def gradient(seed: int) -> Image.Image:
    """A smooth course between four colours, straight or round."""
    random = _random(f"gradient {seed}")
    width, height = _size(random)
    corners = random.integers(30, 225, (2, 2, 3)).astype(np.float32)
    down, across = np.linspace(0, 1, height)[:, None, None], np.linspace(0, 1, width)[None, :, None]
    if seed % 2:
        far = np.hypot(down - random.random(), across - random.random())
        return Image.fromarray((corners[0, 0] + (corners[1, 1] - corners[0, 0]) * far / far.max()).astype(np.uint8))
    upper = corners[0, 0] + (corners[0, 1] - corners[0, 0]) * across
    under = corners[1, 0] + (corners[1, 1] - corners[1, 0]) * across
    return Image.fromarray((upper + (under - upper) * down).astype(np.uint8))


def texture(seed: int) -> Image.Image:
    """Grain of some softness; threads that cross; cells: lively everywhere, and the last two periodic or nearly so."""
    random = _random(f"texture {seed}")
    width, height = _size(random, 320, 800)
    if seed % 3 == 0:
        noise = Image.fromarray(random.integers(40, 216, (height, width), dtype=np.uint8))
        return noise.filter(ImageFilter.GaussianBlur(random.uniform(0.4, 2.0))).convert("RGB")
    rows, columns = np.mgrid[0:height, 0:width]
    if seed % 3 == 1:
        long, turn = random.uniform(5, 24), random.uniform(0, 1.5)
        x, y = columns * np.cos(turn) + rows * np.sin(turn), rows * np.cos(turn) - columns * np.sin(turn)
        threads = 40 * np.sin(2 * np.pi * x / long) + 40 * np.sin(2 * np.pi * y / long)
        whole = 128 + threads + random.normal(0, 12, (height, width))
    else:
        seeds = random.uniform(0, 1, (90, 2)) * [height, width]
        near = np.full((height, width), 1e9)
        for y, x in seeds:
            near = np.minimum(near, np.hypot(rows - y, columns - x))
        whole = 40 + 190 * near / near.max() + random.normal(0, 5, (height, width))
    tint = random.uniform(0.6, 1.0, 3)
    return Image.fromarray(np.clip(whole[..., None] * tint, 0, 255).astype(np.uint8))


def text(seed: int) -> Image.Image:
    """A page of Chinese text in the label's font, dark on light or the other way."""
    random = _random(f"text {seed}")
    size = _size(random, 400, 1024)
    paper, ink = (int(random.integers(225, 256)), int(random.integers(0, 90)))[:: 1 if seed % 4 else -1]
    image, high = Image.new("L", size, paper), int(random.integers(14, 44))
    draw, face = ImageDraw.Draw(image), sized(high)
    for top in range(high, size[1] - high, int(high * random.uniform(1.3, 2.2))):
        start, length = int(random.integers(0, 20)), int((size[0] - 2 * high) / high * random.uniform(0.4, 1.0))
        draw.text((high, top), (_WORDS[start:] + _WORDS * 3)[:length], fill=ink, font=face)
    return image.convert("RGB")


def flat(seed: int) -> Image.Image:
    """One colour, from black over the middle to white."""
    return Image.new("RGB", (512, 512), (round(255 * seed / 9),) * 3)


def tiny(seed: int) -> Image.Image:
    """A made photo of 160 to 250 pixels."""
    side = 160 + 10 * (seed % 10)
    return synthetic(seed).resize((side + 40, side), Image.Resampling.LANCZOS)


MADE: Final[dict[str, tuple[Callable[[int], Image.Image], int]]] = {
    "synthetic": (synthetic, 80), "drawing": (drawing, 40), "gradient": (gradient, 40), "texture": (texture, 42),
    "text": (text, 40), "flat": (flat, 10), "tiny": (tiny, 30),
}  # fmt: skip
