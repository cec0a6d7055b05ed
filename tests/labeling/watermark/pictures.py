"""Pictures made here, as different from one another as photos, drawings and grain are; and what may happen to them."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Final

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

Edit = Callable[[Image.Image], Image.Image]


def landscape(seed: int = 1, size: tuple[int, int] = (448, 384)) -> Image.Image:
    """Structure at all sizes in colour, with a smooth sky: what a photo is to statistics."""
    random = np.random.default_rng(seed)
    height, width = size[1], size[0]
    down, across = np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None, :]
    falling = 1 / np.maximum(np.hypot(down, across), 1 / width) ** 1.2
    layers = []
    for _ in range(3):
        noise = np.fft.rfft2(random.standard_normal((height, width)))
        layer = np.fft.irfft2(noise * falling, s=(height, width))
        layers.append(layer / layer.std())
    colours = np.stack(layers, 2) * 14 + layers[0][..., None] * 30 + 120
    sky = np.clip((np.arange(height) - height * 0.35) / (height * 0.2), 0, 1)[:, None, None]
    return Image.fromarray(np.clip(colours * sky + (1 - sky) * [120, 170, 220], 0, 255).astype(np.uint8))


def drawing(seed: int = 2, size: tuple[int, int] = (448, 384)) -> Image.Image:
    """Flat colours and hard edges."""
    random = np.random.default_rng(seed)
    image = Image.new("RGB", size, (236, 226, 200))
    draw = ImageDraw.Draw(image)
    for _ in range(24):
        left, top = int(random.integers(0, size[0] - 40)), int(random.integers(0, size[1] - 40))
        box = (left, top, left + int(random.integers(20, 160)), top + int(random.integers(20, 140)))
        colour = tuple(int(one) for one in random.integers(30, 225, 3))
        (draw.ellipse if random.random() < 0.5 else draw.rectangle)(box, fill=colour)
    return image


def grain(seed: int = 3, size: tuple[int, int] = (448, 384)) -> Image.Image:
    """Noise alone, slightly soft: the liveliest picture there is."""
    random = np.random.default_rng(seed)
    noise = Image.fromarray(random.integers(40, 216, (size[1], size[0]), dtype=np.uint8))
    return noise.filter(ImageFilter.GaussianBlur(0.6)).convert("RGB")


def gravel(seed: int = 4, size: tuple[int, int] = (360, 360)) -> Image.Image:
    """Coarse grain from black to white in a small picture: it drowns the very waves that outlast compression and halving."""
    coarse = np.asarray(grain(seed, size).filter(ImageFilter.GaussianBlur(1.2)).convert("L"), float)
    coarse = 128 + (coarse - coarse.mean()) * (45 / coarse.std())
    return Image.fromarray(np.clip(coarse, 0, 255).astype(np.uint8)).convert("RGB")


KINDS: Final = {"landscape": landscape, "drawing": drawing}


def coded(kind: str, quality: int) -> Edit:
    """Coded again, and decoded."""

    def edit(image: Image.Image) -> Image.Image:
        made = io.BytesIO()
        image.save(made, kind, quality=quality)
        return Image.open(made).convert("RGB")

    return edit


def sized(factor: float) -> Edit:
    """Resized."""
    return lambda image: image.resize((round(image.width * factor), round(image.height * factor)))


def cut(share: float) -> Edit:
    """Cut on all sides, unevenly, so that this share of each side is gone."""

    def edit(image: Image.Image) -> Image.Image:
        width, height = round(image.width * (1 - share)), round(image.height * (1 - share))
        left, top = round((image.width - width) * 0.37), round((image.height - height) * 0.61)
        return image.crop((left, top, left + width, top + height))

    return edit


def noisy(image: Image.Image) -> Image.Image:
    """With noise of a standard deviation of 6."""
    noise = np.random.default_rng(9).normal(0, 6, (image.height, image.width, 3))
    return Image.fromarray(np.clip(np.asarray(image) + noise, 0, 255).astype(np.uint8))


def screenshot(image: Image.Image) -> Image.Image:
    """Shown at another size, coded, and coded again."""
    return coded("JPEG", 80)(sized(1.1)(coded("JPEG", 75)(sized(0.83)(image))))


EDITS: Final[dict[str, Edit]] = {
    "none": lambda image: image,
    "jpeg 50": coded("JPEG", 50),
    "webp 50": coded("WEBP", 50),
    "half": sized(0.5),
    "double": sized(2.0),
    "crop 10 %": cut(0.1),
    "crop 10 %, back to size": lambda image: cut(0.1)(image).resize(image.size),
    "brightness": lambda image: image.point(lambda value: min(255, int(value * 1.2))),
    "blur": lambda image: image.filter(ImageFilter.GaussianBlur(1)),
    "noise": noisy,
    "mirror": lambda image: image.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
    "screenshot": screenshot,
}
