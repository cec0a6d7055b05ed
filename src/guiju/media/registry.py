"""The registry of carriers: one class per format, one module per class under ``carriers/``.

Adding a format is one module there with a class under the decorator :func:`carrier`, and one table of tests. Modules are
found by themselves.
"""

from __future__ import annotations

import abc
import enum
import importlib
import pkgutil
from collections.abc import Iterable
from functools import cache
from typing import BinaryIO, ClassVar, Final

from guiju.errors import MediaLayoutUnsupported, MediaUnsupported
from guiju.media.contents import Contents
from guiju.media.limits import LIMITS, Limits

HEAD: Final = 4096
"""How many bytes of a file :meth:`Carrier.sniff` is given."""


class Practice(enum.StrEnum):
    """Who says that the value belongs where :meth:`Carrier.write` puts it."""

    GUIDE = "guide"
    """A practice guide of TC260."""
    OWN = "own"
    """Nobody: Guiju's own practice, until a guide says otherwise."""


class Carrier(abc.ABC):
    """How one family of formats holds a string under the key ``AIGC``. Stateless; one instance is registered.

    Attributes:
        name: stable name, in lower case. ``title``: for people.
        suffixes: file suffixes, with their dot, in lower case.
        placement: where :meth:`write` puts the value: a member of ``placements``.
        placements: every placement :meth:`read` looks at, with a short description in English.
        practice, source: who lays the placement down, and where.
        by_name: whether only the file's name tells the format (plain texts); asked after all others.
        beside: whether the value goes into a second file beside the first; such a carrier reads and writes that second
            file.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    suffixes: ClassVar[tuple[str, ...]]
    placement: ClassVar[str]
    placements: ClassVar[dict[str, str]]
    practice: ClassVar[Practice] = Practice.GUIDE
    source: ClassVar[str]
    by_name: ClassVar[bool] = False
    beside: ClassVar[bool] = False

    @abc.abstractmethod
    def sniff(self, head: bytes, suffix: str) -> bool:
        """Whether a file that begins with ``head`` (up to 4 KiB) and is named ``*suffix`` is of this format."""

    @abc.abstractmethod
    def read(self, file: BinaryIO, limits: Limits = LIMITS) -> Contents:
        """Find every value. ``file`` is seekable; its position before and after does not matter.

        Raises:
            MediaError: and nothing else, whatever the bytes: not this format after all, cut short, malformed,
                encrypted, or over a limit.
        """

    @abc.abstractmethod
    def write(self, source: BinaryIO, target: BinaryIO, value: str, limits: Limits = LIMITS) -> None:
        """Copy ``source`` to ``target`` with ``value`` as the one value under ``AIGC``, at :attr:`placement`.

        Values that stood anywhere :meth:`read` looks are gone from the copy; pixels, samples, text and all other
        metadata are as they were. Memory stays within ``limits`` however large the file. A C2PA manifest is copied as
        it is, and no longer matches: ask before. ``target`` is written from its start; it is empty, readable and
        seekable, and worthless when this raises.

        Raises:
            MediaError: as :meth:`read`, or a layout that cannot be changed safely.
        """

    def content(self, file: BinaryIO, limits: Limits = LIMITS) -> Iterable[tuple[int, int]]:
        """Start and end of every piece of the content itself, in order: bytes that no label and no tag changes.

        Raises:
            MediaLayoutUnsupported: it is not laid down for this format. MediaError: as :meth:`read`.
        """
        raise MediaLayoutUnsupported(what=self.title, detail="its content is not told from its metadata")


_carriers: dict[str, Carrier] = {}


def carrier(kind: type[Carrier]) -> type[Carrier]:
    """Register a class of carriers."""
    if kind.name in _carriers or kind.placement not in kind.placements:
        raise ValueError(f"carrier {kind.name}: the name is taken, or its placement is not among its placements")
    _carriers[kind.name] = kind()
    return kind


@cache
def registered() -> tuple[Carrier, ...]:
    """Every carrier: those known by their bytes first, those known by name last, each in the order of their names."""
    from guiju.media import carriers

    for module in pkgutil.iter_modules(carriers.__path__):
        importlib.import_module(f"{carriers.__name__}.{module.name}")
    return tuple(sorted(_carriers.values(), key=lambda one: (one.by_name, one.beside, one.name)))


def carrier_of(file: BinaryIO, suffix: str = "") -> Carrier:
    """The carrier for a seekable ``file`` named ``*suffix``; bytes count for more than the name.

    Raises:
        MediaUnsupported: there is none.
    """
    file.seek(0)
    head, suffix = file.read(HEAD), suffix.lower()
    for one in registered():
        if one.sniff(head, suffix):
            return one
    raise MediaUnsupported(suffix=suffix or "?")
