"""The registry of media: how an explicit label is put on one kind of file, and how it is checked there.

Adding a kind is one module with a class under :func:`medium`, named in :data:`MODULES`, and one table of tests.
"""

from __future__ import annotations

import abc
import importlib
from functools import cache
from pathlib import Path
from typing import BinaryIO, ClassVar, Final

import msgspec

from guiju.errors import MediaUnsupported
from guiju.labeling.atomic import opened
from guiju.labeling.explicit.mark import DEFAULT, Mark
from guiju.labeling.explicit.report import Report, Sighting
from guiju.media import LIMITS, Limits

HEAD: Final = 4096
MODULES: Final = (
    "picture.medium", "writing.docx", "writing.pdf", "writing.html", "writing.markdown", "sound.medium",
    "film.medium",
    "writing.plain",
)  # fmt: skip
"""Modules with a medium, in the order in which they are asked."""


class Made(msgspec.Struct, frozen=True):
    """A label that was put on: its words, where it stands, and figures measured on what was made."""

    medium: str
    words: str
    sightings: tuple[Sighting, ...]
    figures: dict[str, float]
    notes: tuple[str, ...] = ()


class Medium(abc.ABC):
    """One kind of file. Stateless; one instance is registered.

    Attributes:
        name: stable, in lower case. ``suffixes``: with their dot. ``clause``: of GB 45438-2025.
        positions: what ``Mark.position`` may be.
    """

    name: ClassVar[str]
    suffixes: ClassVar[tuple[str, ...]]
    clause: ClassVar[str]
    positions: ClassVar[tuple[str, ...]]

    @abc.abstractmethod
    def sniff(self, head: bytes, suffix: str) -> bool:
        """Whether a file that begins with ``head`` and is named ``*suffix`` is of this kind."""

    @abc.abstractmethod
    def make(self, source: Path, target: BinaryIO, mark: Mark, limits: Limits = LIMITS) -> Made:
        """Write a copy of ``source`` with the label into ``target``, which is empty, readable and seekable.

        Raises:
            LabelError: the label cannot be made as asked. MediaError: the file cannot be used.
        """

    @abc.abstractmethod
    def check(self, path: Path, mark: Mark = DEFAULT, limits: Limits = LIMITS, picture: Path | None = None) -> Report:
        """Look for the label. ``mark`` says what to look for beyond the standard: a spoken prompt of one's own.

        ``picture`` is where a drawing of what was found goes (PNG), for kinds that can be drawn.

        Raises:
            PartMissing: it takes a library that is not installed. MediaError: the file cannot be used.
        """


_media: dict[str, Medium] = {}


def medium(kind: type[Medium]) -> type[Medium]:
    """Register a class of media."""
    if kind.name in _media:
        raise ValueError(f"medium {kind.name} is taken")
    _media[kind.name] = kind()
    return kind


@cache
def registered() -> tuple[Medium, ...]:
    """Every medium, in the order in which they are asked."""
    for name in MODULES:
        importlib.import_module(f"guiju.labeling.explicit.{name}")
    return tuple(_media.values())


def medium_of(path: Path) -> Medium:
    """The medium of a file; bytes count for more than the name.

    Raises:
        MediaUnsupported: there is none. FileUnusable: it cannot be opened.
    """
    with opened(path) as file:
        head = file.read(HEAD)
    for one in registered():
        if one.sniff(head, path.suffix.lower()):
            return one
    raise MediaUnsupported(suffix=path.suffix or "?")
