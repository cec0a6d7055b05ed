"""What a new user does, for real: start, paste the printed curl, look at the evidence, stop, start again."""

from __future__ import annotations

import json
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Ran, Server, environment, free_port, process

pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed: apt-get install curl")


class Installation:
    """A data directory after its first run and one chat."""

    def __init__(self, home: Path) -> None:
        self.home = home
        server = Server(home)
        try:
            server.wait()
            self.first = server.printed
            command = self.first[self.first.index("curl http") :].split("\n\n")[0]
            pasted = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60, check=True)
            self.answer = json.loads(pasted.stdout)
            self.status = server.stop()
        finally:
            server.kill()
        self.secrets = re.findall(r"gj-[0-9a-f]+-[0-9a-f]+", self.first)
        self.password = re.findall(r"Password\s+(\S+)", self.first)[0]

    def run(self, *arguments: str | Path) -> Ran:
        return process(self.home, *arguments)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    return Installation(tmp_path_factory.mktemp("new-user") / "var")


@pytest.fixture
def copy(installed: Installation, tmp_path: Path) -> Iterator[Path]:
    """A copy of its data directory, to be damaged."""
    yield Path(shutil.copytree(installed.home, tmp_path / "var"))


def test_the_printed_curl_works_as_printed(installed: Installation) -> None:
    said = installed.answer["choices"][0]["message"]["content"]
    assert "演示模型" in said and "AI" in said.splitlines()[0]
    assert installed.answer["aigc"]["Label"] == "1"


def test_the_first_run_shows_the_way_in_and_stops_when_asked(installed: Installation) -> None:
    assert "http://127.0.0.1:" in installed.first and "admin" in installed.first
    assert len(installed.password) >= 12 and len(set(installed.secrets)) == 1
    assert "Traceback" not in installed.first
    assert installed.status == 0


def test_the_chat_left_evidence_that_verifies(installed: Installation) -> None:
    ran = installed.run("evidence", "verify", "--json")
    assert ran.status == 0
    assert ran.json["ok"] is True and ran.json["problems"] == []
    assert ran.json["records"] >= 1 and ran.json["unsealed"] == 0


def test_the_story_of_the_chat_by_the_number_its_label_carries(installed: Installation) -> None:
    number = installed.answer["aigc"]["ProduceID"]
    ran = installed.run("evidence", "show", number, "--text", "--reason", "试用", "--json")
    assert ran.status == 0, ran.err
    assert ran.json["content_number"] == number and ran.json["seal"] is not None
    assert ran.json["prompt"][0]["text"].startswith("你好")
    again = installed.run("evidence", "show", number, "--json").json
    assert [look["reason"] for look in again["looks"]] == ["试用"] and "prompt" not in again


def test_doctor_finds_nothing_broken(installed: Installation) -> None:
    ran = installed.run("doctor", "--json", "--port", str(free_port()))
    assert (ran.status, ran.json["ok"]) == (0, True), ran.out


def test_a_second_start_shows_places_and_no_secrets_and_loses_nothing(installed: Installation) -> None:
    server = Server(installed.home)
    try:
        server.wait()
        assert server.base in server.printed
        assert installed.password not in server.printed and "gj-" not in server.printed
        assert server.stop() == 0
    finally:
        server.kill()
    assert installed.run("evidence", "show", installed.answer["aigc"]["ProduceID"]).status == 0
    assert len(installed.run("user", "list", "--json").json) == 1
    assert len(installed.run("integration", "list", "--json").json) == 1


def test_a_port_that_is_taken_shows_no_secrets(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        ran = process(tmp_path / "var", "up", "--port", str(other.getsockname()[1]))
    assert ran.status == 3 and "GJ-1005" in ran.err and ran.out == ""
    assert not (tmp_path / "var").exists()


def test_the_planes_apart(installed: Installation) -> None:
    planes = {name: Server(installed.home, name) for name in ("gateway", "console")}
    try:
        planes["gateway"].wait("/ready")
        planes["console"].wait("/sign-in/")
        assert [plane.stop() for plane in planes.values()] == [0, 0]
    finally:
        for plane in planes.values():
            plane.kill()


def test_an_export_is_verified_by_its_own_program(installed: Installation, tmp_path: Path) -> None:
    target = tmp_path / "package"
    ran = installed.run("evidence", "export", target, "--with-text", "--purpose", "演练", "--json")
    assert ran.status == 0, ran.err
    assert ran.json["counts"]["texts"] >= 1
    checked = subprocess.run(
        [sys.executable, target / "verify.py"], capture_output=True, text=True, timeout=60, check=False
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
    again = installed.run("evidence", "export", target)
    assert again.status == 2 and "GJ-3006" in again.err


@pytest.mark.parametrize("kind", ["CAST({} AS BLOB)", "{}"], ids=["as bytes", "as text"])
def test_changed_evidence_is_found(copy: Path, kind: str) -> None:
    with sqlite3.connect(copy / "guiju.db") as database:
        changed = "replace(CAST(body AS TEXT), 'guiju-demo', 'another-one')"
        database.execute(f"UPDATE store_record SET body = {kind.format(changed)}")
    ran = process(copy, "evidence", "verify", "--json")
    assert ran.status == 1 and ran.json["ok"] is False
    assert ran.json["problems"][0]["kind"] == "changed" and ran.json["problems"][0]["seq"] == 1


def test_evidence_cut_off_is_found_by_heads_kept_elsewhere(copy: Path) -> None:
    heads = copy.parent / "heads.json"
    assert process(copy, "evidence", "verify", "--save-heads", heads).status == 0
    with sqlite3.connect(copy / "guiju.db") as database:
        for table in ("recordtext", "recordrisk", "record", "seal"):
            database.execute(f"DELETE FROM store_{table}")
    assert process(copy, "evidence", "verify", "--anchors", heads, "--json").status == 1


def test_a_pipe_that_closes_early_is_no_error(installed: Installation) -> None:
    command = f"{sys.executable} -m guiju.cli law status --stored --json | head -c 10"
    ran = subprocess.run(
        ["bash", "-c", command], env=environment(installed.home), cwd=installed.home.parent, capture_output=True, text=True,
        timeout=60, check=True,
    )  # fmt: skip
    assert ran.stderr == ""
