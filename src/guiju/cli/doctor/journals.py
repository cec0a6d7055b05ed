"""The journals of records beside an SQLite database: those put aside for people to look at, and those that still wait."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from guiju.cli.doctor.examination import Health, Observation, Patient, examination, ill, well
from guiju.errors import SettingsInvalid
from guiju.settings import Database
from guiju.store.journal import frames
from guiju.store.journal.file import SUFFIX, alone, folder_of

_ASIDE = (".damaged", ".foreign", ".kept")


@dataclass(frozen=True)
class Found:
    """One journal: whose chain it says it is, and how many of its records can be read (stored ones may be among them)."""

    path: Path
    chain: str
    records: int


@examination("journals", needs=lambda patient: _folder(patient) is not None)
def journals(patient: Patient) -> Iterator[Observation]:
    """No journal lies damaged, foreign or kept beside the database, and none that a writer left waits to be stored."""
    folder = _folder(patient)
    assert folder is not None, "this examination needs it"
    try:
        writing, told = _seen(folder) if folder.exists() else (0, [])
    except OSError as error:
        yield ill(
            "journals", f"无法读取 {folder}:{error.strerror}", f"{folder} cannot be read: {error.strerror}",
            "以运行网关的用户执行,或修正目录权限。", "Run as the gateway's user, or set the folder's permissions right.",
        )  # fmt: skip
        return
    yield from told
    if not told:
        yield well(
            "journals", f"没有遗留的证据日志({writing} 个正在写入)",
            f"no evidence journal was left behind ({writing} being written)", writing=writing,
        )  # fmt: skip


def _folder(patient: Patient) -> Path | None:
    """Where they are; None with PostgreSQL, which needs none, and with an address that names no database."""
    try:
        where = Database.parse(patient.settings.database_url, patient.settings.home)
    except SettingsInvalid:  # the database's own examination says so
        return None
    return folder_of(where.name) if where.engine == "sqlite" else None


def _seen(folder: Path) -> tuple[int, list[Observation]]:
    """How many journals are being written, and what is to be said of the others."""
    with alone(folder):  # nobody makes one between the two looks at it
        paths = sorted(folder.iterdir())
        living = [path for path in paths if path.suffix == SUFFIX and _has_a_writer(path)]
        told = [_aside(_found(path)) for path in paths if path.suffix in _ASIDE]
        told += [_waits(_found(path)) for path in paths if path.suffix == SUFFIX and path not in living]
    return len(living), told


def _has_a_writer(path: Path) -> bool:
    """Whether a living process holds it: a journal without a lock is a dead writer's."""
    opened = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(opened, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(opened)
    return False


def _found(path: Path) -> Found:
    data = path.read_bytes()
    about = frames.header(data)
    return Found(path, about.chain if about else "?", len({row.id for row in frames.rows(data)}))


def _aside(one: Found) -> Observation:
    """What each kind put aside means; the words of GJ-2180, GJ-2181 and GJ-2183 have the rest."""
    told = f"{one.path}({one.records} 条记录)", f"{one.path} ({one.records} records)"
    facts: dict[str, Any] = {"file": str(one.path), "chain": one.chain, "records": one.records}
    if one.path.suffix == ".damaged":
        return ill(
            "journals", f"损坏的证据日志 {told[0]},可读的记录已入库", f"damaged evidence journal {told[1]}; what can be read is in the database",
            f"检查磁盘,运行 `guiju evidence verify` 查看链 {one.chain},将该文件随报告存档后移出此目录(GJ-2180)。",
            f"Check the disk, see chain {one.chain} with `guiju evidence verify`, file the journal with that report and move it away (GJ-2180).",
            **facts,
        )  # fmt: skip
    if one.path.suffix == ".foreign":
        return ill(
            "journals", f"此数据库没有链 {one.chain},其证据日志为 {told[0]}", f"evidence journal of chain {one.chain}, which this database does not have: {told[1]}",
            "数据库可能由备份恢复:将该文件与备份之后丢失的数据一并存档,再移出此目录(GJ-2181)。",
            "The database was probably restored from a backup: file the journal with what else was lost, then move it away (GJ-2181).",
            **facts,
        )  # fmt: skip
    return ill(
        "journals", f"因数据库拒绝其中的记录而保留的证据日志 {told[0]}", f"evidence journal kept because the database refused a record of it: {told[1]}",
        "保存该文件,查看网关日志中的 GJ-2183 并报告,再移出此目录。",
        "Save the file, find GJ-2183 in the gateway's log and report it, then move the file away.", **facts,
    )  # fmt: skip


def _waits(one: Found) -> Observation:
    return ill(
        "journals", f"证据日志 {one.path} 的写入进程已不在,{one.records} 条记录待入库",
        f"the writer of the evidence journal {one.path} is gone; {one.records} records wait to be stored",
        "数据库可用后任何 guiju 命令都会写入;若它一直在,请查看日志中的 GJ-2182。切勿删除。",
        "Any guiju command stores them once the database can be used; if it stays, find GJ-2182 in the log. Never delete it.",
        health=Health.WARN, file=str(one.path), chain=one.chain, records=one.records,
    )  # fmt: skip
