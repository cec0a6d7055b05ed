"""The registry of methods: how one kind of content is marked, and how a mark is found in it.

Adding a kind is one module with a class under :func:`method`, named in :data:`MODULES`, and one table of tests.
"""

from __future__ import annotations

import abc
from pathlib import Path
from typing import BinaryIO, ClassVar, Final

from guiju.labeling.sniffing import Sniffed
from guiju.labeling.watermark.findings import Detection, Embedded
from guiju.labeling.watermark.keys import Finder, Secret
from guiju.media import LIMITS, Limits

MODULES: Final = ("image.method", "audio.method", "video.method", "text.method")
"""Modules with a method, in the order in which they are asked."""


class Method(abc.ABC):
    """One way to mark one kind of content. Stateless; one instance is registered.

    Attributes:
        name: of the kind, stable. ``strength``: in dB where the caller names none, from weak (high) to strong (low).
        strengths: the weakest and the strongest that are taken.
    """

    name: ClassVar[str]
    strength: ClassVar[float]
    strengths: ClassVar[tuple[float, float]]

    @abc.abstractmethod
    def sniff(self, head: bytes, suffix: str) -> bool:
        """Whether a file that begins with ``head`` and is named ``*suffix`` is of this kind."""

    @abc.abstractmethod
    def embed(
        self, source: Path, target: BinaryIO, secret: Secret, number: int, strength: float, limits: Limits = LIMITS
    ) -> Embedded:
        """Write a copy of ``source`` that bears ``number`` into ``target``, which is empty, readable and seekable.

        Raises:
            MarkImpossible: the content is too small, too short or too empty. MediaError: the file cannot be used.
            PartMissing: it takes a library that is not installed.
        """

    @abc.abstractmethod
    def detect(
        self, path: Path, finder: Finder, secret: Secret | None, thorough: bool = False, limits: Limits = LIMITS
    ) -> Detection:
        """Look for a mark. Without ``secret`` no number is told. ``thorough``: look for turned pictures and changed
        speeds too, at several times the cost.

        Raises:
            MediaError: the file cannot be used. PartMissing: it takes a library that is not installed.
        """


_registry: Final[Sniffed[Method]] = Sniffed("guiju.labeling.watermark", MODULES)
method = _registry.add
"""Register a class of methods."""
registered = _registry.all
"""Every method, in the order in which they are asked."""
method_of = _registry.of
"""The method of a file; raises MediaUnsupported where there is none, FileUnusable where it cannot be opened."""
