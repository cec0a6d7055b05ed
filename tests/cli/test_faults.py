"""Errors become a code, a message and a remedy; scripts can rely on the exit status; tracebacks only on request."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

import pytest
from django.db import OperationalError

from guiju.cli import language
from guiju.cli.exits import Exit
from guiju.cli.faults import guarded, status_of
from guiju.errors import DatabaseUnreachable, GuijuError, NotFound, PortInUse, SettingsInvalid, all_errors


def raising(error: BaseException) -> Callable[[], None]:
    def run() -> None:
        raise error

    return run


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (SettingsInvalid(where="x", problem="y"), Exit.ENVIRONMENT),
        (PortInUse(host="h", port=1), Exit.ENVIRONMENT),
        (DatabaseUnreachable(problem="gone"), Exit.ENVIRONMENT),
        (NotFound(what_zh="记录", what_en="record", key="r"), Exit.USAGE),
        (OperationalError("connection refused"), Exit.ENVIRONMENT),
        (FileNotFoundError(2, "No such file", "somewhere"), Exit.ENVIRONMENT),
        (KeyboardInterrupt(), Exit.INTERRUPTED),
        (ZeroDivisionError("boom"), Exit.DEFECT),
        (SystemExit(1), Exit.FAILED),
        (SystemExit(None), Exit.OK),
        (SystemExit("text"), Exit.USAGE),
    ],
)
def test_exit_statuses(error: BaseException, status: Exit, capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(raising(error)) == status
    assert "Traceback" not in capsys.readouterr().err


def test_nothing_wrong_is_zero(capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(lambda: None) == Exit.OK
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("spoken", ["zh", "en"])
def test_code_message_and_remedy_are_told(spoken: language.Language, capsys: pytest.CaptureFixture[str]) -> None:
    language.choose(spoken)
    error = NotFound(what_zh="记录", what_en="record", key="r-1")
    guarded(raising(error))
    told = capsys.readouterr().err
    assert "GJ-7002" in told
    assert error.message(spoken) in told
    assert error.remedy(spoken) in told


def test_a_database_fault_is_told_as_such(capsys: pytest.CaptureFixture[str]) -> None:
    fault = OperationalError("unable to open database file\nwith details")
    fault.__cause__ = sqlite3.OperationalError()
    guarded(raising(fault))
    told = capsys.readouterr().err
    assert "GJ-1002" in told and "unable to open database file" in told and "with details" not in told


def test_a_defect_says_how_to_get_the_traceback(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    guarded(raising(ZeroDivisionError("boom")))
    told = capsys.readouterr().err
    assert "ZeroDivisionError: boom" in told and "GUIJU_DEBUG=1" in told
    monkeypatch.setenv("GUIJU_DEBUG", "1")
    guarded(raising(ZeroDivisionError("boom")))
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.parametrize("kind", all_errors(), ids=lambda kind: kind.code)
def test_every_error_has_a_status_a_script_can_use(kind: type[GuijuError]) -> None:
    error = kind.__new__(kind)
    assert status_of(error) in (Exit.USAGE, Exit.ENVIRONMENT)
