"""Every mistake in a file knows its line and column, the nearest place that exists where a path leads nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import msgspec
import pytest

from guiju import located
from guiju.errors import ComplaintRulesInvalid


class _Item(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    day: date | None = None


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    items: tuple[_Item, ...]


SOURCE = "items:\n  - name: one\n  - name: two\n    day: 2026-01-01\n"


def _faults(file: _File) -> Iterator[located.Fault]:
    for index, item in enumerate(file.items):
        if item.name != "one":
            yield f"$.items[{index}].name", f"{item.name} is wrong"
        if item.day is not None:
            yield f"$.items[{index}].hour", "no hour"


def _read(source: str) -> _File:
    return located.typed(source, _File, _faults, ComplaintRulesInvalid)


def test_a_sound_file_is_read() -> None:
    assert _read("items: [{name: one}]") == _File((_Item("one"),))


def test_every_fault_is_told_at_its_place() -> None:
    with pytest.raises(ComplaintRulesInvalid) as caught:
        _read(SOURCE)
    assert str(caught.value.params["detail"]).splitlines() == ["3:11: two is wrong", "3:5: no hour"]


@pytest.mark.parametrize(
    ("source", "start"),
    [
        (SOURCE.replace("name: two", "name: 2"), "3:11: Expected `str`"),
        (SOURCE.replace("name: two", "title: two"), "3:5: Object"),
        ("items: [\n", "2:1: YAML: "),
        ("items: [{name: one, day: 2026-13-01}]", "1:1: month"),
        ("items: [{name: !odd one}]", "1:16: YAML: "),
        ("", "1:1: Expected"),
        ("\x00", "1:1: YAML: "),
    ],
)
def test_what_cannot_be_read_says_where(source: str, start: str) -> None:
    with pytest.raises(ComplaintRulesInvalid) as caught:
        _read(source)
    assert str(caught.value.params["detail"]).startswith(start)
