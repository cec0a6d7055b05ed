from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run

STRICT = """
name: strict
number: 3
rules:
  - {risk: A.4.f, action: block}
"""
ID_CARD = "他的身份证号是 11010519491231002X"


@pytest.fixture
def strict(tmp_path: Path) -> Path:
    path = tmp_path / "strict.yaml"
    path.write_text(STRICT, "utf-8")
    return path


def test_a_harmless_text_passes(guiju: Run) -> None:
    ran = guiju("check", "今天天气怎么样?", "--json", "--policy", "shipped")
    assert ran.status == 0
    assert ran.json == {"id": None, "action": "pass", "score": ran.json["score"], "findings": []}
    assert ran.json["score"] < 0.5


def test_a_text_that_must_not_pass_exits_1(guiju: Run, strict: Path) -> None:
    ran = guiju("check", ID_CARD, "--policy", strict, "--json")
    assert (ran.status, ran.json["action"]) == (1, "block")


def test_people_get_a_table(guiju: Run, strict: Path) -> None:
    ran = guiju("check", ID_CARD, "--policy", strict)
    assert ran.out.startswith("block") and "A.4.f/idcard" in ran.out and "8–26" in ran.out


def test_a_file_is_one_text(guiju: Run, strict: Path, tmp_path: Path) -> None:
    path = tmp_path / "draft.txt"
    path.write_text(f"第一行\n{ID_CARD}\n", "utf-8")
    ran = guiju("check", "--file", path, "--policy", strict, "--json")
    assert (ran.status, ran.json["id"], ran.json["action"]) == (1, str(path), "block")


def test_a_file_in_another_encoding_is_not_checked_as_something_else(guiju: Run, strict: Path, tmp_path: Path) -> None:
    path = tmp_path / "gbk.txt"
    path.write_bytes(ID_CARD.encode("gb18030"))
    ran = guiju("check", "--file", path, "--policy", strict)
    assert ran.status == 2 and "UTF-8" in ran.err and not ran.out
    path.write_bytes(ID_CARD.encode("utf-8-sig"))
    assert guiju("check", "--file", path, "--policy", strict).status == 1


def test_json_lines_to_a_file_and_even_over_the_input(guiju: Run, tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_text("".join(json.dumps({"id": i, "text": ID_CARD}) + "\n" for i in range(300)), "utf-8")
    ran = guiju("check", "--jsonl", path, "--out", path, "--policy", "shipped")
    assert (ran.status, ran.out) == (0, "")
    assert "300 lines" in ran.err
    written = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert [one["id"] for one in written] == list(range(300))
    assert all(one["findings"] for one in written)
    assert list(tmp_path.iterdir()) == [path]


def test_json_lines_to_standard_output(guiju: Run, tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_bytes(b'{"id": "a", "text": "x"}\nbroken\n{"id": "c", "text": "y"}')
    ran = guiju("check", "--jsonl", path, "--policy", "shipped")
    assert ran.status == 1
    assert [json.loads(line)["id"] for line in ran.out.splitlines()] == ["a", None, "c"]


def test_an_empty_file_gives_an_empty_file(guiju: Run, tmp_path: Path) -> None:
    source, target = tmp_path / "in", tmp_path / "out"
    source.touch()
    assert guiju("check", "--jsonl", source, "--out", target, "--policy", "shipped").status == 0
    assert target.read_bytes() == b""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "exactly one"),
        (("text", "--file", "x"), "exactly one"),
        (("--file", "/nowhere/at/all"), "cannot read"),
        (("--jsonl", "/nowhere/at/all"), "cannot read"),
        (("text", "--policy", "/nowhere/at/all"), "policy"),
        (("text", "--direction", "sideways"), "sideways"),
        (("text", "--nonsense"), "nonsense"),
    ],
)
def test_mistakes_exit_2_without_a_traceback(guiju: Run, arguments: tuple[str, ...], said: str) -> None:
    ran = guiju("check", *arguments)
    assert ran.status == 2
    assert said in ran.err and "Traceback" not in ran.err


def test_an_output_that_cannot_be_written(guiju: Run, tmp_path: Path) -> None:
    (source := tmp_path / "in").write_text('{"text": "x"}\n')
    ran = guiju("check", "--jsonl", source, "--out", tmp_path / "no" / "out", "--policy", "shipped")
    assert ran.status == 2 and "cannot write" in ran.err


def test_a_policy_with_mistakes_is_shown_like_source(guiju: Run, tmp_path: Path) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text("name: x\nnumber: 1\nrules:\n  - {risk: Z.9, action: explode}\n", "utf-8")
    ran = guiju("check", "text", "--policy", path)
    assert ran.status == 2
    assert "wrong.yaml:4:" in ran.err and "explode" in ran.err


def test_without_a_database_the_shipped_rules_are_used_and_nothing_is_made(
    guiju: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GUIJU_HOME", str(tmp_path / "new"))
    assert guiju("check", "你好", "--json").json["action"] == "pass"
    assert not (tmp_path / "new").exists()


def test_a_database_that_cannot_be_used_is_said_and_done_without(
    guiju: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "guiju.db").touch()
    monkeypatch.setenv("GUIJU_HOME", str(tmp_path))
    monkeypatch.setattr("guiju.cli.boot.pending_migrations", lambda: 3)
    monkeypatch.setattr("guiju.cli.boot._absent", lambda: False)
    ran = guiju("check", "你好", "--json")
    assert ran.json["action"] == "pass" and "GJ-1003" in ran.err
