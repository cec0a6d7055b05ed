"""What is around the program: optional parts, the address it should listen on, the clock."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from guiju import native
from guiju.cli.doctor.examination import Health, Observation, Patient, caught, examination, ill, well
from guiju.errors import PortInUse

OLDEST_DATE = datetime(2026, 1, 1, tzinfo=UTC)
"""No clock that is right shows an earlier day: this program is younger."""

DRIFT = timedelta(seconds=5)


@examination("optional_parts")
def optional_parts(patient: Patient) -> Iterator[Observation]:
    """What not everybody needs: psycopg for PostgreSQL, Chromium for the tests."""
    driver = importlib.util.find_spec("psycopg") is not None
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    yield well(
        "optional_parts",
        f"psycopg {'已安装' if driver else '未安装(仅 PostgreSQL 需要)'},Chromium {'已安装' if browser else '未安装(仅测试需要)'}",
        f"psycopg {'installed' if driver else 'not installed (only PostgreSQL needs it)'}, "
        f"Chromium {'installed' if browser else 'not installed (only the tests need it)'}",
        psycopg=driver,
        chromium=browser,
    )


@examination("native")
def compiled_half(patient: Patient) -> Iterator[Observation]:
    """The checks run compiled; in Python alone they take several times as long and say the same."""
    if native.module is not None:
        yield well("native", "检测内核:已编译", "The checks' kernels are compiled", compiled=True)
        return
    yield ill(
        "native", f"检测内核未编译,使用 Python 版本(结果相同,较慢):{native.why_not}",
        f"The checks run in Python alone (same results, slower): {native.why_not}",
        "apt-get install gcc libc6-dev python3-dev,然后删除 .venv/.installed-runtime 并执行 make install;或安装带编译内核的 wheel。",
        "apt-get install gcc libc6-dev python3-dev, remove .venv/.installed-runtime and run make install; or install a wheel that has it.",
        health=Health.WARN, compiled=False,
    )  # fmt: skip


@examination("address")
def address(patient: Patient) -> Iterator[Observation]:
    """The port is free, or a gateway of this installation has it."""
    from guiju.cli.serving import free

    place = f"{patient.host}:{patient.port}"
    try:
        free(patient.host, patient.port)
    except PortInUse as error:
        if patient.database and _a_gateway_runs():
            yield well(
                "address", f"{place} 已被占用(有网关在运行)", f"{place} is taken (a gateway is running)", free=False
            )
        else:
            yield caught("address", error, Health.WARN)
        return
    yield well("address", f"{place} 可用", f"{place} is free", free=True)


def _a_gateway_runs() -> bool:
    from django.utils import timezone

    from guiju.cli.doctor.evidence import ALIVE
    from guiju.store.models import GatewayProcess

    return GatewayProcess.objects.filter(seen_at__gt=timezone.now() - ALIVE).exists()


@examination("clock")
def clock(patient: Patient) -> Iterator[Observation]:
    """The clock is not obviously wrong, and agrees with the database server's."""
    now = datetime.now(UTC)
    told = now.astimezone().strftime("%Y-%m-%d %H:%M:%S %z")
    drift = _drift(now) if patient.database else timedelta()
    if now < OLDEST_DATE or abs(drift) > DRIFT:
        yield ill(
            "clock", f"{told},与数据库相差 {drift.total_seconds():.0f} 秒", f"{told}, {drift.total_seconds():.0f} s off the database's",
            "校准系统时钟(NTP);证据的时间取自它。", "Set the system clock right (NTP); evidence takes its times from it.",
        )  # fmt: skip
        return
    yield well("clock", told, told, now=now)


def _drift(now: datetime) -> timedelta:
    from django.db import connection

    if connection.vendor != "postgresql":
        return timedelta()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        there: datetime = cursor.fetchone()[0]
    return there - now
