"""Where files lie while they are worked on: private folders below the data directory, gone with the call."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

FOLDER = "incoming"
_LEFT_OVER_S = 86_400


def room(home: Path) -> tempfile.TemporaryDirectory[str]:
    """A folder of its own for one call; use it in a ``with``."""
    folder = home / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return tempfile.TemporaryDirectory(dir=folder, prefix="file-", ignore_cleanup_errors=True)


def clear_left_over(home: Path, now: float) -> None:
    """Remove what processes that were killed left behind a day ago or more; asked once, when a process starts."""
    folder = home / FOLDER
    for left in folder.iterdir() if folder.is_dir() else ():
        if left.is_dir() and left.stat().st_mtime < now - _LEFT_OVER_S:
            shutil.rmtree(left, ignore_errors=True)
