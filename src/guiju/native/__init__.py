"""The fast half of the hot paths, in C, where it could be built; see README.md."""

from __future__ import annotations

import os
from types import ModuleType

_OFF = "GUIJU_NATIVE"


def _load() -> tuple[ModuleType | None, str]:
    if os.environ.get(_OFF, "").lower() in ("0", "off", "no"):
        return None, f"switched off by {_OFF}"
    try:
        from guiju.native import _native
    except ImportError as problem:
        return None, str(problem)
    return _native, ""


module, why_not = _load()
"""The compiled module, or ``None`` and why there is none. Rooms that use it have the same in Python beside it."""
