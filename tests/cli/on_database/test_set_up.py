from __future__ import annotations

from guiju.store.models import Integration, User
from tests.cli.conftest import Run


def test_init_shows_the_way_in_once(guiju: Run) -> None:
    first = guiju("init", "--json").json
    assert first["first_run"] is True
    assert User.objects.get().check_password(first["admin_password"])
    assert first["integration_key"].startswith("gj-") and first["integration_id"] == Integration.objects.get().pk
    again = guiju("init", "--json")
    assert (again.status, again.json) == (0, {"first_run": False})


def test_init_for_people(guiju: Run) -> None:
    shown = guiju("init").out
    assert "curl http://127.0.0.1:8080/v1/chat/completions" in shown and "Password" in shown
    assert "no new secrets" in guiju("init").out


def test_version(guiju: Run) -> None:
    facts = guiju("version", "--json").json
    assert facts["obligations"] > 100 and facts["checks"] > 10
    assert f"guiju {facts['guiju']}" in guiju("version").out
