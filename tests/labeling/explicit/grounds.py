"""Pictures of every kind to draw on, made from a seed."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageFilter

KINDS = ("white", "black", "grey", "noise", "gradient", "stripes", "photo", "transparent")


def ground(kind: str, width: int = 480, height: int = 320, seed: int = 0) -> Image.Image:
    """A picture of a kind; ``transparent`` has alpha, the others are RGB."""
    rng = np.random.default_rng(seed)
    if kind in ("white", "black", "grey"):
        return Image.new("RGB", (width, height), kind)
    if kind == "noise":
        return Image.fromarray(rng.integers(0, 256, (height, width, 3), dtype=np.uint8))
    if kind == "gradient":
        row = np.linspace(0, 255, width).astype(np.uint8)
        return Image.fromarray(np.repeat(np.repeat(row[None, :, None], height, 0), 3, 2))
    if kind == "stripes":
        row = (np.arange(width) // 12 % 2 * 255).astype(np.uint8)
        return Image.fromarray(np.repeat(np.repeat(row[None, :, None], height, 0), 3, 2))
    if kind == "photo":  # soft blobs of many colours
        small = Image.fromarray(rng.integers(0, 256, (9, 13, 3), dtype=np.uint8))
        return small.resize((width, height), Image.Resampling.BICUBIC).filter(ImageFilter.GaussianBlur(3))
    if kind == "transparent":
        image = Image.new("RGBA", (width, height), (0, 0, 0, 0))
        image.paste((200, 60, 30, 255), (width // 4, height // 4, 3 * width // 4, 3 * height // 4))
        return image
    raise ValueError(kind)
