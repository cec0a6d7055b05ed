from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from guiju.moderation import policy_source
from guiju.store.models import PolicyVersion
from guiju.store.services import policies
from tests.cli.conftest import Run
from tests.store.evidence_rows import TestChain, verdict

SOURCE = policy_source.DEFAULT.read_text("utf-8")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A policy under which fraud is blocked."""
    path = tmp_path / "ours.yaml"
    path.write_text(SOURCE.replace("rules:\n", "rules:\n  - {risk: A.1.h/fraud, action: block}\n", 1), "utf-8")
    return path


def test_a_draft_becomes_live_by_way_of_a_trial(guiju: Run, file: Path) -> None:
    policies.ensure_default()
    made = guiju("policy", "draft", file, "--note", "收紧", "--json").json
    assert (made["number"], made["state"], made["note"]) == (2, "draft", "收紧")
    assert guiju("policy", "trial", "2", "--json").json["state"] == "shadow"
    assert guiju("policy", "trial", "2", "--share", "10", "--json").json["share"] == 10
    assert guiju("policy", "trial", "2", "--end", "--json").json["state"] == "draft"
    live = guiju("policy", "publish", "2", "--hours", "2", "--json").json
    assert live["state"] == "live" and live["expires_at"] > timezone.now().isoformat()
    assert [(row["number"], row["state"]) for row in guiju("policy", "list", "--json").json] == [
        (2, "live"),
        (1, "retired"),
    ]
    assert guiju("policy", "publish", "2").status == 2 and "GJ-7004" in guiju("policy", "publish", "2").err
    back = guiju("policy", "rollback", "--json").json
    assert (back["number"], back["state"]) == (1, "live")
    assert [row["state"] for row in guiju("policy", "list", "--json").json] == ["withdrawn", "live"]


def test_test_lines(guiju: Run, file: Path) -> None:
    assert guiju("policy", "test", file).status == 0
    file.write_text(file.read_text("utf-8") + "  - {text: 今天天气怎么样, expect: block}\n", "utf-8")
    failed = guiju("policy", "test", file, "--json")
    assert failed.status == 1
    told = failed.json
    assert told["balanced"] and [(u["test"]["expected"], u["action"]) for u in told["unmet"]] == [("block", "pass")]
    assert guiju("policy", "test", "no-such-file").status == 2
    assert guiju("policy", "test", "9").status == 2
    policies.ensure_default()
    assert guiju("policy", "test", "1").status == 0


def test_backtest(guiju: Run, file: Path) -> None:
    chain = TestChain(at=timezone.now() - timedelta(hours=1))
    for _ in range(2):
        chain.write(prompt=verdict("review", "A.1.h/fraud"), answer=verdict("pass"))
    told = guiju("policy", "backtest", file, "--json").json
    assert (told["exchanges"], told["stricter"], told["milder"]) == (2, 2, 0)
    assert told["changes"][0]["after"] == "block" and len(told["changes"][0]["samples"]) == 2
    assert PolicyVersion.objects.count() == 0
