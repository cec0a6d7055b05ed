"""The living end of a journal: a preallocated file of two halves, one being written while the other's rows are stored."""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from guiju.store.journal.frames import PAGE, Header, frame, pages

HALF = 2 * 1024 * 1024
"""Bytes of a half: 512 lone exchanges, or some 900 that come in company."""
SUFFIX = ".journal"


def folder_of(database: str) -> Path | None:
    """Where the journals of an SQLite database are; None for one in memory."""
    if database.startswith(("file:", ":memory:")):
        return None
    return Path(os.path.realpath(database) + "-evidence")  # as SQLite does with its own files


class Journal:
    """One writer's journal. :meth:`reserve` belongs to the owner of the chain, ``stored`` to whoever stores its rows.

    The file is locked (``flock``) while this process lives: a journal without a lock is a dead writer's.

    Attributes:
        stored: the highest record number whose row is in the database, synced.
        writes: how many there were.
    """

    def __init__(self, folder: Path, about: Header, half: int = HALF) -> None:
        """Make the file. Raises OSError where the disk does not allow it."""
        self._half_size = half
        self._last = [0, 0]
        self._half, self._at = 0, PAGE
        self._kept = False
        self._open = threading.Lock()  # nobody writes to what is being closed
        self.stored = 0
        self.writes = 0
        folder.mkdir(mode=0o700, exist_ok=True)
        self.path = folder / f"{about.chain}{SUFFIX}"
        with alone(folder) as names:
            self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_DSYNC | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                first = frame(about)
                self._fill(first + bytes(PAGE + 2 * half - len(first)))
                os.fsync(names)
            except BaseException:
                os.close(self._file)
                self.path.unlink(missing_ok=True)
                raise

    def _fill(self, whole: bytes) -> None:
        """Put zeros on the disk: writing over them later allocates nothing, and so needs less of a sync."""
        if os.write(self._file, whole) != len(whole):
            raise OSError("the disk took only a part of the journal")
        os.fsync(self._file)

    def reserve(self, size: int, last: int) -> int | None:
        """The place for a frame of ``size`` bytes whose highest record number is ``last``; None where there is no room."""
        size = pages(size)
        if self._kept:
            return None
        if self._at + size > self._end(self._half):
            other = 1 - self._half
            if size > self._half_size or self._last[other] > self.stored:
                return None
            self._half, self._at = other, PAGE + other * self._half_size
        place = self._at
        self._at += size
        self._last[self._half] = last
        return place

    def write(self, data: bytes, place: int) -> None:
        """Write a frame at its reserved place; it is on the disk when this returns.

        Raises:
            OSError: it may or may not be; write nothing more to this journal.
        """
        with self._open:
            if self._file < 0:
                raise OSError("the journal is closed")
            if os.pwrite(self._file, data, place) != len(data):
                raise OSError("the disk took only a part of a frame")
        self.writes += 1

    def keep(self) -> None:
        """Reserve nothing more, and leave the file behind for people to look at."""
        self._kept = True

    def close(self) -> None:
        """End it. The file goes where all its rows are stored; else the next opener of the database finds it."""
        with self._open:
            opened, self._file = self._file, -1
            try:
                if max(self._last) <= self.stored:
                    if self._kept:
                        self.path.rename(self.path.with_suffix(".kept"))
                    else:
                        self.path.unlink(missing_ok=True)
            finally:
                os.close(opened)

    def _end(self, half: int) -> int:
        return PAGE + (half + 1) * self._half_size


@contextmanager
def alone(folder: Path) -> Iterator[int]:
    """Nobody else makes a journal, or looks for those of dead writers, meanwhile. Gives the opened folder."""
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX)
        yield opened
    finally:
        os.close(opened)
