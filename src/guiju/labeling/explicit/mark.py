"""What an explicit label should look like, and what came of it."""

from __future__ import annotations

import enum
from functools import cache
from pathlib import Path
from typing import Final, Literal

import msgspec

from guiju.errors import MarkUnplaceable
from guiju.labeling.explicit.rules import data
from guiju.labeling.words import Words, check_words, wording

Confidence = Literal["A", "B", "C", "M"]


class Form(enum.StrEnum):
    """What the label is made of. ``AUTO`` is words, on whatever ground makes them legible; in sound, the rhythm."""

    AUTO = "auto"
    PLAIN = "plain"
    """Drawn words with an outline, no box."""
    BOX = "box"
    """Drawn words on a box."""
    CORNER = "corner"
    """The corner mark of texts, AI alone (5.1 c)."""
    RHYTHM = "rhythm"
    VOICE = "voice"


class Span(enum.StrEnum):
    """How long a label stays in a film."""

    OPENING = "opening"
    WHOLE = "whole"


CORNERS: Final = (
    "top-left", "top", "top-right", "left", "right", "bottom-left", "bottom", "bottom-right",
)  # fmt: skip
"""Where words may stand in a picture (5.2): at its edges and corners."""

MOMENTS: Final = ("start", "middle", "end")
"""Where a label may stand in a text or a sound (5.1, 5.3)."""


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """The label asked for. Empty fields mean what the kind of file has by default.

    Attributes:
        words: id or text of shipped words, or words of one's own, which must hold both elements.
        position: one of :data:`CORNERS` or :data:`MOMENTS`; for DOCX also ``header`` and ``footer``.
        height: ink of the words over the shortest side, 0.05 to 0.3.
        span, seconds: for films: whether the label stays, and for how long if it does not.
        font: a font file instead of the shipped one.
        prompt, spoken: a WAV file with a spoken label of one's own, and the words spoken in it.
    """

    words: str = ""
    position: str = ""
    height: float = 0.0
    form: Form = Form.AUTO
    span: Span | None = None
    seconds: float = 0.0
    font: Path | None = None
    prompt: Path | None = None
    spoken: str = ""


DEFAULT: Final = Mark()
"""The label as the kind of file has it by default."""


class Preset(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Position, span and size for a place of publication, with the reason and how sure it is."""

    id: str
    zh: str
    en: str
    position: str
    source: str
    confidence: Confidence
    height: float = 0.0
    span: Span | None = None


class Defaults(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What empty fields of a :class:`Mark` mean for drawn words."""

    words: str
    position: str
    height: float
    form: Form
    span: Span


class Presets(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The data file ``presets.yaml``. ``positions``: what each position is called in Chinese."""

    version: str
    words: dict[str, str]
    defaults: Defaults
    positions: dict[str, str]
    presets: tuple[Preset, ...]
    titles: tuple[str, ...]


@cache
def presets() -> Presets:
    """The shipped words for drawn labels, and the presets for places of publication."""
    return data("presets.yaml", Presets)


def in_chinese(detail: str) -> str:
    """A figure of a check as it is said in Chinese where it is a position, or ends with one in brackets."""
    known = presets().positions
    before, bracket, position = detail.removesuffix(")").rpartition("(")
    if bracket and position in known:
        return f"{before}({known[position]})"
    return known.get(detail, detail)


def preset(mark: Mark, name: str) -> Mark:
    """``mark`` with its empty fields as the preset ``name`` has them.

    Raises:
        MarkUnplaceable: there is no such preset.
    """
    found = next((one for one in presets().presets if one.id == name), None)
    if found is None:
        raise MarkUnplaceable(detail=f"preset {name}: {', '.join(one.id for one in presets().presets)}")
    return msgspec.structs.replace(
        mark, position=mark.position or found.position, height=mark.height or found.height, span=mark.span or found.span
    )


def drawn_words(words: str) -> Words:
    """The words to draw: the default for ``""``, shipped ones by id, else words of one's own.

    Raises:
        LabelWordsInvalid: words that will not do (5.1).
    """
    known, wanted = presets(), words.strip()
    if not wanted:
        wanted = known.defaults.words
    if wanted in known.words:
        return Words(wanted, known.words[wanted])
    for one in wording().words:
        if wanted == one.id:
            return one
    check_words(wanted)
    return Words(f"custom:{wanted}", wanted)


def one_of(value: str, allowed: tuple[str, ...], default: str) -> str:
    """``value``, or the default for an empty one.

    Raises:
        MarkUnplaceable: it is not among ``allowed``.
    """
    if value and value not in allowed:
        raise MarkUnplaceable(detail=f"{value}: {', '.join(allowed)}")
    return value or default
