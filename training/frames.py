"""Frames: more examples from the deeds in the examples at hand (``frames.yaml`` says how and why)."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import yaml

from guiju.moderation.models.network import HARMFUL
from training.examples import PROMPT, Example

_FILE = Path(__file__).parent / "frames.yaml"
MADE = "frames"
_ENDINGS = ((False, ""), (True, "_english"))


@dataclass(frozen=True)
class Frames:
    """The file: patterns that take a deed out of a text, and the frames it is put into, by whether they are English."""

    cores: tuple[re.Pattern[str], ...]
    neutral: dict[bool, tuple[str, ...]]
    harmless: dict[bool, tuple[str, ...]]

    def deed(self, text: str) -> str:
        """The deed a short request is about, or an empty string where none is plain."""
        for pattern in self.cores:
            match = pattern.fullmatch(text.strip())
            if match is not None:
                return match["x"].removesuffix("的")
        return ""


@cache
def frames() -> Frames:
    """The frames that ship with the recipe."""
    raw = yaml.safe_load(_FILE.read_text("utf-8"))
    return Frames(
        tuple(re.compile(p) for p in raw["cores"]),
        {english: tuple(raw[f"neutral{end}"]) for english, end in _ENDINGS},
        {english: tuple(raw[f"harmless{end}"]) for english, end in _ENDINGS},
    )


def reframed(examples: Iterable[Example], neutral: int, harmless: int, seed: int) -> Iterator[Example]:
    """For each prompt with a plain deed: ``neutral`` other ways to ask, and ``harmless`` twins of a harmful one."""
    choose = random.Random(seed)
    known = frames()
    for example in examples:
        deed = known.deed(example.text) if example.direction == PROMPT else ""
        if not deed:
            continue
        made = replace(example, kind=MADE, weight=example.weight / 2)
        for frame in choose.sample(known.neutral[deed.isascii()], neutral):
            yield replace(made, text=frame.format(x=deed))
        if example.harmful:
            unharmed = dict.fromkeys({HARMFUL, *example.labels}, False)
            for frame in choose.sample(known.harmless[deed.isascii()], harmless):
                yield replace(made, text=frame.format(x=deed), labels=unharmed)
