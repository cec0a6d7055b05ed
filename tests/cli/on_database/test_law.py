from __future__ import annotations

import json
from pathlib import Path

import pytest

from guiju.law.book import rules
from guiju.store.models import CheckRun, Service
from tests.cli.conftest import Run

PROFILE = {"roles": ["provider"], "public_in_china": True, "opinion_attributes": True}


def test_status_has_the_promised_fields(guiju: Run) -> None:
    told = guiju("law", "status", "--json").json
    assert [duty["duty"] for duty in told["duties"]] == list(range(1, 9))
    assert len(told["obligations"]) == len(rules().obligations)
    for one in told["obligations"]:
        assert {"urn", "duty", "status", "figures"} <= set(one)
        assert one["urn"].startswith("urn:guiju:obligation:")
    assert sum(duty["unknown"] for duty in told["duties"]) == len(told["obligations"])


def test_the_profile_decides_what_applies(guiju: Run, tmp_path: Path) -> None:
    (path := tmp_path / "profile.json").write_text(json.dumps(PROFILE), "utf-8")
    assert guiju("law", "profile", "--set", path).status == 0
    assert guiju("law", "profile", "--json").json == PROFILE
    told = guiju("law", "status", "--json").json
    states = {one["status"] for one in told["obligations"]}
    assert {"unproven", "not_applicable"} <= states
    assert CheckRun.objects.exists()


def test_stored_measures_nothing(guiju: Run) -> None:
    assert guiju("law", "status", "--stored").status == 0
    assert not CheckRun.objects.exists()


def test_people_see_the_duties_and_what_is_missing(guiju: Run) -> None:
    ran = guiju("--lang", "zh", "law", "status")
    assert "生成合成内容标识" in ran.out and "服务画像待填写" in ran.out and "roles" in ran.out


def test_one_obligation_with_its_clauses(guiju: Run) -> None:
    first = rules().obligations[0]
    told = guiju("law", "obligation", first.id, "--json").json
    assert told["urn"] == first.urn and told["clauses"]
    shown = guiju("law", "obligation", first.urn).out
    assert first.title_en in shown and first.text_zh in shown and "§" in shown
    filed = guiju("law", "obligation", "FIL-01").out
    assert "clause text not verified: secondary source" in filed and "(primary text read" in filed


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(("obligation", "XXX-99"), "GJ-4008"), (("status", "--service", "none"), "GJ-7002")],
)
def test_mistakes_have_codes(guiju: Run, arguments: tuple[str, ...], code: str) -> None:
    ran = guiju("law", *arguments)
    assert ran.status == 2 and code in ran.err


@pytest.mark.parametrize(
    ("text", "said"), [("roles: [provider", "--set"), ("nonsense: 1", "GJ-4006"), ("- 1", "GJ-7006"), ("", "GJ-7006")]
)
def test_a_profile_with_mistakes_changes_nothing(guiju: Run, tmp_path: Path, text: str, said: str) -> None:
    (path := tmp_path / "profile.yaml").write_text(text, "utf-8")
    ran = guiju("law", "profile", "--set", path)
    assert ran.status == 2 and said in ran.err
    assert Service.objects.get().profile == {}
