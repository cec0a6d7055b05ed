"""Key files of marks: the secret as 64 hex digits, the finder's half of it as ``find:`` and 64 hex digits."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from guiju.errors import FileUnusable, MarkKeyInvalid
from guiju.labeling.watermark.keys import SECRET_BYTES, Finder, Secret

_FINDER: Final = "find:"


def read_secret(path: Path) -> Secret:
    """The keys of the secret in a file.

    Raises:
        MarkKeyInvalid: it holds none. FileUnusable: it cannot be read.
    """
    return Secret.derive(_hex(next(lines(path), ""), path))


def read_finder(path: Path) -> Finder:
    """A finder's key out of a file.

    Raises:
        MarkKeyInvalid: it holds none. FileUnusable: it cannot be read.
    """
    text = next(lines(path), "")
    if not text.startswith(_FINDER):
        raise MarkKeyInvalid(detail=path.name)
    return Finder(_hex(text.removeprefix(_FINDER), path))


def write_finder(path: Path, finder: Finder) -> None:
    """Write a finder's key into a new file that only its owner can read.

    Raises:
        FileUnusable: the file exists, or cannot be made.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise FileUnusable(path=path.name, problem=error.strerror or str(error)) from error
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(f"{_FINDER}{finder.key.hex()}\n")


def lines(path: Path) -> Iterator[str]:
    """The lines of a text file that hold something, without the blanks around them.

    Raises:
        FileUnusable: it cannot be read as text.
    """
    try:
        with path.open(encoding="utf-8") as file:
            for line in file:
                if text := line.strip():
                    yield text
    except (OSError, UnicodeDecodeError) as error:
        raise FileUnusable(path=path.name, problem=getattr(error, "strerror", "") or "no text") from error


def _hex(text: str, path: Path) -> bytes:
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != SECRET_BYTES:
        raise MarkKeyInvalid(detail=path.name)
    return key
