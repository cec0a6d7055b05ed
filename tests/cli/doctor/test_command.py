"""The whole command, as a process of its own, in installations that are new, broken, and unreadable."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import free_port, process


def test_a_new_installation_is_not_broken_and_nothing_is_made(tmp_path: Path) -> None:
    home = tmp_path / "var"
    ran = process(home, "doctor", "--json", "--port", str(free_port()))
    assert ran.status == 0, ran.out
    health = {one["subject"]: one["health"] for one in ran.json["observations"]}
    assert ran.json["ok"] is True
    assert (health["home"], health["database"], health["law"], health["upstream"]) == ("warn", "warn", "ok", "warn")
    assert {"name": "home", "value": str(home), "source": "GUIJU_HOME"} in ran.json["settings"]
    assert not home.exists()


def test_people_read_it_in_their_language(tmp_path: Path) -> None:
    ran = process(tmp_path / "var", "--lang", "zh", "doctor", "--settings")
    assert ran.status == 0
    assert "gateway.max_body_bytes" in ran.out and "→" in ran.out and "留意" in ran.out


def test_a_database_that_is_not_there(tmp_path: Path) -> None:
    url = f"postgresql://guiju:hunter2@127.0.0.1:{free_port()}/guiju"
    ran = process(tmp_path / "var", "doctor", "--json", GUIJU_DATABASE_URL=url)
    assert ran.status == 1
    (seen,) = [one for one in ran.json["observations"] if one["subject"] == "database"]
    assert seen["health"] == "fail" and "GJ-1002" in seen["message"] and seen["remedy"]
    assert "hunter2" not in ran.out + ran.err


def test_settings_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "guiju.toml").write_text("[gateway]\nmax_in_flite = 3\n")
    ran = process(tmp_path / "var", "doctor")
    assert ran.status == 3
    assert "GJ-1001" in ran.out and "gateway.max_in_flite" in ran.out and "did you mean max_in_flight?" in ran.out
