"""Exit statuses: what a script may rely on."""

from __future__ import annotations

import enum


class Exit(enum.IntEnum):
    """How a command ended."""

    OK = 0
    """Done, and what was examined is in order."""
    FAILED = 1
    """Done, and something is not in order: a text that must not pass, damaged evidence, a failed examination."""
    USAGE = 2
    """Not done: the arguments, or what they name, are wrong."""
    ENVIRONMENT = 3
    """Not done: settings, database, keys, disk or network are not as they must be."""
    DEFECT = 70
    """Not done: Guiju itself is at fault."""
    INTERRUPTED = 130
    """Stopped by Ctrl-C."""
