"""The tables of the screen in a file: made once, mapped by every process that has the same lists, patterns and code.

A file is named by everything its tables were made from, and carries a digest of them. A missing, cut or changed file is made
again; where nothing can be written the tables stay in memory. Files of other lists are removed, the newest few left.
"""

from __future__ import annotations

import contextlib
import hashlib
import mmap
import os
import unicodedata
from functools import cache
from pathlib import Path

import guiju
from guiju.moderation.detectors import Materials
from guiju.moderation.screening.tables import MAGIC, tables

_HEAD = 64
_DIGEST = slice(8, 40)
#: Files that are left: gateway, console and the command line may have other lists for a moment.
_FILES = 4
_folder: Path | None = None


def keep_in(folder: Path) -> None:
    """Keep tables in this folder from now on; it is made when the first are."""
    global _folder
    _folder = folder


def block_of(materials: Materials) -> bytes | memoryview | None:
    """The tables of a set of materials, from the file if there is a good one; None where they cannot be made."""
    if _folder is None:
        return tables(materials)
    path = _folder / f"{_name(materials)}.screen"
    kept = _read(path)
    if kept is not None:
        return kept
    block = tables(materials)
    if block is None or not _write(path, block):
        return block
    return _read(path) or block


def _read(path: Path) -> memoryview | None:
    try:
        with path.open("rb") as file:
            mapped = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    except (OSError, ValueError):  # there is none, or an empty one
        return None
    block = mapped[_HEAD:]
    return block if mapped[_DIGEST] == hashlib.sha256(block).digest() else None


def _write(path: Path, block: bytes) -> bool:
    beside = path.with_suffix(f".{os.getpid()}")
    head = MAGIC + hashlib.sha256(block).digest()
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with beside.open("wb") as file:
            file.write(head.ljust(_HEAD, b"\0"))
            file.write(block)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
        for old in sorted(path.parent.glob("*.screen"), key=lambda each: each.stat().st_mtime)[:-_FILES]:
            old.unlink(missing_ok=True)
    except OSError:
        with contextlib.suppress(OSError):
            beside.unlink()
        return False
    return True


def _name(materials: Materials) -> str:
    digest = hashlib.sha256(_made_by().encode())
    digest.update(f"{materials.lexicon.version} {len(materials.lexicon)}".encode())
    for rule in materials.patterns:
        digest.update(f"\n{rule.detector} {rule.start} {rule.needs} {rule.expression.source}".encode())
    return digest.hexdigest()[:32]


@cache
def _made_by() -> str:
    """A digest of the code and the data that tables are made with."""
    root = Path(guiju.__file__).parent
    digest = hashlib.sha256(unicodedata.unidata_version.encode())
    for room in ("text", "moderation", "moderation/screening"):
        for path in sorted((root / room).glob("*.py")):
            digest.update(path.read_bytes())
    for path in sorted((root / "text" / "data").iterdir()):
        digest.update(path.read_bytes())
    return digest.hexdigest()
