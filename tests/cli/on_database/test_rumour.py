from __future__ import annotations

from pathlib import Path

from guiju.moderation import starter
from guiju.store.models import AuditEntry, RefutedClaim
from tests.cli.conftest import Run

CLAIM = "自来水厂每晚往水里投放镇静剂"
TEXT = "听说自来水厂每天晚上都往水里放镇静剂，大家别喝了"


def test_an_entry_from_first_to_last(guiju: Run) -> None:
    made = guiju("rumour", "add", CLAIM, "--refutation", "水质按国家标准检测", "--source", "某市水务局", "--json").json
    tried = guiju("rumour", "try", TEXT, "--json")
    assert (tried.status, [each["claim"] for each in tried.json]) == (1, [CLAIM])
    guiju("rumour", "edit", str(made["id"]), "--refuted", "2026-11-20")
    (listed,) = [entry for entry in guiju("rumour", "list", "--json").json if entry["id"] == made["id"]]
    assert (listed["claim"], listed["refuted"], listed["refutation"]) == (CLAIM, "2026-11-20", "水质按国家标准检测")
    guiju("rumour", "expire", str(made["id"]), "--reason", "已过去")
    assert guiju("rumour", "try", TEXT).status == 0
    assert made["id"] not in [entry["id"] for entry in guiju("rumour", "list", "--json").json]
    assert made["id"] in [entry["id"] for entry in guiju("rumour", "list", "--all", "--json").json]
    assert list(AuditEntry.objects.values_list("action", flat=True)) == ["rumour.expire", "rumour.edit", "rumour.add"]


def test_files_go_round(guiju: Run, tmp_path: Path) -> None:
    first = starter.refuted()[0]
    rows = f'[{{"claim": "{CLAIM}", "refutation": "=不", "source": "甲"}}, {{"claim": "{first.claim}", "refutation": "另说", "source": "乙"}}]'
    given = tmp_path / "in.json"
    given.write_text(rows, "utf-8")
    assert guiju("rumour", "import", str(given), "--json").json["added"] >= 1
    for name in ("out.csv", "out.json"):
        guiju("rumour", "export", "--out", str(tmp_path / name))
        assert guiju("rumour", "import", str(tmp_path / name), "--json").json == {
            "added": 0,
            "changed": 0,
            "same": RefutedClaim.objects.count(),
        }
    assert "\n" + CLAIM + ", =不" in (tmp_path / "out.csv").read_text("utf-8-sig"), "no formula for a spreadsheet"
    given.write_text('[{"claim": "甲", "refutation": "乙", "source": "丙", "colour": "红"}]', "utf-8")
    assert "GJ-2041" in guiju("rumour", "import", str(given)).err
    other = tmp_path / "in.txt"
    other.write_text("x", "utf-8")
    assert "GJ-2065" in guiju("rumour", "import", str(other)).err
