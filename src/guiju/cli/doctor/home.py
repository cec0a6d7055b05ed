"""The data directory: there, writable, with room, and its key files for the owner's eyes only."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from guiju.cli.doctor.examination import Health, Observation, Patient, examination, ill, well

GIB = 1024**3
LITTLE = 2 * GIB
TOO_LITTLE = GIB // 4


@examination("home")
def directory(patient: Patient) -> Iterator[Observation]:
    """The data directory exists and can be written."""
    home = patient.settings.home
    place = home.resolve()
    if not home.exists():
        parent = next(folder for folder in place.parents if folder.exists())
        if os.access(parent, os.W_OK):
            yield ill(
                "home", f"{place} 还不存在", f"{place} does not exist yet", "运行 `guiju up` 或 `guiju init` 创建。",
                "Run `guiju up` or `guiju init` to make it.", health=Health.WARN,
            )  # fmt: skip
            return
        place = parent
    if not os.access(place, os.W_OK | os.X_OK):
        yield ill(
            "home", f"{place} 不可写", f"{place} cannot be written", "改变其属主,或将 GUIJU_HOME 指向可写的目录。",
            "Change its owner, or point GUIJU_HOME to a directory that can be written.",
        )  # fmt: skip
        return
    yield well("home", f"{place} 可写", f"{place} can be written", path=str(place))


@examination("disk")
def disk(patient: Patient) -> Iterator[Observation]:
    """There is room for evidence."""
    place = patient.settings.home.resolve()
    existing = next(folder for folder in (place, *place.parents) if folder.exists())
    free = shutil.disk_usage(existing).free
    told = f"{free / GIB:.1f} GiB"
    if free >= LITTLE:
        yield well("disk", f"剩余 {told}", f"{told} free", free_bytes=free)
        return
    yield ill(
        "disk", f"仅剩 {told}", f"only {told} free", "清理磁盘或迁移 GUIJU_HOME;磁盘写满时网关会拒绝请求。",
        "Make room or move GUIJU_HOME; with a full disk the gateway refuses requests.",
        health=Health.FAIL if free < TOO_LITTLE else Health.WARN, free_bytes=free,
    )  # fmt: skip


@examination("keys", needs=lambda patient: patient.settings.home.exists())
def keys(patient: Patient) -> Iterator[Observation]:
    """Key files are readable by the owner alone."""
    folder = patient.settings.keys
    files = sorted(path for pattern in ("*.key", "*.secret") for path in folder.glob(pattern))
    if not files:
        yield ill(
            "keys", "还没有密钥文件", "no key files yet", "首次启动时自动生成;之后请将 keys 目录与数据库分开备份。",
            "They are made on the first start; then back the keys directory up, apart from the database.", health=Health.WARN,
        )  # fmt: skip
        return
    open_to_others = [path for path in (folder, *files) if path.stat().st_mode & 0o077]
    if open_to_others:
        names = " ".join(str(path) for path in open_to_others)
        yield ill(
            "keys", f"他人可以访问:{names}", f"others have access to: {names}",
            f"chmod 700 {folder} && chmod 600 {folder}/*", f"chmod 700 {folder} && chmod 600 {folder}/*",
        )  # fmt: skip
        return
    yield from _readable(files)


def _readable(files: list[Path]) -> Iterator[Observation]:
    for path in files:
        try:
            bytes.fromhex(path.read_text().strip())
        except (OSError, ValueError) as error:
            yield ill(
                "keys", f"{path.name} 无法读取:{type(error).__name__}", f"{path.name} cannot be read: {type(error).__name__}",
                "从备份恢复该文件,不要重新生成。", "Restore it from the backup; do not make a new one.",
            )  # fmt: skip
            return
    yield well(
        "keys",
        f"{len(files)} 个密钥文件,仅属主可读",
        f"{len(files)} key files, for the owner alone",
        files=[p.name for p in files],
    )
