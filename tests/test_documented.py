"""What a person meets is documented: every command, setting, error, check, detector, role, page and make target."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from guiju.errors import GuijuError, all_errors
from guiju.law.registry import CHECKS
from guiju.moderation.detectors import registered
from tools import reference

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
COMMANDS = dict(reference.every_command())


def text(name: str) -> str:
    return (DOCS / name).read_text("utf-8")


@pytest.mark.parametrize("name", reference.PAGES)
def test_reference_pages_are_what_the_source_says(name: str) -> None:
    assert text(name) == reference.page(name), "run `make docs`"


@pytest.mark.parametrize(("name", "command"), COMMANDS.items(), ids=COMMANDS)
def test_every_command_has_help_worth_reading(name: str, command: Any) -> None:
    assert f"\n## {name}\n" in text("cli.md")
    assert re.search(rf"^    (\S+=\S+ )?{name}\b", command.help, re.M), "the help shows no example"
    for parameter in command.params:
        assert parameter.help, f"{parameter.name} is not explained"


def test_commands_that_must_be_there() -> None:
    wanted = {
        "up", "gateway", "console", "check", "doctor", "init", "version",
        "evidence verify", "evidence export", "evidence retention", "evidence rotate-key", "evidence show",
        "law status", "law obligation", "law profile",
        "integration create", "integration list", "integration show", "integration approve", "integration suspend",
        "integration retire", "integration new-key", "integration rotate-key", "integration revoke-key", "user create", "user reset-password", "user reset-totp",
    }  # fmt: skip
    assert {f"guiju {name}" for name in wanted} <= set(COMMANDS)


@pytest.mark.parametrize("kind", all_errors(), ids=lambda kind: kind.code)
def test_every_error_says_what_and_what_to_do_in_both_languages(kind: type[GuijuError]) -> None:
    assert re.fullmatch(r"GJ-\d{4}", kind.code)
    assert f"| {kind.code} |" in text("errors.md")
    for said in (kind.zh, kind.en, kind.remedy_zh, kind.remedy_en):
        assert said.strip()
    assert re.search(r"[\u4e00-\u9fff]", kind.zh) and re.search(r"[\u4e00-\u9fff]", kind.remedy_zh)


def test_no_code_is_used_twice() -> None:
    codes = [kind.code for kind in all_errors()]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize("check", sorted(CHECKS))
def test_every_check_is_listed(check: str) -> None:
    assert f"| `{check}` |" in text("checks.md")


@pytest.mark.parametrize("detector", sorted(each.name for each in registered()))
def test_every_detector_is_listed(detector: str) -> None:
    assert f"| `{detector}` |" in text("detectors.md")


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md"), key=str), ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)", page.read_text("utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name} points to {target}"


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"])
def test_the_front_pages_point_to_what_exists(name: str) -> None:
    page = (ROOT / name).read_text("utf-8")
    for target in re.findall(r"\]\(([^)#\s]+)", page):
        if "://" not in target:
            assert (ROOT / target).exists(), f"{name} points to {target}"
    targets = set(re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text("utf-8"), re.M))
    for target in re.findall(r"`make ([a-z-]+)", page):
        assert target in targets, f"{name} names make {target}"


@pytest.mark.parametrize("name", sorted(path.name for path in DOCS.glob("*.md")))
def test_every_page_can_be_found_from_the_readme(name: str) -> None:
    assert f"docs/{name}" in (ROOT / "README.md").read_text("utf-8")


def test_commands_named_in_pages_exist() -> None:
    pages = [*DOCS.rglob("*.md"), *ROOT.glob("*.md"), *(ROOT / "src").rglob("README.md")]
    groups = {name.rsplit(" ", 1)[0] for name in COMMANDS if name.count(" ") >= 2}
    for page in pages:
        for named in re.findall(
            r"(?:`|^    |bin/)(guiju [a-z]+(?: [a-z][a-z0-9]*(?:-[a-z]+)*)?)", page.read_text("utf-8"), re.M
        ):
            short = " ".join(named.split()[:2])
            assert named in COMMANDS or short in COMMANDS or named in groups, f"{page.name} names {named}"


def test_every_error_named_in_the_documents_exists() -> None:
    codes = {kind.code for kind in all_errors()}
    for page in (*DOCS.rglob("*.md"), *ROOT.glob("*.md")):
        for code in re.findall(r"GJ-\d{4}", page.read_text("utf-8")):
            assert code in codes, f"{page.name} names {code}"


def test_every_room_has_a_readme() -> None:
    rooms = [path for path in (ROOT / "src" / "guiju").iterdir() if (path / "__init__.py").exists()]
    assert [room.name for room in rooms if not (room / "README.md").exists()] == []


def test_make_help_lists_every_target() -> None:
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for target in ("install", "run", "test", "bench", "lint", "lock", "docs"):
        assert f"make {target} " in shown


def test_no_class_of_the_error_tree_is_defined_twice() -> None:
    modules = sorted((ROOT / "src" / "guiju" / "errors").glob("*.py"))
    names = [name for module in modules for name in re.findall(r"^class (\w+)\(", module.read_text("utf-8"), re.M)]
    assert len(names) > 100
    assert len(names) == len(set(names))
