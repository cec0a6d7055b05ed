"""Every mistake in a file knows its line and column, the nearest place that exists where a path leads nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import msgspec
import pytest
import yaml

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
        ("\ud800", "1:1: YAML: "),
        ("items: [one, two\nmore: 1", "2:5: YAML: expected ',' or ']', but got ':'"),
        ("items: " + "[" * 100_000, "1:66: YAML: nested more than 60 deep"),
        ("items: " + "{a: " * 100_000, "1:240: YAML: nested more than 60 deep"),
        ("- " * 10_000 + "a", "1:119: YAML: nested more than 60 deep"),
    ],
)
def test_what_cannot_be_read_says_where(source: str, start: str) -> None:
    with pytest.raises(ComplaintRulesInvalid) as caught:
        _read(source)
    assert str(caught.value.params["detail"]).startswith(start)


def _flat(node: yaml.Node) -> Iterator[tuple[object, ...]]:
    start = node.start_mark
    if isinstance(node, yaml.ScalarNode):
        yield node.tag, start.line, start.column, node.value, node.end_mark.line, node.end_mark.column
        return
    yield node.tag, start.line, start.column, len(node.value)
    for part in node.value:
        for child in part if isinstance(node, yaml.MappingNode) else (part,):
            yield from _flat(child)


def test_the_quick_reader_sees_what_the_slow_one_sees() -> None:
    """What ships, word for word and mark for mark: Chinese, quotes, blocks, comments and flows of every kind."""
    files = [path for path in Path(located.__file__).parent.rglob("*.yaml") if path.stat().st_size < 6_000]
    assert len(files) > 20
    for path in files:
        source = path.read_text("utf-8")
        slow, quick = yaml.compose(source, yaml.SafeLoader), located.compose(source)
        assert slow is not None and quick is not None
        assert [*_flat(quick)] == [*_flat(slow)], path.name
