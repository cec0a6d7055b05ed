"""The database: reachable, of a supported version, up to date."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from guiju.cli import boot
from guiju.cli.doctor.examination import Health, Observation, Patient, caught, examination, ill, well
from guiju.errors import DatabaseNotMigrated
from guiju.settings import Database

OLDEST_POSTGRES = 14


@examination("database")
def database(patient: Patient) -> Iterator[Observation]:
    """Whether Django starts, the database answers, and its schema is the one of this version."""
    where = Database.parse(patient.settings.database_url, patient.settings.home)
    if where.engine == "sqlite" and not Path(where.name).exists():
        yield ill(
            "database", f"SQLite 文件 {where.name} 还不存在", f"SQLite file {where.name} does not exist yet",
            "运行 `guiju up` 或 `guiju init`。", "Run `guiju up` or `guiju init`.", health=Health.WARN,
        )  # fmt: skip
        return
    boot.start()
    pending = boot.pending_migrations()
    if pending:
        yield caught("database", DatabaseNotMigrated(pending=pending))
        return
    patient.database = True
    yield _version(where)


def _version(where: Database) -> Observation:
    from django.db import connection

    if where.engine == "sqlite":
        import sqlite3

        with connection.cursor() as cursor:
            cursor.execute("PRAGMA journal_mode")
            mode = cursor.fetchone()[0]
        size = Path(where.name).stat().st_size
        told = f"SQLite {sqlite3.sqlite_version}, {mode}, {size / 1024**2:.1f} MiB, {where.name}"
        return well("database", told, told, engine="sqlite", version=sqlite3.sqlite_version, bytes=size)
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        version = str(cursor.fetchone()[0])
    told = f"PostgreSQL {version}, {where.host or 'localhost'}/{where.name}"
    if int(version.split(".")[0].split()[0]) < OLDEST_POSTGRES:
        return ill(
            "database", f"{told} 过旧", f"{told} is too old", f"升级到 PostgreSQL {OLDEST_POSTGRES} 或更新版本。",
            f"Upgrade to PostgreSQL {OLDEST_POSTGRES} or newer.", health=Health.WARN,
        )  # fmt: skip
    return well("database", told, told, engine="postgresql", version=version)


@examination("administrators", needs=lambda patient: patient.database)
def administrators(patient: Patient) -> Iterator[Observation]:
    """Somebody can administer, and somebody else reads the audit log (三员分离)."""
    from guiju.store.models import Role, User

    active = User.objects.filter(is_active=True)
    if not active.filter(role=Role.SYSTEM_ADMIN).exists():
        yield ill(
            "administrators", "没有在用的系统管理员", "no active system administrator", "运行 `guiju init` 或 `guiju user create`。",
            "Run `guiju init` or `guiju user create`.",
        )  # fmt: skip
    elif not active.filter(role=Role.AUDITOR).exists():
        yield ill(
            "administrators", "没有审计员:无人查看审计日志", "no auditor: nobody reads the audit log",
            "运行 `guiju user create NAME --role auditor`。", "Run `guiju user create NAME --role auditor`.", health=Health.WARN,
        )  # fmt: skip
    else:
        count = active.count()
        yield well(
            "administrators", f"{count} 名在用用户,职责分离", f"{count} active users, duties separated", users=count
        )
