"""Marking a file, and looking for a mark in one: the two things this package does, on paths."""

from __future__ import annotations

import tempfile
from pathlib import Path

from guiju.errors import MarkImpossible, MarkNotKept
from guiju.labeling.atomic import replacing
from guiju.labeling.explicit import keeping
from guiju.labeling.watermark.findings import Detection, Embedded
from guiju.labeling.watermark.keys import Finder, Secret
from guiju.labeling.watermark.methods import method_of
from guiju.media import LIMITS, Limits


def embed(
    source: Path, target: Path, secret: Secret, number: int, *,
    strength: float | None = None, break_c2pa: bool = False, limits: Limits = LIMITS,
) -> Embedded:  # fmt: skip
    """Copy ``source`` to ``target`` (which may be the same) with an invisible mark that bears ``number``.

    The implicit label survives or is written again. The copy is read back before it appears under its name: if its
    number cannot be read, nothing is made.

    Args:
        number: 64 bits; see `guiju.labeling.watermark.number.of_content`.
        strength: in dB, signal to mark; lower is stronger. None takes the usual one of the method.

    Raises:
        MarkImpossible: the content is too small, too short or too empty, or the strength out of bounds.
        MarkNotKept: the mark could not be read back. ManifestWouldBreak: a C2PA manifest would become invalid.
        PartMissing: it takes a library that is not installed. MediaError: the file cannot be used.
    """
    way = method_of(source)
    weakest, strongest = way.strengths
    wanted = way.strength if strength is None else strength
    if not strongest <= wanted <= weakest:
        raise MarkImpossible(detail=f"{wanted:g} dB; {strongest:g} … {weakest:g}")
    reading = keeping.before(source, limits, break_c2pa=break_c2pa)
    with tempfile.NamedTemporaryFile(dir=target.parent, prefix=".guiju-", suffix=source.suffix) as made:
        told = way.embed(source, made, secret, number, wanted, limits)  # type: ignore[arg-type]  # has all of BinaryIO
        made.flush()
        if way.detect(Path(made.name), secret.finder, secret, limits=limits).number != number:
            raise MarkNotKept(medium=way.name)
        with replacing(target, source) as new:
            keeping.settle(reading, made, new, source.suffix, limits)  # type: ignore[arg-type]
    keeping.beside(reading, target, limits)
    return told


def detect(path: Path, key: Secret | Finder, *, thorough: bool = False, limits: Limits = LIMITS) -> Detection:
    """Look for a mark of ``key``. With a `Finder` only its presence is told, never the number.

    Raises:
        PartMissing: it takes a library that is not installed. MediaError: the file cannot be used.
    """
    secret = key if isinstance(key, Secret) else None
    finder = key.finder if isinstance(key, Secret) else key
    return method_of(path).detect(path, finder, secret, thorough, limits)
