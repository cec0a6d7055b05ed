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
    from guiju.moderation.policy import Policy

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
        drafted = read(Path(policy))
    except (OSError, UnicodeDecodeError) as error:
        raise typer.BadParameter(f"neither live, shipped nor a readable file: {error}", param_hint="--policy") from None
    from guiju.moderation.checker import Checker

    return Checker.build((live or _shipped()).lexicon, drafted, budget_ms=BUDGET_MS)


def read(path: Path) -> Policy:
    """The policy in a file, held to the words of this installation; without a database to those that ship.

    Raises:
        PolicySourceError: the file holds mistakes. OSError, UnicodeDecodeError: it cannot be read.
    """
    source = path.read_text("utf-8")
    from guiju.moderation import policy_source

    if not _opened():
        return policy_source.load(source, path.name)
    from guiju.store import policy_words

    return policy_words.read(source, path.name)


def _shipped() -> Checker:
    from guiju.moderation import policy_source, starter
    from guiju.moderation.checker import Checker

    return Checker.build(starter.lexicon(), policy_source.default(), budget_ms=BUDGET_MS)


def _live() -> Checker | None:
    if not _opened():
        return None
    from guiju.store.snapshot_loader import SnapshotLoader

    return SnapshotLoader(BUDGET_MS).load().checker


def _opened() -> bool:
    """Whether there is a database; one that cannot be used is told of, and counts as none."""
    from guiju.settings import Database, load

    settings = load()
    where = Database.parse(settings.database_url, settings.home)
    if where.engine == "sqlite" and not os.path.exists(where.name):
        return False
    from guiju.cli.boot import open_database

    try:
        open_database()
    except (DatabaseUnreachable, DatabaseNotMigrated, DriverMissing) as error:
        terminal.note(
            say(
                f"数据库不可用({error.code}),改用随附的词表和策略。",
                f"The database cannot be used ({error.code}); the shipped word lists and policy are used instead.",
            ),
            "yellow",
        )
        return False
    return True
