from __future__ import annotations

from pathlib import Path

import pytest

from guiju.cli.doctor.settings_origin import HIDDEN, origins, variable
from guiju.settings import load

FILE = """
database_url = "postgresql://guiju:hunter2@db/guiju"
[gateway]
max_in_flight = 7
[[service]]
slug = "chat"
upstream = {url = "http://127.0.0.1:9/v1", key = "sk-very-secret"}
"""


@pytest.fixture
def found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, tuple[str, str]]:
    (path := tmp_path / "guiju.toml").write_text(FILE, "utf-8")
    monkeypatch.setenv("GUIJU_CONFIG", str(path))
    monkeypatch.delenv("GUIJU_DATABASE_URL", raising=False)
    monkeypatch.setenv("GUIJU_UPSTREAM_KEY", "sk-another-secret")
    monkeypatch.setenv("GUIJU_EVIDENCE__BATCH", "99")
    monkeypatch.setenv("GUIJU_CONSOLE", '{"idle_timeout_s": 60}')
    return {one.name: (one.value, Path(one.source).name) for one in origins(load())}


@pytest.mark.parametrize(
    ("name", "value", "source"),
    [
        ("gateway.max_in_flight", "7", "guiju.toml"),
        ("gateway.refresh_s", "0.5", "default"),
        ("evidence.batch", "99", "GUIJU_EVIDENCE__BATCH"),
        ("console.idle_timeout_s", "60", "GUIJU_CONSOLE"),
        ("upstream_key", HIDDEN, "GUIJU_UPSTREAM_KEY"),
        ("master_key", "", "default"),
    ],
)
def test_value_and_origin(found: dict[str, tuple[str, str]], name: str, value: str, source: str) -> None:
    assert found[name] == (value, source)


def test_no_secret_is_ever_shown(found: dict[str, tuple[str, str]]) -> None:
    shown = " ".join(value for value, _ in found.values())
    assert "secret" not in shown and "hunter2" not in shown
    assert "http://127.0.0.1:9/v1" in shown and "@db/guiju" in shown


def test_the_variable_of_a_setting() -> None:
    assert variable(("gateway", "max_in_flight")) == "GUIJU_GATEWAY__MAX_IN_FLIGHT"
