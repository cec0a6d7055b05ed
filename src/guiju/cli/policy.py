"""``guiju policy``: versions of the policy, a file held to its tests, and what it would have decided."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer
from rich.progress import Progress

from guiju.cli import rules_in_force, terminal
from guiju.cli.boot import open_database, operator
from guiju.cli.language import say

if TYPE_CHECKING:
    from guiju.moderation.policy import Policy
    from guiju.store.models import PolicyVersion

app = typer.Typer(no_args_is_help=True, help="The policy: its versions, its test lines, trials and backtests.")

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Which = Annotated[str, typer.Argument(help="Path of a policy file, or the number of a version.", metavar="FILE|NUMBER")]
Number = Annotated[int, typer.Argument(help="Number of the version.")]


@app.command("list")
def list_(as_json: Json = False) -> None:
    """List every version, newest first, with its state.

    Example:

        guiju policy list --json | jq '.[] | select(.state == "live") | .number'
    """
    open_database()
    from guiju.store.models import PolicyVersion

    rows = [_facts(row) for row in PolicyVersion.objects.all()]
    if as_json:
        terminal.emit(rows)
        return
    columns = [
        say("版本", "version"),
        say("状态", "state"),
        say("比例", "share"),
        say("到期", "until"),
        say("说明", "note"),
    ]
    terminal.table(columns, [[r["number"], r["state"], r["share"], r["expires_at"], r["note"]] for r in rows])


@app.command()
def test(policy: Which, as_json: Json = False) -> None:
    """Hold a policy to its test lines, over the word lists and models in force.

    Example:

        guiju policy test draft.yaml

    Exit status: 0 every line holds; 1 some do not, or one side has none; 2 the file cannot be read or holds mistakes.
    """
    drafted = _policy(policy)
    from guiju.moderation.policy_tests import balanced, unmet

    failed, both = unmet(rules_in_force.checker(rules_in_force.LIVE).under(drafted)), balanced(drafted.tests)
    if as_json:
        terminal.emit(
            {"tests": len(drafted.tests), "balanced": both, "unmet": [msgspec.to_builtins(f) for f in failed]}
        )
    else:
        for one in failed:
            wanted, got = one.test.expected.value, one.action.value
            terminal.line(f"#{one.number}  {wanted} ≠ {got}  {one.risk}  {one.test.text[:60]}")
        total = len(drafted.tests)
        terminal.note(say(f"{total - len(failed)}/{total} 条符合", f"{total - len(failed)} of {total} hold"))
        if not both:
            terminal.note(say("放行与拦截两侧都要有测试语句", "both sides need test lines"), "yellow")
    if failed or not both:
        raise typer.Exit(1)


@app.command()
def backtest(
    policy: Which,
    days: Annotated[int, typer.Option(min=1, help="How many days back.")] = 7,
    service: Annotated[str, typer.Option(help="Only this service.")] = "",
    as_json: Json = False,
) -> None:
    """Judge recorded exchanges again by another policy and show what would have been different. Reads no texts.

    Example:

        guiju policy backtest draft.yaml --days 30
    """
    open_database()
    from django.utils import timezone

    from guiju.store.backtest import backtest as judge_again

    drafted = _policy(policy)
    now = timezone.now()
    with Progress(console=terminal.err, disable=as_json or not terminal.err.is_terminal, transient=True) as bar:
        task = bar.add_task(say("回测", "judging"), total=None)
        found = judge_again(
            drafted,
            now - timedelta(days=days),
            now,
            service,
            lambda done, of: bar.update(task, completed=done, total=of),
        )
    if as_json:
        terminal.emit(msgspec.to_builtins(found) | {"stricter": found.stricter, "milder": found.milder})
        return
    terminal.note(
        say(
            f"{found.exchanges} 次交互,{found.judged} 次有命中;判定 {found.verdicts} 项,不变 {found.same} 项,更严 {found.stricter} 项,更宽 {found.milder} 项。",
            f"{found.exchanges} exchanges, {found.judged} with findings; {found.verdicts} verdicts: {found.same} the same, {found.stricter} stricter, {found.milder} milder.",
        )
    )
    columns = [
        say("方向", "direction"),
        say("原判定", "before"),
        say("新判定", "after"),
        say("数量", "count"),
        say("例", "such as"),
    ]
    terminal.table(columns, [[c.direction, c.before, c.after, c.count, c.samples[0]] for c in found.changes])


@app.command()
def trial(
    number: Number,
    share: Annotated[int, typer.Option(min=0, max=99, help="Per cent of accounts; 0 only compares.")] = 0,
    end: Annotated[bool, typer.Option("--end", help="End the trial.")] = False,
    as_json: Json = False,
) -> None:
    """Let a draft decide beside the live version: in the shadow, where it only counts, or for a share of accounts.

    Example:

        guiju policy trial 5 --share 10
    """
    row = _row(number)
    from guiju.store.services import policies

    row = policies.end_trial(operator(), row) if end else policies.start_trial(operator(), row, share)
    terminal.emit(_facts(row)) if as_json else terminal.line(f"{row.number}  {row.state}  {row.share} %")


@app.command()
def publish(
    number: Number,
    hours: Annotated[
        float | None, typer.Option(min=0.01, help="Come back to the present version after so long.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Put a draft in force for everybody, if its test lines hold.

    Example:

        guiju policy publish 5 --hours 48
    """
    row = _row(number)
    from django.utils import timezone

    from guiju.store.services import policies

    end = None if hours is None else timezone.now() + timedelta(hours=hours)
    row = policies.publish(operator(), row, end)
    terminal.emit(_facts(row)) if as_json else terminal.line(f"{row.number}  {row.state}")


@app.command()
def rollback(as_json: Json = False) -> None:
    """Put the version in force again that was live before the present one; gateways follow within a second.

    Example:

        guiju policy rollback
    """
    open_database()
    from guiju.store.services import policies

    row = policies.rollback(operator())
    terminal.emit(_facts(row)) if as_json else terminal.line(f"{row.number}  {row.state}")


@app.command()
def draft(
    file: Annotated[Path, typer.Argument(help="The policy as YAML.", exists=True, dir_okay=False)],
    note: Annotated[str, typer.Option(help="What it changes and why.")] = "",
    as_json: Json = False,
) -> None:
    """Keep a policy file as the next version, not in force yet.

    Example:

        guiju policy draft ours.yaml --note 收紧引流广告
    """
    open_database()
    from guiju.store.services import policies

    row = policies.create_draft(operator(), file.read_text("utf-8"), note)
    terminal.emit(_facts(row)) if as_json else terminal.line(f"{row.number}  {row.state}")


def _policy(which: str) -> Policy:
    """The policy in a file, or that of a version."""
    if which.isdigit():
        row = _row(int(which))
        from guiju.store import policy_words

        return policy_words.accepted(row.source)
    try:
        return rules_in_force.read(Path(which))
    except (OSError, UnicodeDecodeError) as error:
        raise typer.BadParameter(f"neither the number of a version nor a readable file: {error}") from None


def _row(number: int) -> PolicyVersion:
    open_database()
    from guiju.store.models import PolicyVersion

    row = PolicyVersion.objects.filter(number=number).first()
    if row is None:
        raise typer.BadParameter(say(f"没有第 {number} 版", f"there is no version {number}"))
    return row


def _facts(row: PolicyVersion) -> dict[str, Any]:
    return {
        "number": row.number,
        "state": row.state,
        "share": row.share,
        "note": row.note,
        "created_at": row.created_at.isoformat(),
        "published_at": row.published_at.isoformat() if row.published_at else None,
        "expires_at": row.expires_at.isoformat() if row.expires_at else None,
    }
