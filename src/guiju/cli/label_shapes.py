"""What the commands under ``guiju label`` print as JSON, in the language of the terminal."""

from __future__ import annotations

from typing import Any

from guiju.cli.language import current
from guiju.labeling import shapes
from guiju.labeling.shapes import reading, written
from guiju.labeling.verdict import Report

__all__ = ["reading", "report", "written"]


def report(judged: Report) -> dict[str, Any]:
    """``label verify``."""
    return shapes.report(judged, current())
