"""Real files of others, where a machine has them: in the folder ``GUIJU_SHARED_DATA``, or ``shared/data`` beside the project."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]


def real(name: str) -> Path:
    """The file ``media/NAME``; the test is skipped where there is none."""
    folder = Path(os.environ.get("GUIJU_SHARED_DATA") or _ROOT.parent / "shared" / "data")
    path = folder / "media" / name
    if not path.exists():
        pytest.skip(f"{name} is not on this machine (GUIJU_SHARED_DATA)")
    return path
