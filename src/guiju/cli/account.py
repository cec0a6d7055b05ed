"""``guiju account``: how strikes are spread over accounts, and the account policy checked before it is used."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from guiju.accounts import AccountPolicy
from guiju.cli import terminal
from guiju.cli.boot import open_database
from guiju.cli.language import say

app = typer.Typer(no_args_is_help=True, help="Accounts: how strikes are spread, and the policy that weighs them.")

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def check(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="The account policy (YAML).")
    ],
) -> None:
    """Examine an account policy and name every mistake with its line; nothing is put in force.

    Example:

        guiju account check accounts.yaml
    """
    policy = AccountPolicy.load(file.read_text("utf-8"))
    rules = len(policy.rules)
    terminal.line(say(f"规则 {policy.version} 无误：{rules} 条", f"policy {policy.version} is in order: {rules} rules"))


@app.command()
def strikes(
    policy: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="A policy to weigh by; the one in force by default."),
    ] = None,
    days: Annotated[int, typer.Option(min=1, max=366, help="The window, in days.")] = 30,
    as_json: Json = False,
) -> None:
    """Show how many accounts reach the points at which rules of this window act; a new policy is tried before it is used.

    Example:

        guiju account strikes --policy accounts.yaml --days 30
    """
    open_database()
    from django.utils import timezone

    from guiju.store import account_policy
    from guiju.store.strike_figures import spread

    used = AccountPolicy.load(policy.read_text("utf-8")) if policy is not None else account_policy.in_force()
    found = spread(used, timezone.now(), days)
    if as_json:
        marks = [{"rule": rule, "points": mark, "accounts": found.reached(mark)} for rule, mark in found.marks]
        terminal.emit({"days": days, "accounts": found.accounts, "bins": list(found.bins), "rules": marks})
        return
    names = [say("规则", "rule"), say("分值", "points"), say("达到的账号", "accounts that reach it")]
    terminal.table(names, ((rule, mark, found.reached(mark)) for rule, mark in found.marks))
