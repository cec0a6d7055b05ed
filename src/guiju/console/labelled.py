"""One file looked at for its labels, and what was issued here: what the labels screen shows."""

from __future__ import annotations

import base64
import tempfile
import zipfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile

from guiju.errors import GuijuError
from guiju.labeling import explicit, files, shapes, upload, verdict
from guiju.labeling.explaining import Explained, explain
from guiju.labeling.explicit import Report as Seen
from guiju.labeling.files import FileReading
from guiju.labeling.upload import Judgement
from guiju.labeling.verdict import Report
from guiju.releases.copying import Copy
from guiju.store.issued import COPY, issued
from guiju.store.models import Record

_LARGEST_PICTURE = 4 << 20
_PRESENT = ("label.present", "explicit.found")


@dataclass(frozen=True)
class Row:
    """One check as the screen shows it: ``state`` is ``holds``, ``unknown``, ``missing``, ``breach`` or ``deviates``."""

    check: verdict.Check | explicit.Check
    state: str
    measured: str = ""
    required: str = ""


@dataclass(frozen=True)
class Examined:
    """What was found in a file.

    Attributes:
        reading, report: the implicit label; None where the file could not be read.
        seen: the explicit labels; None, with ``unseen`` saying why, where nobody could look.
        picture: the file with what was found drawn on it, as a ``data:`` address; empty where it is no picture.
        keys: the label in words. ``manifest``: the C2PA manifest and what came of verifying it.
        implicit_rows, explicit_rows: the checks, as the screen shows them.
    """

    name: str
    reading: FileReading | None
    report: Report
    seen: Seen | None
    unseen: GuijuError | None
    picture: str
    judged: Judgement
    keys: tuple[Explained, ...]
    manifest: dict[str, Any] | None
    implicit_rows: tuple[Row, ...]
    explicit_rows: tuple[Row, ...]


def examine(received: UploadedFile[Any], declared: bool) -> Examined:
    """Look at an uploaded file. It is on disk only while that lasts, and nothing is recorded."""
    name = Path(str(received.name)).name
    with tempfile.TemporaryDirectory(prefix="guiju-") as folder:
        path = saved(received, Path(folder))
        seen, unseen, picture = _look(path, Path(folder) / "seen.png")
        found = upload.examine(path, upload.Search(declared=declared, seen=seen or unseen, issued=issued))
        reading, report = found.reading, verdict.verify(path)
        label = None if reading is None else reading.label
        return Examined(
            name, reading, report, seen, unseen, picture, found.judged,
            () if reading is None or label is None else explain(label, verdict.security_of(path, reading)),
            None if reading is None else shapes.manifest(reading, path),
            tuple(row(check) for check in report.checks),
            tuple(row(check) for check in seen.checks) if seen is not None else (),
        )  # fmt: skip


def saved(received: UploadedFile[Any], folder: Path) -> Path:
    """An uploaded file on disk, under a name of ours with its own suffix."""
    suffix = Path(str(received.name)).suffix.lower()
    path = folder / f"received{suffix if suffix[1:].isalnum() else ''}"
    with path.open("wb") as file:
        for chunk in received.chunks():
            file.write(chunk)
    return path


def handed(copy: Copy, folder: Path) -> tuple[Path, str]:
    """What a person gets of a copy: the file, or an archive of it and of its label, which stands beside some kinds of file."""
    beside = files.beside(copy.path)
    if not beside.exists():
        return copy.path, copy.name
    both = folder / "copy.zip"
    with zipfile.ZipFile(both, "x") as archive:
        archive.write(copy.path, copy.name)
        archive.write(beside, files.beside(Path(copy.name)).name)
    return both, f"{copy.name}.zip"


def row(check: verdict.Check | explicit.Check) -> Row:
    """A check with its figures in words; that there is no label is no breach by itself."""
    if check.ok:
        state = "holds"
    elif check.ok is None:
        state = "unknown"
    elif check.id in _PRESENT:
        state = "missing"
    else:
        state = "breach" if check.kind == "standard" else "deviates"
    if isinstance(check, verdict.Check):
        return Row(check, state)
    return Row(check, state, figure(check.measured, check.unit), figure(check.required, check.unit))


def figure(value: float | None, unit: str) -> str:
    """A measured figure, as precise as it was measured."""
    if value is None:
        return ""
    known = {
        "of the shortest side": f"{value:.1%}",
        ":1": f"{value:.1f} : 1",
        "px": f"{value:.0f} px",
        "s": f"{value:.1f} s",
    }
    return known.get(unit, f"{value:.4g} {unit}".rstrip())


def copies(now: datetime, days: int = 183) -> list[Record]:
    """The newest releases without the explicit label."""
    rows = Record.objects.filter(endpoint=COPY, at__gte=now - timedelta(days=days)).defer("body")
    return list(rows.order_by("-at")[:50])


def _look(path: Path, target: Path) -> tuple[Seen | None, GuijuError | None, str]:
    try:
        seen = explicit.check(path, picture=target)
    except GuijuError:
        try:
            seen = explicit.check(path)  # what cannot be drawn may still be looked at
        except GuijuError as error:
            return None, error, ""
    drawn = target.read_bytes() if target.exists() and target.stat().st_size <= _LARGEST_PICTURE else b""
    return seen, None, f"data:image/png;base64,{base64.b64encode(drawn).decode()}" if drawn else ""
