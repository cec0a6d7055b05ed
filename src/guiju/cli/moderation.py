"""``guiju moderation``: text models made from decided cases, compared with the live one, promoted, taken back."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from guiju.cli import terminal
from guiju.cli.boot import open_database, operator
from guiju.cli.language import say

if TYPE_CHECKING:
    from guiju.store.models import ModelCandidate

app = typer.Typer(
    no_args_is_help=True, help="Text models from decided cases: retrain, compare, promote, rollback, training set."
)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Name = Annotated[str, typer.Argument(help="Name of the candidate.")]
Reason = Annotated[str, typer.Option(help="Why, for the audit log.")]


@app.command()
def retrain(as_json: Json = False) -> None:
    """Make a candidate from the shipped model and the decided cases, and compare it with the live model.

    The shipped weights stay but for their last layer, so that it takes seconds on any machine. Cases of minors and of
    companion services are left out; a quarter of the texts is held out and measured on. Nothing goes live.

    Example:

        guiju moderation retrain

    Exit status: 0 made; 1 too few decided cases; 3 the database is not in order.
    """
    open_database()
    from guiju.store.services import candidates

    _show(candidates.retrain(operator(), datetime.now(UTC)), as_json)


@app.command()
def compare(name: Name, as_json: Json = False) -> None:
    """Compare a candidate with the model that is live now, over the cases decided by now.

    Example:

        guiju moderation compare 20261122-201500-a1b2

    Exit status: 0 compared; 1 its files are not as they were; 2 no such candidate; 3 the database is not in order.
    """
    open_database()
    from guiju.store.services import candidates

    _show(candidates.compare(operator(), _find(name), datetime.now(UTC)), as_json)


@app.command("list")
def list_(as_json: Json = False) -> None:
    """List the models made here, the newest first, with what their comparison said.

    Example:

        guiju moderation list

    Exit status: 0; 3 the database is not in order.
    """
    open_database()
    from guiju.store.models import ModelCandidate

    rows = list(ModelCandidate.objects.all())
    if as_json:
        terminal.emit([_plain(row) for row in rows])
        return
    head = [say("名称", "name"), say("状态", "state"), say("学习的案件", "cases learnt"), say("做出时间", "made")]
    terminal.table(head, [(row.name, row.state, row.examples, f"{row.made_at:%Y-%m-%d %H:%M}") for row in rows])
    if not any(row.state == ModelCandidate.State.LIVE for row in rows):
        terminal.note(say("当前使用随附模型。", "The shipped model is live."))


@app.command()
def promote(name: Name, reason: Reason) -> None:
    """Put a candidate live; gateways follow within a second. It must have been compared with what is live now.

    Example:

        guiju moderation promote 20261122-201500-a1b2 --reason 误报减少,召回不变

    Exit status: 0 live; 1 refused (compared with another model, or its files changed); 2 no such candidate; 3 the database
    is not in order.
    """
    open_database()
    from guiju.store.services import candidates

    row = candidates.promote(operator(), _find(name), reason, datetime.now(UTC))
    terminal.line(say(f"{row.name} 已上线", f"{row.name} is live"))


@app.command()
def rollback(reason: Reason) -> None:
    """Put live again what was live before: an earlier candidate, or the shipped model.

    Example:

        guiju moderation rollback --reason 误报增多

    Exit status: 0 done; 1 the shipped model is live already; 3 the database is not in order.
    """
    open_database()
    from guiju.store.services import candidates

    row = candidates.rollback(operator(), reason, datetime.now(UTC))
    back = row.name if row is not None else say("随附模型", "the shipped model")
    terminal.line(say(f"已回到 {back}", f"back to {back}"))


@app.command("training-set")
def training_set(
    out: Annotated[Path, typer.Option("--out", "-o", dir_okay=False, help="Where to write JSON lines.")],
) -> None:
    """Write the decided cases as JSON lines, personal information masked; the export stands in the audit log.

    Example:

        guiju moderation training-set --out cases.jsonl

    Exit status: 0 written; 2 the file cannot be written; 3 the database is not in order.
    """
    open_database()
    from guiju.store.services import candidates

    try:
        done = candidates.export_training_set(operator(), out)
    except OSError as error:
        raise typer.BadParameter(f"cannot write {out}: {error.strerror}", param_hint="--out") from None
    terminal.line(say(f"已写出 {done.texts} 条:{out}", f"{done.texts} texts written to {out}"))
    for reason, count in done.left_out.items():
        terminal.note(say(f"未计入({reason}):{count}", f"left out ({reason}): {count}"))


def _find(name: str) -> ModelCandidate:
    from guiju.store.models import ModelCandidate

    row = ModelCandidate.objects.filter(pk=name).first()
    if row is None:
        raise typer.BadParameter(f"no candidate {name}; see guiju moderation list", param_hint="NAME")
    return row


def _plain(row: ModelCandidate) -> dict[str, Any]:
    return {
        "name": row.name,
        "state": row.state,
        "base": row.base,
        "examples": row.examples,
        "made_at": row.made_at,
        "compared_with": row.compared_with or "shipped",
        "report": row.report,
    }


def _show(row: ModelCandidate, as_json: bool) -> None:
    if as_json:
        terminal.emit(_plain(row))
        return
    live = row.compared_with or say("随附模型", "shipped")
    terminal.line(
        say(
            f"候选模型 {row.name}:学习 {row.examples} 件,与 {live} 比较",
            f"Candidate {row.name}: {row.examples} cases learnt, compared with {live}",
        )
    )
    ways = {"all_checks": say("全部检测", "all checks"), "models_alone": say("仅模型", "models alone")}
    sets = {"cases": say("留出案件", "held-out cases"), "lines": say("随附语料", "shipped lines")}
    rows = [
        (ways[way], sets[one["set"]], side, _share(one[side]["recall"]), _share(one[side]["false_alarms"]))
        for way in ways
        for one in row.report[way]
        for side in ("live", "candidate")
    ]
    head = [say("方式", "by"), say("数据", "over"), say("模型", "model"), say("召回", "recall")]
    terminal.table([*head, say("误报", "false alarms")], rows)
    for way in ways:
        for one in row.report[way]:
            better, worse = one["better"], one["worse"]
            what = f"{ways[way]} · {sets[one['set']]}"
            terminal.line(say(f"{what}:改对 {better},改错 {worse}", f"{what}: {better} better, {worse} worse"))
    terminal.note(
        say("尚未上线;读过后运行 guiju moderation promote", "Not live; read this, then guiju moderation promote")
    )


def _share(found: dict[str, Any]) -> str:
    if found["value"] is None:
        return "—"
    low, high = 100 * found["low"], 100 * found["high"]
    return f"{100 * found['value']:.1f} % ({low:.1f}–{high:.1f}; {found['hits']}/{found['of']})"
