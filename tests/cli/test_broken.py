"""An installation that cannot be used is told so: a code, a remedy, exit status 3, no secrets and no traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import free_port, process


@pytest.mark.parametrize(
    ("settings", "code", "said"),
    [
        ({"GUIJU_DATABASE_URL": "mysql://u:hunter2@h/d"}, "GJ-1001", "database_url"),
        ({"GUIJU_DATABASE_URL": "postgresql://u:hunter2@127.0.0.1:1/d"}, "GJ-1002", "refused"),
        ({"GUIJU_MASTER_KEY": "hunter2"}, "GJ-1001", "master_key"),
        ({"GUIJU_UPSTREAM_URL": "ftp://u:hunter2@h"}, "GJ-1001", "http"),
        ({"GUIJU_GATEWAY__MAX_IN_FLIGHT": "none"}, "GJ-1001", "gateway.max_in_flight"),
        ({"GUIJU_CONFIG": "/nowhere/guiju.toml"}, "GJ-1001", "GUIJU_CONFIG"),
        ({"GUIJU_HOME": "/proc/nowhere/var"}, "GJ-1007", "/proc/nowhere/var"),
        ({"GUIJU_HOME": "/etc/passwd/var"}, "GJ-1007", "/etc/passwd"),
    ],
)
def test_settings_that_cannot_be_used(tmp_path: Path, settings: dict[str, str], code: str, said: str) -> None:
    ran = process(tmp_path / "var", "up", "--port", str(free_port()), **settings)
    assert ran.status == 3
    assert code in ran.err and said in ran.err and "→" in ran.err
    assert "hunter2" not in ran.out + ran.err and "Traceback" not in ran.err and ran.out == ""


@pytest.mark.parametrize("command", [("up",), ("init",), ("integration", "list"), ("evidence", "verify")])
def test_a_database_that_is_none(tmp_path: Path, command: tuple[str, ...]) -> None:
    (home := tmp_path / "var").mkdir()
    (home / "guiju.db").write_bytes(b"no database" * 1000)
    ran = process(home, *command, *(("--port", str(free_port())) if command == ("up",) else ()))
    assert ran.status == 3 and "GJ-1002" in ran.err and "not a database" in ran.err
    assert (home / "guiju.db").read_bytes() == b"no database" * 1000


@pytest.mark.parametrize("host", ["203.0.113.7", "no.such.host.invalid"])
def test_an_address_of_somebody_else(tmp_path: Path, host: str) -> None:
    ran = process(tmp_path / "var", "up", "--host", host)
    assert ran.status == 3 and "GJ-1001" in ran.err and host in ran.err
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize(
    "command",
    [("integration", "list"), ("user", "list"), ("law", "status"), ("evidence", "verify"), ("gateway",), ("console",)],
)
def test_before_the_first_start(tmp_path: Path, command: tuple[str, ...]) -> None:
    ran = process(tmp_path / "var", *command)
    assert ran.status == 3 and "GJ-1003" in ran.err and "guiju init" in ran.err
    assert not (tmp_path / "var" / "guiju.db").exists()
