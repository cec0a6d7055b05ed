"""Files kept for a while in a folder of bounded size, by name: what was longest unused goes first.

Several processes may share a folder. A file appears whole or not at all, and a caller gets a link of its own, which nobody
else's clearing away can take from it.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import secrets
import shutil
from pathlib import Path

log = logging.getLogger("guiju.releases")

_SHARE = 4
"""A file may take up one part in so many of a shelf."""
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")


class Shelf:
    """One folder.

    Args:
        most_bytes: what all files together may take; 0 keeps none. ``days``: how long one stays unused.
    """

    def __init__(self, folder: Path, most_bytes: int, days: float) -> None:
        self._folder, self._most, self._seconds = folder, most_bytes if days > 0 else 0, days * 86_400

    def take(self, name: str, folder: Path, now: float) -> Path | None:
        """The file kept under ``name``, linked into the caller's ``folder``; None where there is none."""
        found = self._find(name)
        if found is None:
            return None
        own = folder / f"kept{found.suffix}"
        try:
            if found.stat().st_mtime < now - self._seconds:
                return None
            _link(found, own)
            os.utime(found, (now, now))
        except FileNotFoundError:  # another process has just cleared it away
            return None
        return own

    def keep(self, name: str, path: Path, now: float) -> bool:
        """Keep a file under ``name``, unless it is large or one is there already. Whether it stays; failing harms nobody.

        The file at ``path`` must not be changed afterwards: it may be the same one.
        """
        draft = self._folder / f".{secrets.token_hex(8)}{path.suffix}"
        try:
            size = path.stat().st_size
            if not fit(name) or not self.holds(size):
                return False
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._clear(size, now)
            if self._find(name) is not None:
                return False
            _link(path, draft)
            os.utime(draft, (now, now))
            os.link(draft, self._folder / f"{name}{path.suffix}")
        except FileExistsError:  # somebody else was first
            return False
        except OSError as error:
            log.warning("a file could not be kept: %s", type(error).__name__)
            return False
        finally:
            with contextlib.suppress(OSError):
                draft.unlink(missing_ok=True)
        return True

    def holds(self, size: int) -> bool:
        """Whether a file of ``size`` bytes may be kept at all."""
        return 0 < size * _SHARE <= self._most

    def drop(self, name: str) -> None:
        """Keep it no longer."""
        if (found := self._find(name)) is not None:
            found.unlink(missing_ok=True)

    def clear(self, now: float) -> None:
        """Remove what stayed unused too long."""
        self._clear(0, now)

    def _find(self, name: str) -> Path | None:
        if not fit(name) or not self._folder.is_dir():
            return None
        return next((one for one in self._folder.glob(f"{name}.*")), None) or _plain(self._folder / name)

    def _clear(self, wanted: int, now: float) -> None:
        """Make room: everything too old goes, then whatever was longest unused."""
        kept = []
        for one in self._folder.iterdir() if self._folder.is_dir() else ():
            with contextlib.suppress(FileNotFoundError):
                state = one.stat()
                kept.append((state.st_mtime, state.st_size, one))
        taken = sum(size for _, size, _ in kept) + wanted
        for used, size, one in sorted(kept):
            if used >= now - self._seconds and taken <= self._most:
                break
            one.unlink(missing_ok=True)
            taken -= size


def fit(name: str) -> bool:
    """Whether a file can be kept under ``name``: it must be plain, since it becomes the name of a file."""
    return 0 < len(name) <= 100 and _PLAIN.issuperset(name)


def _plain(path: Path) -> Path | None:
    return path if path.is_file() else None


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        shutil.copyfile(source, target)
    target.chmod(0o600)
