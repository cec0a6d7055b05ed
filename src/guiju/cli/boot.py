"""Starting Django, and refusing to go on with a database that is missing, unreachable or out of date."""

from __future__ import annotations

import getpass
import os
from pathlib import Path
from typing import TYPE_CHECKING

from guiju.cli.language import current
from guiju.errors import DatabaseNotMigrated, DatabaseUnreachable, DriverMissing, GuijuError, HomeUnwritable

if TYPE_CHECKING:
    from guiju.settings import Settings
    from guiju.store.actor import Actor


def start() -> Settings:
    """Read the settings and set Django up; the database is not touched yet.

    Raises:
        SettingsInvalid, KeyFileInvalid, HomeUnwritable, DriverMissing.
    """
    os.environ["DJANGO_SETTINGS_MODULE"] = "guiju.django_settings"
    import django
    from django.core.exceptions import ImproperlyConfigured
    from django.utils import translation

    from guiju.settings import load

    settings = load()
    try:
        django.setup()
    except ImproperlyConfigured as error:
        if "psycopg" in str(error):
            raise DriverMissing from None
        raise
    except OSError as error:
        raise HomeUnwritable(path=settings.home, problem=error.strerror or type(error).__name__) from None
    translation.activate("zh-hans" if current() == "zh" else "en")
    return settings


def open_database() -> Settings:
    """Start, and make sure that the database is there and up to date.

    Raises:
        DatabaseUnreachable, DatabaseNotMigrated; what :func:`start` raises.
    """
    settings = start()
    if count := all_migrations() if _absent() else pending_migrations():
        raise DatabaseNotMigrated(pending=count)
    return settings


def _absent() -> bool:
    """Whether the embedded database is not there yet; connecting would create an empty file."""
    from django.db import connection

    return connection.vendor == "sqlite" and not Path(connection.settings_dict["NAME"]).exists()


def all_migrations() -> int:
    """How many migrations there are."""
    from django.db.migrations.loader import MigrationLoader

    return len(MigrationLoader(None).graph.nodes)


def pending_migrations() -> int:
    """How many migrations the database lacks.

    Raises:
        DatabaseUnreachable.
    """
    from django.db import DatabaseError, connection
    from django.db.migrations.executor import MigrationExecutor

    try:
        executor = MigrationExecutor(connection)
        return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except DatabaseError as error:
        raise unreachable(error) from None


def operator() -> Actor:
    """The actor commands act as: the system, under the name of the person at the terminal."""
    from guiju.store.actor import Actor

    try:
        person = getpass.getuser()
    except (KeyError, OSError):  # a user id without a name, as in containers
        person = str(os.getuid())
    return Actor.system(f"cli:{person}"[:150])


def of_environment(error: Exception) -> GuijuError | None:
    """The error of the tree that stands for ``error`` where that is a fault of the database or the disk, else None."""
    from django.db import DatabaseError

    if isinstance(error, DatabaseError):
        return unreachable(error)
    if isinstance(error, OSError) and error.filename is not None:
        return HomeUnwritable(path=error.filename, problem=error.strerror or type(error).__name__)
    return None


def unreachable(error: Exception) -> DatabaseUnreachable:
    """``error`` of the database in one line. Drivers name host, user and database in it, never the password."""
    first = str(error).strip().splitlines() or [type(error).__name__]
    return DatabaseUnreachable(problem=first[0])
