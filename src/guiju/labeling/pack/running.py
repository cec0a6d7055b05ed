"""Putting both labels on one sample and reading both back: every figure in the pack comes from here."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec

from guiju.errors import MarkUnplaceable, MediaUnsupported
from guiju.labeling import explicit, files, verdict
from guiju.labeling.explicit import Mark
from guiju.labeling.implicit import Label

DRAWN = frozenset({"picture", "film", "sound", "pdf"})
"""Kinds of which a picture with the label marked in it can be made."""


class Outcome(msgspec.Struct, frozen=True):
    """One sample with both labels: what was made, what was read back, and where the files are in the pack."""

    name: str
    file: str
    picture: str
    sha256: str
    medium: str
    clause: str
    report: explicit.Report
    placement: str
    label: Label
    implicit: verdict.Report

    @property
    def compliant(self) -> bool:
        """Whether both labels are."""
        return self.report.verdict.value == self.implicit.verdict.value == "compliant"


def run(source: Path, folder: Path, mark: Mark, producer: str, number: str) -> Outcome:
    """Label a copy of ``source`` below ``folder``, and check it.

    Raises:
        GuijuError: it cannot be labelled or read back.
    """
    target = folder / "samples" / source.name
    medium = explicit.medium_of(source)
    fitting = mark if mark.position in medium.positions else msgspec.structs.replace(mark, position="")
    explicit.label(source, target, fitting)
    written = files.write(target, target, Label.first(producer, number))
    picture = folder / "pictures" / f"{source.name}.png"
    report = explicit.check(target, picture=picture if medium.name in DRAWN else None)
    return Outcome(
        source.name, f"samples/{source.name}", f"pictures/{picture.name}" if picture.exists() else "",
        hashlib.sha256(target.read_bytes()).hexdigest(), medium.name, medium.clause, report, written.placement,
        written.label, verdict.verify(target),
    )  # fmt: skip


def usable(source: Path) -> bool:
    """Whether a file is of a kind that takes both labels."""
    try:
        explicit.medium_of(source)
        files.read(source)
    except (MediaUnsupported, MarkUnplaceable):
        return False
    return True
