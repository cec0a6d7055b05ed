"""The words of the explicit label on text (GB 45438-2025, 5.1): which there are, and which will do."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Literal

import msgspec
import yaml

from guiju.errors import LabelWordsInvalid


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words for the explicit label; ``id`` names them in evidence, for custom words together with their text."""

    id: str
    text: str
    note: str = ""


class Elements(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The elements that words must hold: one of ``ai`` and one of ``generation``."""

    source: str
    confidence: Literal["A", "B", "C", "M"]
    ai: tuple[str, ...]
    generation: tuple[str, ...]


class Wording(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The data file ``wording.yaml``."""

    version: str
    elements: Elements
    denials: tuple[str, ...]
    connectors: tuple[str, ...]
    max_length: int
    default: str
    words: tuple[Words, ...]
    styles: dict[str, str]


@cache
def wording() -> Wording:
    """The shipped words, elements and styles."""
    text = resources.files("guiju.labeling").joinpath("data", "wording.yaml").read_text("utf-8")
    return msgspec.convert(yaml.safe_load(text), Wording)


def find_words(text: str = "") -> Words:
    """The words for a setting: the default for ``""``, shipped words by their id or text, else custom words, checked.

    Raises:
        LabelWordsInvalid: custom words that will not do.
    """
    known = wording()
    wanted = text.strip() or known.default
    for words in known.words:
        if wanted in (words.id, words.text):
            return words
    check_words(wanted)
    return Words(f"custom:{wanted}", wanted)


def check_words(text: str) -> None:
    """Whether ``text`` will do as an explicit label.

    Raises:
        LabelWordsInvalid: it lacks an element of 5.1, denies what it should say, is too long, or holds line breaks,
            control characters or code marks.
    """
    rules = wording()
    if not any(element in text for element in rules.elements.ai):
        raise LabelWordsInvalid(detail="缺少“人工智能”或“AI” (no AI element)")
    if not any(element in text for element in rules.elements.generation):
        raise LabelWordsInvalid(detail="缺少“生成”或“合成” (no generation element)")
    if len(text) > rules.max_length:
        raise LabelWordsInvalid(detail=f"{len(text)} > {rules.max_length}")
    if not text.isprintable() or any(mark in text for mark in "`~<>"):
        raise LabelWordsInvalid(detail="含换行、控制字符或代码符号 (line breaks, control characters or code marks)")
    if denies(text):
        raise LabelWordsInvalid(detail="文字含否定之意 (the words deny it)")


def denies(text: str) -> bool:
    """Whether a denial stands right before an element: ``非AI生成``, ``并非由人工智能生成``."""
    rules = wording()
    for element in (*rules.elements.ai, *rules.elements.generation):
        start = text.find(element)
        while start >= 0:
            if _without(text[:start], rules.connectors).lower().endswith(rules.denials):
                return True
            start = text.find(element, start + 1)
    return False


def _without(text: str, endings: tuple[str, ...]) -> str:
    while text.endswith(endings):
        text = next(text.removesuffix(ending) for ending in endings if text.endswith(ending))
    return text
