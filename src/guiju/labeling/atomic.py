"""Files that appear under their name only when they are whole and on the disk."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from guiju.errors import FileUnusable


@contextlib.contextmanager
def replacing(target: Path, like: Path) -> Iterator[BinaryIO]:
    """A file open for writing and reading that becomes ``target`` when the block ends well, with the mode of ``like``.

    It is made beside ``target``, synchronised, and renamed over it; when the block raises, nothing is left of it and
    ``target`` is as it was.

    Raises:
        FileUnusable: the operating system does not allow it.
    """
    partial: Path | None = None
    try:
        with tempfile.NamedTemporaryFile(dir=target.parent, prefix=".guiju-", suffix=".partial", delete=False) as file:
            partial = Path(file.name)
            yield file  # type: ignore[misc]  # the wrapper has every method of BinaryIO
            file.flush()
            os.fsync(file.fileno())
        shutil.copymode(like, partial)
        os.replace(partial, target)
        _sync(target.parent)
    except OSError as error:
        raise FileUnusable(path=target.name, problem=error.strerror or str(error)) from error
    finally:
        if partial is not None:
            partial.unlink(missing_ok=True)


@contextlib.contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """``path`` open for reading.

    Raises:
        FileUnusable: it is not there, is no ordinary file, or must not be read.
    """
    try:
        if path.exists() and not path.is_file():
            raise FileUnusable(path=path.name, problem="not an ordinary file")
        file = path.open("rb")
    except OSError as error:
        raise FileUnusable(path=path.name, problem=error.strerror or str(error)) from error
    with file:
        yield file


def _sync(folder: Path) -> None:
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
