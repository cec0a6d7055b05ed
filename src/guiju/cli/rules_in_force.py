"""Which word lists, patterns and policy ``guiju check`` uses."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from guiju.cli import terminal
from guiju.cli.language import say
from guiju.errors import DatabaseNotMigrated, DatabaseUnreachable, DriverMissing

if TYPE_CHECKING:
    from guiju.moderation.checker import Checker

LIVE = "live"
SHIPPED = "shipped"

BUDGET_MS = 60_000.0
"""Nobody waits on the other side: a long file gets the time it needs."""


def checker(policy: str) -> Checker:
    """The checker for ``live``, ``shipped`` or the path of a policy file (over the live word lists).

    Without a database, ``live`` is ``shipped``; with one that cannot be used it is too, and that is said.

    Raises:
        PolicySourceError: the file holds mistakes.
    """
    if policy == SHIPPED:
        return _shipped()
    live = _live()
    if policy == LIVE:
        return live or _shipped()
    try:
        source = Path(policy).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise typer.BadParameter(f"neither live, shipped nor a readable file: {error}", param_hint="--policy") from None
    from guiju.moderation import policy_source
    from guiju.moderation.checker import Checker

    drafted = policy_source.load(source, Path(policy).name)
    return Checker.build((live or _shipped()).lexicon, drafted, budget_ms=BUDGET_MS)


def _shipped() -> Checker:
    from guiju.moderation import policy_source, starter
    from guiju.moderation.checker import Checker

    return Checker.build(starter.lexicon(), policy_source.default(), budget_ms=BUDGET_MS)


def _live() -> Checker | None:
    from guiju.settings import Database, load

    settings = load()
    where = Database.parse(settings.database_url, settings.home)
    if where.engine == "sqlite" and not os.path.exists(where.name):
        return None
    from guiju.cli.boot import open_database

    try:
        open_database()
        from guiju.store.snapshot_loader import SnapshotLoader

        return SnapshotLoader(BUDGET_MS).load().checker
    except (DatabaseUnreachable, DatabaseNotMigrated, DriverMissing) as error:
        terminal.note(
            say(
                f"数据库不可用({error.code}),改用随附的词表和策略。",
                f"The database cannot be used ({error.code}); the shipped word lists and policy are used instead.",
            ),
            "yellow",
        )
        return None
