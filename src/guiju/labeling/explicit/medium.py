"""The registry of media: how an explicit label is put on one kind of file, and how it is checked there.

Adding a kind is one module with a class under :func:`medium`, named in :data:`MODULES`, and one table of tests.
"""

from __future__ import annotations

import abc
from pathlib import Path
from typing import BinaryIO, ClassVar, Final

import msgspec

from guiju.labeling.explicit.mark import DEFAULT, Mark
from guiju.labeling.explicit.report import Report, Sighting
from guiju.labeling.sniffing import Sniffed
from guiju.media import LIMITS, Limits

MODULES: Final = (
    "picture.medium", "writing.docx", "writing.pptx", "writing.xlsx", "writing.pdf", "writing.html", "writing.markdown", "sound.medium",
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


_registry: Final[Sniffed[Medium]] = Sniffed("guiju.labeling.explicit", MODULES)
medium = _registry.add
"""Register a class of media."""
registered = _registry.all
"""Every medium, in the order in which they are asked."""
medium_of = _registry.of
"""The medium of a file; raises MediaUnsupported where there is none, FileUnusable where it cannot be opened."""
