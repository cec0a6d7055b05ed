"""The fast half of the hot paths, in C, where it could be built; see README.md."""

from __future__ import annotations

import os

why_not = ""
"""Why there is no compiled module; empty where there is one."""

try:
    if os.environ.get("GUIJU_NATIVE", "").lower() in ("0", "off", "no"):
        raise ImportError("switched off by GUIJU_NATIVE")
    from guiju.native import _native as module
except ImportError as problem:
    module = None  # type: ignore[assignment]
    why_not = str(problem)

# ``module`` is the compiled module, or None: rooms that use it have the same in Python beside it.
