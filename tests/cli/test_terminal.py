"""What stands in the cells of a table."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from guiju.cli import terminal


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, ""),
        (True, "✓"),
        (0, "0"),
        ({"number": 1, "at": datetime(2026, 11, 23, tzinfo=UTC), "none": None, "empty": []}, "number 1, at 2026-11-2"),
        ([{"by": "a", "score": 0}, {"by": "b"}], "by a, score 0; by b"),
        (((1, 2), (3, 4)), "1; 2; 3; 4"),
        ([], ""),
    ],
)
def test_a_cell_reads_like_words(value: object, shown: str) -> None:
    assert terminal.shown(value).startswith(shown) and bool(terminal.shown(value)) is bool(shown)


def test_a_long_number_is_not_cut(capsys: pytest.CaptureFixture[str]) -> None:
    number = "0123456789abcdef" * 16
    terminal.table(["field", "value"], [["hash", number]])
    assert number in "".join(line.strip().removeprefix("hash").strip() for line in capsys.readouterr().out.splitlines())
