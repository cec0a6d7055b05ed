"""Files kept for a while in a folder of bounded size, by name and encrypted: what was longest unused goes first.

Several processes may share a folder. A file appears whole or not at all, and a caller gets a copy of its own, which nobody
else's clearing away can take from it.
"""

from __future__ import annotations

import contextlib
import logging
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from django.db import DatabaseError

from guiju.errors import GuijuError
from guiju.evidence import Vault
from guiju.media.streams import copy
from guiju.releases import sealing

log = logging.getLogger("guiju.releases")

_SHARE = 4
"""A file may take up one part in so many of a shelf."""
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")


class Shelf:
    """One folder.

    Args:
        most_bytes: what all files together may take; 0 keeps none. ``days``: how long one stays unused.
        vault: gives the keys, those of just now: another process may have made new ones.
    """

    def __init__(self, folder: Path, most_bytes: int, days: float, vault: Callable[[], Vault]) -> None:
        self._folder, self._most, self._seconds = folder, most_bytes if days > 0 else 0, days * 86_400
        self._vault = vault

    def take(self, name: str, folder: Path, now: float) -> Path | None:
        """The file kept under ``name``, decrypted into the caller's ``folder``; None where there is none.

        Raises:
            KeptFileDamaged: it was tampered with. DataKeyMissing, MasterKeyInvalid: the keys are not those it was kept with.
        """
        found = self._find(name)
        if found is None:
            return None
        own = folder / f"kept{found.suffix}"
        try:
            if found.stat().st_mtime < now - self._seconds:
                return None
            self._copy_out(found, own)
            os.utime(found, (now, now))
        except FileNotFoundError:  # another process has just cleared it away
            return None
        return own

    def keep(self, name: str, path: Path, now: float) -> bool:
        """Keep a file under ``name``, unless it is large or one is there already. Whether it stays; failing harms nobody."""
        draft = self._draft(path.suffix)
        try:
            size = path.stat().st_size
            if not fit(name) or not self.holds(size):
                return False
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._clear(sealing.sealed_size(size), now)
            if self._find(name) is not None:
                return False
            self._seal(path, draft, f"{name}{path.suffix}")
            os.utime(draft, (now, now))
            os.link(draft, self._folder / f"{name}{path.suffix}")
        except FileExistsError:  # somebody else was first
            return False
        except (OSError, GuijuError, DatabaseError) as error:
            log.warning("a file could not be kept: %s", type(error).__name__)
            return False
        finally:
            with contextlib.suppress(OSError):
                draft.unlink(missing_ok=True)
        return True

    def enclose(self) -> int:
        """Encrypt what an earlier version kept as it was; how many files that were. Their age stays."""
        done = 0
        for one in self._files():
            try:
                done += self._enclose(one)
            except FileNotFoundError:  # another process has just cleared it away
                continue
            except OSError as error:
                log.warning("a kept file could not be encrypted: %s", type(error).__name__)
        return done

    def _enclose(self, one: Path) -> bool:
        if one.name.startswith(".") or sealing.is_sealed(one):
            return False
        draft, state = self._draft(one.suffix), one.stat()
        try:
            self._seal(one, draft, one.name)
            os.utime(draft, (state.st_atime, state.st_mtime))
            os.replace(draft, one)
        finally:
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

    def _files(self) -> list[Path]:
        return list(self._folder.iterdir()) if self._folder.is_dir() else []

    def _draft(self, suffix: str) -> Path:
        return self._folder / f".{secrets.token_hex(8)}{suffix}"

    def _seal(self, path: Path, draft: Path, name: str) -> None:
        with path.open("rb") as source, _private(draft) as target:
            sealing.seal(source, target, self._vault(), name)

    def _copy_out(self, found: Path, own: Path) -> None:
        with found.open("rb") as source, _private(own) as target:
            try:
                if sealing.is_sealed(found):
                    sealing.unseal(source, target, self._vault(), found.name)
                else:  # kept by an earlier version
                    copy(source, target)
            except BaseException:
                own.unlink()
                raise

    def _clear(self, wanted: int, now: float) -> None:
        """Make room: everything too old goes, then whatever was longest unused."""
        kept = []
        for one in self._files():
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


def _private(path: Path) -> BinaryIO:
    """A new file for its owner alone, open for writing."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
