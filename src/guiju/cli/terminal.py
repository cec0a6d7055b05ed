"""Printing: tables for people, JSON for programs, notes on standard error so that pipes stay clean."""

from __future__ import annotations

import contextlib
import datetime
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec
from rich.console import Console
from rich.markup import escape
from rich.table import Table

out = Console(highlight=False, soft_wrap=True)
FILE_WIDTH = 160
"""Columns of a table that goes into a file or a pipe, where nobody said how wide it may be."""

_NOTHING: tuple[object, ...] = (None, "", (), [], {})

err = Console(stderr=True, highlight=False, soft_wrap=True)


def prepare() -> None:
    """Let no character of any text break printing on a terminal that cannot show it."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            with contextlib.suppress(ValueError, OSError):
                stream.reconfigure(errors="backslashreplace")


def emit(value: object) -> None:
    """Print ``value`` as indented JSON. Structs, dates and enumerations are understood."""
    print(json.dumps(msgspec.to_builtins(value, str_keys=True), ensure_ascii=False, indent=2))


def line(text: str = "") -> None:
    """Print one line as it is: never wrapped, never coloured, so that it can be copied."""
    print(text, flush=True)


def note(text: str, style: str = "") -> None:
    """Tell the person something that is not the command's output."""
    err.print(escape(text), style=style or None)


@contextlib.contextmanager
def working(on: str) -> Iterator[None]:
    """Show how far long work on one file is, where a person looks on; nothing of it stays on the screen."""
    if not err.is_terminal:
        yield
        return
    from rich.progress import Progress  # slow to import, and few commands work for long

    from guiju.media.waiting import waited_for

    with Progress(console=err, transient=True) as progress:
        bar = progress.add_task(escape(on), total=None)

        def show(share: float | None) -> None:
            if share is not None:
                progress.update(bar, total=1.0, completed=share)

        with waited_for(show):
            yield


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], title: str = "") -> None:
    """Print a table; an empty one is told by its title alone."""
    drawn = Table(
        *columns, title=escape(title) or None, title_justify="left", box=None, pad_edge=False, header_style="bold"
    )
    for column in drawn.columns:
        column.overflow = "fold"  # a long number is shown whole, not cut
    for row in rows:
        drawn.add_row(*(escape(shown(cell)) for cell in row))
    width = None if sys.stdout.isatty() else FILE_WIDTH
    Console(highlight=False, width=width).print(drawn)


def shown(value: object) -> str:
    """A cell: dates in local time to the minute, nothing for None; of what has parts, those that say something."""
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {shown(part)}" for name, part in value.items() if part not in _NOTHING)
    if isinstance(value, list | tuple):
        return "; ".join(map(shown, value))
    if isinstance(value, datetime.datetime):
        return value.astimezone().strftime("%Y-%m-%d %H:%M")
    if isinstance(value, bool):
        return "✓" if value else "–"
    return str(value)
