"""``guiju rumour``: the register of refuted claims."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from guiju.cli import terminal
from guiju.cli.boot import open_database, operator
from guiju.cli.exits import Exit
from guiju.cli.language import say

if TYPE_CHECKING:
    from guiju.store.models import RefutedClaim

app = typer.Typer(
    no_args_is_help=True, help="The register of refuted claims: entries, import and export, trying a text."
)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Number = Annotated[int, typer.Argument(help="Number of the entry.")]
_DAY: dict[str, Any] = {"formats": ["%Y-%m-%d"], "metavar": "YYYY-MM-DD"}
Refuted = Annotated[datetime | None, typer.Option(help="When it was refuted.", **_DAY)]
Claimed = Annotated[datetime | None, typer.Option(help="When it was said.", **_DAY)]
Expires = Annotated[datetime | None, typer.Option(help="The last day it counts.", **_DAY)]


@app.command("list")
def list_(
    everything: Annotated[bool, typer.Option("--all", help="Also those that have expired.")] = False,
    as_json: Json = False,
) -> None:
    """List the entries that count today.

    Example:

        guiju rumour list --json | jq '.[].claim'
    """
    open_database()
    from guiju.store.models import RefutedClaim
    from guiju.store.refuted_claims import in_force, today

    rows = RefutedClaim.objects.order_by("pk") if everything else in_force(today())
    facts = [_facts(row) for row in rows]
    if as_json:
        terminal.emit(facts)
        return
    columns = [
        say("编号", "number"),
        say("说法", "claim"),
        say("来源", "source"),
        say("辟谣日期", "refuted"),
        say("至", "until"),
    ]
    terminal.table(columns, [[f["id"], f["claim"], f["source"], f["refuted"], f["expires"]] for f in facts])


@app.command()
def add(
    claim: Annotated[str, typer.Argument(help="What is said.")],
    refutation: Annotated[str, typer.Option(help="What holds instead.")],
    source: Annotated[str, typer.Option(help="Who refutes it, and where.")],
    refuted: Refuted = None,
    claimed: Claimed = None,
    expires: Expires = None,
    note: Annotated[str, typer.Option(help="Why, for the audit log.")] = "",
    as_json: Json = False,
) -> None:
    """Enter a refuted claim; gateways follow within a second.

    Example:

        guiju rumour add 自来水里投放了镇静剂 --refutation 水质按国家标准检测 --source 某市水务局 --refuted 2026-11-20
    """
    open_database()
    from guiju.store.services import rumours

    dates = {"claimed": _day(claimed), "refuted": _day(refuted), "expires": _day(expires)}
    row = rumours.add(operator(), claim, refutation, source, note=note, **dates)
    terminal.emit(_facts(row)) if as_json else terminal.line(f"{row.pk}  {row.claim}")


@app.command()
def edit(
    number: Number,
    claim: Annotated[str | None, typer.Option(help="What is said.")] = None,
    refutation: Annotated[str | None, typer.Option(help="What holds instead.")] = None,
    source: Annotated[str | None, typer.Option(help="Who refutes it, and where.")] = None,
    refuted: Refuted = None,
    claimed: Claimed = None,
    expires: Expires = None,
    as_json: Json = False,
) -> None:
    """Change an entry; what is not given stays.

    Example:

        guiju rumour edit 12 --expires 2027-06-30
    """
    row = _row(number)
    from guiju.store.services import rumours

    given = {"claim": claim, "refutation": refutation, "source": source}
    dates = {"claimed": _day(claimed), "refuted": _day(refuted), "expires": _day(expires)}
    row = rumours.edit(operator(), row, **{name: v for name, v in {**given, **dates}.items() if v is not None})
    terminal.emit(_facts(row)) if as_json else terminal.line(f"{row.pk}  {row.claim}")


@app.command()
def expire(
    number: Number,
    reason: Annotated[str, typer.Option(help="Why, for the audit log.")],
    as_json: Json = False,
) -> None:
    """Let an entry count no longer; it stays in the register.

    Example:

        guiju rumour expire 12 --reason 事件已过去
    """
    row = _row(number)
    from guiju.store.refuted_claims import today
    from guiju.store.services import rumours

    row = rumours.expire(operator(), row, reason, today())
    terminal.emit(_facts(row)) if as_json else terminal.line(f"{row.pk}  {row.expires}")


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A .csv or .json file.")],
    as_json: Json = False,
) -> None:
    """Read a file into the register: known claims take its refutation, source and dates, others are added.

    Example:

        guiju rumour import refuted.csv
    """
    from guiju.moderation import rumour_file

    entries = rumour_file.read(file.name, file.read_bytes())
    open_database()
    from guiju.store.services import rumours

    done = rumours.import_(operator(), entries)
    if as_json:
        terminal.emit(msgspec.to_builtins(done))
        return
    terminal.line(
        say(
            f"新增 {done.added} 条,更改 {done.changed} 条,未变 {done.same} 条",
            f"{done.added} added, {done.changed} changed, {done.same} as before",
        )
    )


@app.command()
def export(
    out: Annotated[Path, typer.Option("--out", "-o", help="Where to write: .csv or .json.")],
    everything: Annotated[bool, typer.Option("--all", help="Also those that have expired.")] = False,
) -> None:
    """Write the register into a file that `guiju rumour import` reads.

    Example:

        guiju rumour export --out refuted.csv
    """
    open_database()
    from guiju.moderation import rumour_file
    from guiju.store.models import RefutedClaim
    from guiju.store.refuted_claims import as_value, in_force, today

    rows = RefutedClaim.objects.order_by("pk") if everything else in_force(today())
    entries = [as_value(row) for row in rows]
    data = rumour_file.write(out.name, entries)
    try:
        out.write_bytes(data)
    except OSError as error:
        raise typer.BadParameter(f"cannot write {out}: {error.strerror}", param_hint="--out") from None
    terminal.note(say(f"已写出 {len(entries)} 条:{out}", f"{len(entries)} entries written to {out}"))


@app.command("try")
def try_(text: Annotated[str, typer.Argument(help="The text.")], as_json: Json = False) -> None:
    """Show which claims of the register a text repeats, and how like they are.

    Example:

        guiju rumour try '听说自来水里放了镇静剂'

    Exit status: 0 none; 1 at least one.
    """
    open_database()
    from guiju.store.refuted_claims import repeated

    found = repeated(text)
    if as_json:
        terminal.emit([{"id": each.entry.id, "claim": each.entry.claim, "score": each.score} for each in found])
    else:
        columns = [
            say("编号", "number"),
            say("相近度", "likeness"),
            say("说法", "claim"),
            say("实情", "refutation"),
            say("来源", "source"),
        ]
        terminal.table(
            columns, [[e.entry.id, f"{e.score:.2f}", e.entry.claim, e.entry.refutation, e.entry.source] for e in found]
        )
    raise typer.Exit(Exit.FAILED if found else Exit.OK)


def _row(number: int) -> RefutedClaim:
    open_database()
    from guiju.store.models import RefutedClaim
    from guiju.store.validation import find

    return find(RefutedClaim, number)


def _day(given: datetime | None) -> date | None:
    return given.date() if given is not None else None


def _facts(row: RefutedClaim) -> dict[str, Any]:
    from guiju.store.refuted_claims import as_value

    return msgspec.structs.asdict(as_value(row)) | {"shipped": row.shipped}
