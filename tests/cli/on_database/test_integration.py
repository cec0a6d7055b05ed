from __future__ import annotations

from pathlib import Path

import pytest

from guiju.cli import integration as command
from guiju.store import keys
from guiju.store.models import AuditEntry, Integration, IntegrationKey
from tests.cli.conftest import Run


def created(guiju: Run, *more: str) -> dict[str, str]:
    ran = guiju("integration", "create", "--name", "客服", "--json", *more)
    assert ran.status == 0, ran.err
    row: dict[str, str] = ran.json
    return row


def test_create_gives_an_approved_integration_and_its_key(guiju: Run) -> None:
    row = created(guiju)
    assert {"id", "key"} <= set(row)
    assert (row["name"], row["service"], row["status"]) == ("客服", "chat", "approved")
    stored = IntegrationKey.objects.get(integration_id=row["id"])
    assert keys.key_hasher().hash(row["key"]) == stored.digest


def test_the_key_is_shown_once_to_people_too(guiju: Run) -> None:
    ran = guiju("integration", "create", "--name", "客服", "--owner", "王", "--purpose", "customer_service")
    assert ran.status == 0
    key = ran.out.split("key  ")[1].split()[0]
    assert key.startswith("gj-") and "once" in ran.err
    assert key not in guiju("integration", "show", "客服").out
    assert key not in guiju("integration", "list", "--json").out


def test_applied_waits_for_approval(guiju: Run) -> None:
    row = created(guiju, "--applied")
    assert row["status"] == "applied"
    assert guiju("integration", "checklist", row["id"]).status == 1
    ran = guiju("integration", "approve", row["id"], "--reason", "材料齐全")
    assert ran.status == 2 and "GJ-7045" in ran.err
    open_points = [p["id"] for p in guiju("integration", "checklist", row["id"], "--json").json if p["now"] == "open"]
    accepted = [word for point in open_points for word in ("--accept", point)]
    ran = guiju("integration", "approve", row["id"], "--reason", "材料齐全", *accepted, "--json")
    assert ran.json["status"] == "approved"
    assert AuditEntry.objects.filter(action="integration.status", reason="材料齐全").exists()


def test_the_audit_log_names_the_person_at_the_terminal(guiju: Run) -> None:
    created(guiju)
    entry = AuditEntry.objects.get(action="integration.create")
    assert entry.actor_name == f"cli:{command._person()}"
    assert entry.actor_role == "system"


def test_suspend_retire_and_what_cannot_be_undone(guiju: Run) -> None:
    row = created(guiju)
    assert guiju("integration", "suspend", "客服", "-r", "异常调用").status == 0
    assert guiju("integration", "retire", row["id"], "-r", "下线").status == 0
    ran = guiju("integration", "approve", row["id"], "-r", "再来")
    assert ran.status == 2 and "GJ-7004" in ran.err
    assert Integration.objects.get().status == "retired"


def test_a_reason_is_needed(guiju: Run) -> None:
    row = created(guiju)
    ran = guiju("integration", "suspend", row["id"], "--reason", "  ")
    assert ran.status == 2 and Integration.objects.get().status == "approved"


def test_keys_are_rotated_and_revoked(guiju: Run) -> None:
    row = created(guiju)
    second = guiju("integration", "rotate-key", row["id"], "--overlap", "3", "--json").json
    first, new = guiju("integration", "show", row["id"], "--json").json["keys"]
    assert first["expires_at"] and not new["expires_at"] and f"gj-{new['prefix']}" in second["key"]
    assert guiju("integration", "revoke-key", row["id"], "gj-nothing", "-r", "泄露").status == 2
    assert guiju("integration", "revoke-key", row["id"], first["prefix"], "-r", "泄露").status == 0
    assert guiju("integration", "show", row["id"], "--json").json["keys"][0]["revoked_at"]


def test_another_key(guiju: Run) -> None:
    row = created(guiju)
    second = guiju("integration", "new-key", row["id"], "--json").json
    assert second["id"] == row["id"] and second["key"] != row["key"]
    assert len(guiju("integration", "show", row["id"], "--json").json["keys"]) == 2


def test_list_for_people_and_programs(guiju: Run) -> None:
    row = created(guiju)
    assert row["id"] in guiju("integration", "list").out
    (listed,) = guiju("integration", "list", "--json").json
    assert (listed["id"], listed["purpose"], listed["filing_number"]) == (row["id"], "assistant", "")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("show", "in-none"), "GJ-7002"),
        (("suspend", "in-none", "-r", "x"), "GJ-7002"),
        (("create", "--name", "x", "--service", "none"), "GJ-7002"),
        (("create", "--name", "x", "--purpose", "none"), "GJ-7006"),
        (("create", "--name", "  "), "GJ-7006"),
    ],
)
def test_mistakes_have_codes(guiju: Run, arguments: tuple[str, ...], code: str) -> None:
    ran = guiju("integration", *arguments)
    assert ran.status == 2 and code in ran.err and "Traceback" not in ran.err
    assert Integration.objects.count() == 0


def test_what_a_choice_may_be_is_told(guiju: Run) -> None:
    assert (
        "'none' is none of auto_reply, creation"
        in guiju("integration", "create", "--name", "x", "--purpose", "none").err
    )


def test_a_name_that_two_have_is_refused(guiju: Run) -> None:
    created(guiju), created(guiju)
    ran = guiju("integration", "suspend", "客服", "-r", "x")
    assert ran.status == 2 and "use the id" in ran.err


def test_the_inventory_is_held_against_traffic(guiju: Run, tmp_path: Path) -> None:
    guiju("integration", "create", "--name", "客服", "--json")
    told = guiju("integration", "reconcile", "--json")
    assert told.status == 1 and told.json["lines"][0]["remarks"][0]["kind"] == "no_filing"
    assert guiju("integration", "register", "--out", tmp_path / "register.csv").status == 0
    assert "客服" in (tmp_path / "register.csv").read_text("utf-8")
    assert guiju("integration", "register", "--out", tmp_path / "none" / "x.csv").status == 2
    (log := tmp_path / "access.log").write_text("10.0.0.1 CONNECT api.openai.com:443\n", "utf-8")
    assert guiju("integration", "discover", log, "--json").json[0]["host"] == "api.openai.com"
    assert guiju("integration", "discover", log, "--own", "api.openai.com").status == 0
