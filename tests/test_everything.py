"""The runner behind ``make test``: what is missing is said, what is required and missing fails, sums are right."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import __main__ as runner

SAMPLE = """
import os, pytest
def test_passes(): pass
@pytest.mark.skipif("SAMPLE_SKIP" in os.environ, reason=os.environ.get("SAMPLE_SKIP", ""))
def test_may_skip(): pass
def test_may_fail(): assert "SAMPLE_FAIL" not in os.environ
def test_may_fail_once():
    once = os.environ.get("SAMPLE_FAIL_ONCE")
    if once and not os.path.exists(once):
        open(once, "w").close()
        raise AssertionError
"""


@pytest.fixture(autouse=True)
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "test_sample.py").write_text(SAMPLE)
    monkeypatch.setattr(runner, "RESULTS", tmp_path / "results")
    arguments = (
        str(tmp_path),
        "-q",
        f"--rootdir={tmp_path}",
        "-c",
        "/dev/null",
    )
    legs = (runner.Leg("here", arguments), runner.Leg("postgres", (), missing=lambda: "no server found"))
    monkeypatch.setattr(runner, "LEGS", legs)
    monkeypatch.delenv("GUIJU_TEST_REQUIRE", raising=False)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # the sample needs none, and they take seconds


def closing(capfd: pytest.CaptureFixture[str]) -> list[str]:
    return capfd.readouterr().out.split("all of it ━━━\n")[1].splitlines()


def test_a_missing_half_is_said(capfd: pytest.CaptureFixture[str]) -> None:
    assert runner.main([]) == 0
    assert closing(capfd) == [
        "here      4 passed, 0 failed, 0 skipped",
        "postgres  skipped: no server found",
        "4 passed, 0 failed, 0 skipped",
    ]


def test_a_missing_half_that_is_required_fails(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GUIJU_TEST_REQUIRE", "postgres,browser")
    assert runner.main([]) == 1
    assert "MISSING: no server found" in closing(capfd)[1]


def test_failures_fail(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAMPLE_FAIL", "1")
    assert runner.main(["here"]) == 1
    assert closing(capfd)[-1] == "3 passed, 1 failed, 0 skipped"


def test_what_fails_among_the_others_and_passes_alone_is_named(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SAMPLE_FAIL_ONCE", str(tmp_path / "was here"))
    assert runner.main(["here"]) == 0
    told = closing(capfd)
    assert told[-2].startswith("unsteady: ") and "test_may_fail_once" in told[-2]
    assert told[-1] == "4 passed, 0 failed, 0 skipped, 1 unsteady"


def test_what_fails_again_fails(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SAMPLE_FAIL_ONCE", str(tmp_path / "was here"))
    monkeypatch.setenv("SAMPLE_FAIL", "1")
    assert runner.main(["here"]) == 1
    assert closing(capfd)[-1] == "3 passed, 1 failed, 0 skipped, 1 unsteady"


@pytest.mark.parametrize(
    ("required", "why", "status"),
    [("", "no browser found", 0), ("browser", "no browser found", 1), ("browser", "exiftool is not installed", 0)],
)
def test_a_skipped_test_is_named_and_fails_where_what_it_wants_is_required(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, required: str, why: str, status: int
) -> None:
    monkeypatch.setenv("SAMPLE_SKIP", why)
    monkeypatch.setenv("GUIJU_TEST_REQUIRE", required)
    assert runner.main(["here"]) == status
    assert "never ran" in (told := closing(capfd))[1] and why in told[1]
    assert told[-1].endswith("1 skipped")


def test_a_leg_that_runs_nothing_fails(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "test_sample.py").unlink()
    assert runner.main(["here"]) == 1


def test_an_unknown_leg(capfd: pytest.CaptureFixture[str]) -> None:
    assert runner.main(["nowhere"]) == 2
