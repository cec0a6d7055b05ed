"""What the commands under ``guiju label`` print as JSON, in the language of the terminal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from guiju.cli.language import current
from guiju.labeling import credentials, shapes
from guiju.labeling.files import FileReading
from guiju.labeling.shapes import written
from guiju.labeling.verdict import Report

__all__ = ["reading", "report", "written"]


def reading(read: FileReading, path: Path) -> dict[str, Any]:
    """``label read`` of the file at ``path``. Its manifest is verified where the extra ``c2pa`` is installed."""
    told = shapes.reading(read)
    if read.c2pa is not None:
        verified = credentials.examine(path) if credentials.available() else None
        told["c2pa"] = {**msgspec.structs.asdict(read.c2pa), "verified": verified}
    return told


def report(judged: Report) -> dict[str, Any]:
    """``label verify``."""
    return shapes.report(judged, current())
