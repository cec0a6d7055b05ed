"""The command line: ``guiju`` and everything under it. See ``README.md`` in this folder for its parts."""

from __future__ import annotations

from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run ``guiju`` with ``argv`` (the process's arguments when None) and return its exit status."""
    from guiju.cli.faults import guarded
    from guiju.cli.root import app

    return guarded(lambda: app(args=None if argv is None else list(argv), prog_name="guiju"))
