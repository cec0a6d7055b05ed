"""``guiju complaint``: what waits, and how the declared time limits were kept."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from guiju.china import china_minute
from guiju.cli import terminal
from guiju.cli.boot import open_database
from guiju.cli.language import say

if TYPE_CHECKING:
    from guiju.complaints.kinds import Kind, Topic
    from guiju.store.models import Complaint

app = typer.Typer(
    no_args_is_help=True, help="Complaints, reports, claims and appeals: what waits, and the time limits kept."
)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("list")
def list_(as_json: Json = False) -> None:
    """List what waits for an answer, the nearest end of its time limit first; without words or contacts.

    Example:

        guiju complaint list --json | jq '.[] | select(.late)'
    """
    open_database()
    from django.utils import timezone

    from guiju.store.services import complaints

    now = timezone.now()
    waiting = list(complaints.queue())
    rows = [
        {
            "receipt": row.receipt,
            "kind": row.kind,
            "topic": row.topic,
            "received_at": row.received_at.isoformat(),
            "due_at": row.due_at.isoformat(),
            "late": row.due_at < now,
        }
        for row in waiting
    ]
    if as_json:
        terminal.emit(rows)
        return
    names = [
        say("回执", "receipt"),
        say("类别", "kind"),
        say("收到", "received"),
        say("截止", "due"),
        say("超时", "late"),
    ]
    terminal.table(
        names,
        (
            (row.receipt, _about(row), china_minute(row.received_at), china_minute(row.due_at), row.due_at < now)
            for row in waiting
        ),
    )


def _about(row: Complaint) -> str:
    """What it is about: its kind and topic."""
    kind = _kind(row.kind)
    topic = kind and kind.topic(row.topic)
    return f"{_named(row.kind, kind)} · {_named(row.topic, topic)}"


def _kind(name: str) -> Kind | None:
    from guiju.store.complaint_rules import kinds

    return kinds().kind(name)


def _named(name: str, known: Kind | Topic | None) -> str:
    """A kind or topic as the public page calls it; by its name where the operator's file has it no more."""
    return say(known.zh, known.en) if known else name


@app.command()
def figures(
    days: Annotated[int, typer.Option(min=1, max=3660, help="How many days back complaints were received.")] = 30,
    as_json: Json = False,
) -> None:
    """Show how the declared time limits were kept, kind by kind.

    Example:

        guiju complaint figures --days 92 --json
    """
    open_database()
    from django.utils import timezone

    from guiju.store.complaint_figures import figures as kept

    now = timezone.now()
    found = kept(now - timedelta(days=days), now)
    if as_json:
        terminal.emit(
            [
                {
                    "kind": one.kind,
                    "received": one.received,
                    "in_time": one.in_time,
                    "late": one.late,
                    "waiting": one.waiting,
                    "share": one.share,
                    "median_hours": one.median_hours,
                }
                for one in found
            ]
        )
        return
    names = [
        say("类别", "kind"),
        say("收到", "received"),
        say("按时", "in time"),
        say("超时", "late"),
        say("等待", "waiting"),
    ]
    terminal.table(
        names, ((_named(one.kind, _kind(one.kind)), one.received, one.in_time, one.late, one.waiting) for one in found)
    )
