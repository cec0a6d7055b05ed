"""A registry of kinds of files that know their own by the first bytes: of explicit media and of watermark methods alike."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import ClassVar, Final, Generic, Protocol, TypeVar

from guiju.errors import MediaUnsupported
from guiju.labeling.atomic import opened

HEAD: Final = 4096
"""Bytes of a file's beginning that a kind is shown."""


class Sniffer(Protocol):
    """What a registry keeps. Stateless; one instance of each class is kept, made without arguments."""

    name: ClassVar[str]

    def sniff(self, head: bytes, suffix: str) -> bool:
        """Whether a file that begins with ``head`` and is named ``*suffix`` is of this kind."""
        ...


Kind = TypeVar("Kind", bound=Sniffer)


class Sniffed(Generic[Kind]):
    """Kinds that register themselves when their module is imported, asked in the order of ``modules``."""

    def __init__(self, package: str, modules: tuple[str, ...]) -> None:
        """``modules`` are names below ``package``; they are imported when first asked for."""
        self._package = package
        self._modules = modules
        self._kinds: dict[str, Kind] = {}
        self._loaded = False

    def add(self, kind: type[Kind]) -> type[Kind]:
        """Register a class: the registry's decorator.

        Raises:
            ValueError: its name is taken.
        """
        if kind.name in self._kinds:
            raise ValueError(f"{self._package}: the name {kind.name} is taken")
        self._kinds[kind.name] = kind()
        return kind

    def all(self) -> tuple[Kind, ...]:
        """Every kind, in the order in which they are asked."""
        if not self._loaded:
            for name in self._modules:
                importlib.import_module(f"{self._package}.{name}")
            self._loaded = True
        return tuple(self._kinds.values())

    def of(self, path: Path) -> Kind:
        """The kind of a file; bytes count for more than the name.

        Raises:
            MediaUnsupported: there is none. FileUnusable: it cannot be opened.
        """
        with opened(path) as file:
            head = file.read(HEAD)
        for one in self.all():
            if one.sniff(head, path.suffix.lower()):
                return one
        raise MediaUnsupported(suffix=path.suffix or "?")
