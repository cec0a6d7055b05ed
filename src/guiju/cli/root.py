"""The root of the command line: global options and every command under its name."""

from __future__ import annotations

import enum
from typing import Annotated

import typer

from guiju.cli import (
    account,
    complaint,
    evidence,
    incident,
    integration,
    label,
    language,
    law,
    lexicon,
    minors,
    moderation,
    policy,
    rumour,
    serving,
    user,
)
from guiju.cli.check import check
from guiju.cli.doctor.command import doctor
from guiju.cli.version import version

app = typer.Typer(
    name="guiju",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    epilog="Settings: guiju.toml and GUIJU_* variables (docs/settings.md). GUIJU_DEBUG=1 shows tracebacks.",
)


class Lang(enum.StrEnum):
    """Values of ``--lang``."""

    ZH = "zh"
    EN = "en"


@app.callback()
def root(
    lang: Annotated[Lang | None, typer.Option(help="Language of messages; the locale decides by default.")] = None,
) -> None:
    """规矩 Guiju: the compliance system for generative-AI services in China.

    First time here: guiju up. Something wrong: guiju doctor.

    Exit status of every command: 0 in order; 1 examined and not in order; 2 wrong arguments; 3 settings, database, keys
    or network not as they must be; 70 a defect of Guiju.
    """
    language.choose(None if lang is None else lang.value)


app.command()(serving.up)
app.command()(serving.gateway)
app.command()(serving.console)
app.command()(serving.init)
app.command()(check)
app.add_typer(account.app, name="account")
app.add_typer(complaint.app, name="complaint")
app.add_typer(evidence.app, name="evidence")
app.add_typer(law.app, name="law")
app.add_typer(lexicon.app, name="lexicon")
app.add_typer(minors.app, name="minors")
app.add_typer(moderation.app, name="moderation")
app.add_typer(policy.app, name="policy")
app.add_typer(rumour.app, name="rumour")
app.add_typer(label.app, name="label")
app.add_typer(incident.app, name="incident")
app.add_typer(integration.app, name="integration")
app.add_typer(user.app, name="user")
app.command()(doctor)
app.command()(version)
