"""The registry of detectors.

A detector is one module in this folder with one class under ``@detector``. The class is built from the policy snapshot's
``Materials`` and then only scans (see ``guiju.moderation.scan``). ``docs/detectors.md`` shows how to write one; a test fails
while a registered detector is missing there.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TypeVar

import msgspec

from guiju.errors import UnknownDetector
from guiju.moderation.lexicon import Lexicon
from guiju.moderation.rules import Rule
from guiju.moderation.rumours import Refuted
from guiju.moderation.scan import Detector


class Materials(msgspec.Struct, frozen=True):
    """What detectors are built from: the compiled word lists, the pattern rules and the refuted claims of a snapshot.

    ``models`` is the folder of the text models, the shipped ones where ``None``.
    """

    lexicon: Lexicon
    patterns: tuple[Rule, ...] = ()
    refuted: tuple[Refuted, ...] = ()
    models: Path | None = None


class Registered(msgspec.Struct, frozen=True):
    """A registered detector: its name, its titles for screens, and its class."""

    name: str
    title_zh: str
    title_en: str
    build: Callable[[Materials], Detector]


_REGISTRY: dict[str, Registered] = {}
_BUILT_IN = ("words", "sounds", "patterns", "pii", "model", "rumours")
C = TypeVar("C", bound=Callable[[Materials], Detector])


def detector(name: str, *, zh: str, en: str) -> Callable[[C], C]:
    """Register a detector class under ``name`` with its Chinese and English title."""

    def register(cls: C) -> C:
        _REGISTRY[name] = Registered(name, zh, en, cls)
        return cls

    return register


def registered() -> tuple[Registered, ...]:
    """All registered detectors in the order they run: the built-in ones first."""
    for name in _BUILT_IN:
        import_module(f"guiju.moderation.detectors.{name}")
    return tuple(_REGISTRY[name] for name in dict.fromkeys((*_BUILT_IN, *_REGISTRY)))


def build(materials: Materials, names: tuple[str, ...] | None = None) -> tuple[Detector, ...]:
    """Build the named detectors (all of them by default).

    Raises:
        UnknownDetector: a name nobody registered.
    """
    known = {r.name: r for r in registered()}
    for name in names or ():
        if name not in known:
            raise UnknownDetector(name=name, known=", ".join(known))
    return tuple(known[name].build(materials) for name in (names if names is not None else known))
