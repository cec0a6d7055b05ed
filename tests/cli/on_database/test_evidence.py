from __future__ import annotations

from pathlib import Path

import pytest

from guiju.evidence import ChainHead, Report
from guiju.evidence.problems import Flaw, Problem
from guiju.store import evidence, keys
from guiju.store.models import AuditEntry, DataKey, VerifyRun
from tests.cli.conftest import Run

DAMAGED = Report(
    ok=False,
    records=5,
    chains=1,
    seals=1,
    unsealed=0,
    found=3,
    problems=(Problem(Flaw.CHANGED, "c1", 3, 3, "r3"), Problem(Flaw.MISSING, "c1", 4, 7)),
    heads=(ChainHead(chain="c1", hash="00" * 32, seq=9),),
)


def test_nothing_to_verify_is_in_order(guiju: Run) -> None:
    ran = guiju("evidence", "verify", "--json")
    assert (ran.status, ran.json["ok"], ran.json["records"], ran.json["problems"]) == (0, True, 0, [])
    assert VerifyRun.objects.get().ok


@pytest.mark.parametrize(("spoken", "said"), [("zh", "记录内容或其哈希被改动"), ("en", "records 4 to 7 are missing")])
def test_problems_are_told_in_words(
    guiju: Run, monkeypatch: pytest.MonkeyPatch, spoken: str, said: str, tmp_path: Path
) -> None:
    monkeypatch.setattr(evidence, "verify", lambda *_, **__: DAMAGED)
    ran = guiju("--lang", spoken, "evidence", "verify", "--save-heads", tmp_path / "heads.json")
    assert ran.status == 1
    assert said in ran.out and "c1:4–7" in ran.out and "3" in ran.out.splitlines()[-1]
    assert '"seq":9' in (tmp_path / "heads.json").read_text()
    listed = guiju("evidence", "verify", "--json").json["problems"]
    assert [one["kind"] for one in listed] == ["changed", "missing"] and listed[0]["message"]


def test_a_changed_audit_log_is_found(guiju: Run, tmp_path: Path) -> None:
    """The records are whole; what people did about them is not."""
    heads = tmp_path / "heads.json"
    assert guiju("user", "create", "li.na", "--role", "auditor").status == 0
    assert guiju("evidence", "verify", "--save-heads", heads).status == 0
    assert guiju("evidence", "verify", "--anchors", heads, "--json").json["audit"]["ok"]
    AuditEntry.objects.filter(pk__gt=AuditEntry.objects.earliest("id").pk).delete()
    ran = guiju("evidence", "verify", "--anchors", heads, "--json")
    assert ran.status == 1 and not ran.json["ok"] and ran.json["problems"] == []
    assert ran.json["audit"]["lost"] and ran.json["audit"]["broken"] is None
    first = AuditEntry.objects.earliest("id")
    AuditEntry.objects.filter(pk=first.pk).update(reason="别的")
    shown = guiju("--lang", "zh", "evidence", "verify")
    assert shown.status == 1 and f"第 {first.pk} 条与前一条不符" in shown.out and "未发现问题" not in shown.out


def test_anchors_that_are_none(guiju: Run, tmp_path: Path) -> None:
    (path := tmp_path / "heads.json").write_text("{}")
    ran = guiju("evidence", "verify", "--anchors", path)
    assert ran.status == 2 and "chain heads" in ran.err


def test_retention_says_before_it_does(guiju: Run) -> None:
    dry = guiju("evidence", "retention", "--dry-run", "--json").json
    assert (dry["texts"], dry["deleted"]) == (0, False)
    assert guiju("evidence", "retention", "--json").json["cutoff"][:10] == dry["cutoff"][:10]
    assert "deleted 0" in guiju("evidence", "retention").out


def test_rotating_the_data_key(guiju: Run) -> None:
    keys.vault()
    told = guiju("evidence", "rotate-key", "--json").json
    assert DataKey.objects.get(retired_at=None).pk == told["id"]
    assert AuditEntry.objects.filter(action="evidence.rotate_data_key").exists()


@pytest.mark.parametrize("arguments", [("show", "none"), ("show", "none", "--text", "-r", "x")])
def test_a_record_that_is_not_there(guiju: Run, arguments: tuple[str, ...]) -> None:
    ran = guiju("evidence", *arguments)
    assert ran.status == 2 and "GJ-7002" in ran.err


def test_a_day_that_is_none(guiju: Run, tmp_path: Path) -> None:
    ran = guiju("evidence", "export", tmp_path / "x", "--since", "yesterday")
    assert ran.status == 2 and "yesterday" in ran.err
