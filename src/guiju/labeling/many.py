"""Many files: found in folders and by patterns, worked on in parallel processes, and taken up again after a stop."""

from __future__ import annotations

import glob
import itertools
import multiprocessing
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from guiju.errors import FileUnusable, GuijuError
from guiju.media.carriers import sidecar

T = TypeVar("T")

_AHEAD = 4  # tasks waiting for every process


class Source(msgspec.Struct, frozen=True):
    """A file found, and where it stands below the folder or the fixed part of the pattern that was given."""

    path: Path
    below: Path


class Failure(msgspec.Struct, frozen=True):
    """What kept a file from being worked on: code and message of the error."""

    code: str
    zh: str
    en: str


class Outcome(msgspec.Struct, Generic[T], frozen=True):
    """A file and what came of it: ``result``, or ``failure``."""

    source: Source
    result: T | None = None
    failure: Failure | None = None


def is_many(given: list[str]) -> bool:
    """Whether ``given`` names more than one file: several, a folder, or a pattern that is no file's name."""
    if len(given) != 1:
        return True
    path = Path(given[0])
    return path.is_dir() or (glob.has_magic(given[0]) and not path.exists())


def find(given: Iterable[str]) -> Iterator[Source]:
    """The files that ``given`` names, each once, in a fixed order: files, all files below folders, patterns with ``**``.

    Hidden files and label files beside others (``NAME.aigc.json``) are left out, except where named themselves.

    Raises:
        FileUnusable: one of them names nothing.
    """
    seen = set[Path]()
    for name in given:
        found = 0
        for source in _found(name):
            found += 1
            if (known := source.path.resolve()) not in seen:
                seen.add(known)
                yield source
        if not found and not Path(name).is_dir():
            raise FileUnusable(path=name, problem="no such file")


def each(task: Callable[[Source], T], sources: Iterable[Source], processes: int) -> Iterator[Outcome[T]]:
    """Do ``task`` for every source and yield what came of each, as they end.

    Only errors of Guiju's own are failures of a file. ``task`` and its results are sent to other processes.

    Args:
        processes: how many; with 1 everything happens in this one.
    """
    if processes <= 1:
        yield from (_tried(task, source) for source in sources)
        return
    waiting, left = set[Future[Outcome[T]]](), iter(sources)
    with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn")) as pool:
        try:
            for source in itertools.islice(left, processes * _AHEAD):
                waiting.add(pool.submit(_tried, task, source))
            while waiting:
                done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                for future in done:
                    waiting.update(pool.submit(_tried, task, source) for source in itertools.islice(left, 1))
                    yield future.result()
        finally:
            for future in waiting:
                future.cancel()


def _tried(task: Callable[[Source], T], source: Source) -> Outcome[T]:
    try:
        return Outcome(source, task(source))
    except GuijuError as error:
        return Outcome(source, failure=Failure(error.code, error.message("zh"), error.message("en")))


def _found(name: str) -> Iterator[Source]:
    path = Path(name)
    if path.is_file():
        yield Source(path, Path(path.name))
    elif path.is_dir():
        yield from _below(sorted(path.rglob("*")), path)
    elif glob.has_magic(name):
        fixed = Path(*itertools.takewhile(lambda part: not glob.has_magic(part), path.parts))
        yield from _below(sorted(Path(one) for one in glob.iglob(name, recursive=True)), fixed)


def _below(paths: Iterable[Path], root: Path) -> Iterator[Source]:
    for path in paths:
        below = path.relative_to(root)
        hidden = any(part.startswith(".") for part in below.parts)
        if not hidden and not path.name.endswith(sidecar.SUFFIX) and path.is_file():
            yield Source(path, below)
