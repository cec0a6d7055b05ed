from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from django.utils import timezone

from guiju.store.actor import Actor
from guiju.store.models import Account, Integration, Service, Violation
from guiju.store.services import complaints, integrations
from tests.cli.conftest import Run

SYSTEM = Actor.system("test")


def integration() -> Integration:
    service = Service.objects.create(slug="chat-people", name="聊天")
    return integrations.create(SYSTEM, name="客服", service=service, owner="王", purpose="other", status="approved")[0]


def test_what_waits_and_how_limits_were_kept(guiju: Run) -> None:
    now = timezone.now()
    sent = complaints.submit(
        SYSTEM, complaints.Submission("complaint", "很糟", "content", "1380"), now - timedelta(days=40)
    )
    (row,) = guiju("complaint", "list", "--json").json
    assert (row["receipt"], row["late"], row["kind"]) == (sent.receipt, True, "complaint")
    assert "很糟" not in str(row) and "1380" not in str(row)
    assert guiju("complaint", "figures", "--json").json == []
    (kept,) = guiju("complaint", "figures", "--days", "60", "--json").json
    assert (kept["received"], kept["late"], kept["share"]) == (1, 1, 0)
    told = guiju("complaint", "list").out
    assert (
        sent.receipt in told
        and "(UTC+8)" in told
        and ("投诉 · 生成内容有问题" in told or "Complaint · Something generated" in told)
    )


def test_strikes_under_a_policy_of_ones_own(guiju: Run, tmp_path: Path) -> None:
    now = timezone.now()
    account = Account.objects.create(pk="p1", integration=integration(), first_seen=now, last_seen=now)
    for number in range(3):
        Violation.objects.create(account=account, record_id=number, at=now - timedelta(days=number), risk="A.2.a")
    shown = guiju("account", "strikes", "--json").json
    assert (shown["accounts"], shown["bins"][3]) == (1, 1)
    assert {r["rule"]: r["accounts"] for r in shown["rules"]} == {
        "ladder.warn": 1,
        "ladder.limit": 0,
        "ladder.suspend": 0,
    }
    own = Path("src/guiju/accounts/data/policy.yaml").read_text("utf-8").replace("points: 6", "points: 3")
    path = tmp_path / "accounts.yaml"
    path.write_text(own, "utf-8")
    shown = guiju("account", "strikes", "--policy", path, "--json").json
    assert {r["rule"]: r["accounts"] for r in shown["rules"]}["ladder.limit"] == 1
    assert guiju("account", "check", path).status == 0
    path.write_text(own.replace("in_a_row: 3", "in_a_row: 9"), "utf-8")
    wrong = guiju("account", "check", path)
    assert wrong.status != 0 and "GJ-5001" in wrong.err
