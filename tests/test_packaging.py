"""What is shipped around the source: lock files, the container's entry, the compose file, the wheel's contents."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

import guiju
from guiju.settings import Settings

ROOT = Path(__file__).parent.parent
LOCKS = ("requirements.lock", "requirements-postgres.lock", "requirements-dev.lock")
PIN = re.compile(r"^([a-z0-9.-]+)==([^\s;]+)", re.M)


@cache
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


@cache
def pins(lock: str) -> dict[str, str]:
    return dict(PIN.findall((ROOT / lock).read_text("utf-8")))


def names(requirements: list[str]) -> set[str]:
    found = {re.split(r"[\[<>=;~! ]", line)[0].lower().replace("_", "-") for line in requirements}
    return found - {"guiju"}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_hashes_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    assert "://" not in text and "--index-url" not in text
    for requirement in re.split(r"\n(?=[a-z])", text)[1:]:
        assert "--hash=sha256:" in requirement, requirement.splitlines()[0]


def test_locks_hold_what_the_project_asks_for_and_agree() -> None:
    extras = project()["project"]["optional-dependencies"]
    runtime, postgres, dev = (pins(lock) for lock in LOCKS)
    assert names(project()["project"]["dependencies"]) <= set(runtime)
    assert names(extras["postgres"]) <= set(postgres) and "psycopg" not in runtime
    assert names(extras["dev"]) <= set(dev)
    assert runtime.items() <= postgres.items() <= dev.items()


def test_nobody_starts_a_test_library_in_production() -> None:
    assert not set(pins(LOCKS[0])) & {"pytest", "hypothesis", "playwright", "openai", "mypy", "ruff", "django-stubs"}


def test_one_version_everywhere() -> None:
    version = project()["project"]["version"]
    assert guiju.__version__ == version
    assert f"## {version}" in (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert f"image: guiju:{version}" in (ROOT / "compose.yaml").read_text("utf-8")


def entry(tmp_path: Path, *arguments: str, **environment: str) -> dict[str, str]:
    """Run the container's entry with a ``guiju`` that tells its environment."""
    (tmp_path / "guiju").write_text('#!/bin/sh\necho "ARGUMENTS=$*"\nenv\n')
    (tmp_path / "guiju").chmod(0o755)
    done = subprocess.run(
        [ROOT / "tools" / "container-entry", *arguments],
        env={"PATH": f"{tmp_path}:{os.environ['PATH']}", **environment},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return dict(line.split("=", 1) for line in done.stdout.splitlines() if "=" in line)


def test_the_entry_reads_secrets_from_files(tmp_path: Path) -> None:
    (tmp_path / "master").write_text("ab" * 32 + "\n")
    (tmp_path / "password").write_text("with $pecial 'marks\"\n")
    told = entry(
        tmp_path, "gateway", "--port", "8080",
        GUIJU_MASTER_KEY_FILE=str(tmp_path / "master"), GUIJU_DATABASE_PASSWORD_FILE=str(tmp_path / "password"),
    )  # fmt: skip
    assert told["ARGUMENTS"] == "gateway --port 8080"
    assert told["GUIJU_MASTER_KEY"] == "ab" * 32
    assert told["PGPASSWORD"] == "with $pecial 'marks\""
    assert not {"GUIJU_MASTER_KEY_FILE", "GUIJU_DATABASE_PASSWORD", "GUIJU_DATABASE_PASSWORD_FILE"} & set(told)


def test_the_entry_needs_no_files_and_refuses_missing_ones(tmp_path: Path) -> None:
    assert entry(tmp_path, "version")["ARGUMENTS"] == "version"
    with pytest.raises(subprocess.CalledProcessError):
        entry(tmp_path, "version", GUIJU_MASTER_KEY_FILE=str(tmp_path / "missing"))


def test_the_compose_file_sets_only_settings_that_exist() -> None:
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
    known = {f"GUIJU_{name.upper()}" for name in Settings.model_fields} | {"GUIJU_DATABASE_PASSWORD", "GUIJU_HEALTH"}
    for name in ("init", "gateway", "console"):
        service = compose["services"][name]
        assert set(service["secrets"]) <= set(compose["secrets"])
        assert service["read_only"] and service["cap_drop"] == ["ALL"]
        for variable, value in service["environment"].items():
            assert variable.removesuffix("_FILE").split("__")[0] in known, variable
            assert not re.search(r"(KEY|PASSWORD)$", variable), f"{variable}: secrets come by file"
            assert "password" not in str(value) or variable.endswith("_FILE")
    assert all(str(port).startswith("127.0.0.1:") for s in compose["services"].values() for port in s.get("ports", ()))


def test_the_dockerfile_copies_what_the_context_lets_in() -> None:
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!")}
    copied = re.findall(r"^COPY (?!--from)(?:--\S+ )*(.+) \S+$", (ROOT / "Dockerfile").read_text("utf-8"), re.M)
    assert {name for line in copied for name in line.split()} == allowed
    assert all((ROOT / name).exists() for name in allowed)
    assert re.search(r"^USER guiju$", (ROOT / "Dockerfile").read_text("utf-8"), re.M)
