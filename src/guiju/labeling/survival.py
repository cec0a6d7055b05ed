"""Where do labels die? A processing step of one's own (a resize, a transcoder, a CDN) is tried on labelled samples.

The samples are small real files of every format, shipped with the package; files of one's own can take their place. A
step that writes another format than it reads is tried too: the label is looked for in what comes out.
"""

from __future__ import annotations

import enum
import shutil
from collections.abc import Callable, Iterable, Iterator
from importlib import resources
from pathlib import Path

import msgspec

from guiju.errors import GuijuError, MediaError
from guiju.labeling import files
from guiju.labeling.files import FileReading
from guiju.labeling.implicit import Label
from guiju.labeling.verdict import guided

LABEL = Label.first("001191110102MACQD9K64010000", "survival-sample")
"""What the samples are labelled with."""


class Fate(enum.StrEnum):
    """What became of a label."""

    KEPT = "kept"
    """Whole, once, in a place that a guide names for the format (or where Guiju puts it)."""
    MOVED = "moved"
    """Whole, but in a place that no guide names."""
    CHANGED = "changed"
    """Something is there: another label, a damaged one, or more than one."""
    LOST = "lost"
    """The file is read, and holds none."""
    UNREADABLE = "unreadable"
    """The file that came out cannot be read here; nothing can be said."""
    FAILED = "failed"
    """The step ended in an error, or made no file."""


class Survival(msgspec.Struct, frozen=True):
    """What became of the label of one sample: ``before`` and ``after`` are where it stood."""

    sample: str
    fate: Fate
    before: str = ""
    after: tuple[str, ...] = ()
    detail: str = ""


class StepFailed(Exception):
    """Raised by a step that could not do its work; the text says why."""


def samples(folder: Path | None = None) -> list[Path]:
    """The shipped samples, or all files of ``folder``, by name."""
    root = folder or Path(str(resources.files("guiju.labeling").joinpath("data", "samples")))
    return sorted(path for path in root.iterdir() if path.is_file() and not path.name.startswith("."))


def survive(
    step: Callable[[Path, Path], None], sources: Iterable[Path], work: Path, suffix: str = ""
) -> Iterator[Survival]:
    """Label every source, run ``step`` on it, and tell what became of the label.

    Args:
        step: makes its second argument from its first; raises :class:`StepFailed` otherwise.
        work: an empty folder for what is made; it is the caller's to delete.
        suffix: what the step makes files of; that of the source if empty.
    """
    for number, source in enumerate(sources):
        labelled = work / f"{number}-in{source.suffix}"
        result = work / f"{number}-out{suffix or source.suffix}"
        try:
            before = files.write(source, labelled, LABEL, break_c2pa=True).placement
        except GuijuError as error:
            yield Survival(source.name, Fate.UNREADABLE, detail=error.message("en"))
            continue
        try:
            step(labelled, result)
        except StepFailed as error:
            yield Survival(source.name, Fate.FAILED, before, detail=str(error))
            continue
        yield _told(source.name, before, result)


def copied(source: Path, target: Path) -> None:
    """The step that changes nothing: every label survives it."""
    shutil.copyfile(source, target)
    beside = source.with_name(source.name + ".aigc.json")
    if beside.exists():
        shutil.copyfile(beside, target.with_name(target.name + ".aigc.json"))


def _told(name: str, before: str, result: Path) -> Survival:
    if not result.is_file() or not result.stat().st_size:
        return Survival(name, Fate.FAILED, before, detail="no file was made")
    try:
        reading = files.read(result)
    except MediaError as error:
        return Survival(name, Fate.UNREADABLE, before, detail=error.message("en"))
    after = tuple(place.found.placement for place in reading.places)
    return Survival(name, _fate(reading, after), before, after, "; ".join(reading.damaged))


def _fate(reading: FileReading, after: tuple[str, ...]) -> Fate:
    if not reading.found:
        return Fate.UNREADABLE if reading.damaged else Fate.LOST
    if len(after) != 1 or reading.label != LABEL or reading.bound is False:
        return Fate.CHANGED
    own = after[0].partition("/")[0] == reading.carrier and after[0] in _written(reading.carrier)
    return Fate.KEPT if own or after[0] in guided() else Fate.MOVED


def _written(carrier: str) -> set[str]:
    from guiju.media import registered

    return {one.placement for one in registered() if one.name == carrier}
