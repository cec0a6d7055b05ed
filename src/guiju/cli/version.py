"""``guiju version``: what is installed."""

from __future__ import annotations

import platform
from typing import Annotated

import typer

import guiju
from guiju.cli import terminal


def version(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Say which Guiju this is, on which Python, with which rules data.

    Example:

        guiju version --json
    """
    from django import get_version

    from guiju.law.book import rules
    from guiju.law.registry import CHECKS

    facts = {
        "guiju": guiju.__version__,
        "python": platform.python_version(),
        "django": get_version(),
        "obligations": len(rules().obligations),
        "checks": len(CHECKS),
    }
    if as_json:
        terminal.emit(facts)
    else:
        terminal.line("  ".join(f"{name} {value}" for name, value in facts.items()))
