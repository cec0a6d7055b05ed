"""The project's own training text: well formed, enough on both sides, and no line on both."""

from __future__ import annotations

from collections import Counter

import pytest

from guiju.text.reading import read
from guiju.text.squeeze import squeeze
from training import lines
from training.lines import LinesInvalid, Tag, parse

TAGS = lines.load()


@pytest.mark.parametrize("tag", TAGS, ids=lambda tag: tag.name)
def test_there_are_a_hundred_lines_on_either_side(tag: Tag) -> None:
    assert len(tag.of("harmful")) >= 100 and len(tag.of("harmless")) >= 100
    for side in lines.SIDES:
        for form in lines.FORMS:
            assert len(tag.of(side, form)) >= 10, (side, form)


@pytest.mark.parametrize("tag", TAGS, ids=lambda tag: tag.name)
def test_names_are_those_of_the_files(tag: Tag) -> None:
    assert (lines.TEXT / f"{tag.name}.txt").exists() and tag.zh and tag.risk


def test_no_line_stands_on_both_sides_nor_twice() -> None:
    def key(text: str) -> str:
        return squeeze(read(text).text)

    sides: dict[str, set[str]] = {side: set() for side in lines.SIDES}
    seen: Counter[tuple[str, str, str, str]] = Counter()
    for tag in TAGS:
        for line in tag.lines:
            whole = key("".join(line.turns))
            sides[line.side].add(whole)
            seen[tag.name, line.side, line.form, whole] += 1
    assert sides["harmful"] & sides["harmless"] == set()
    assert [place for place, count in seen.items() if count > 1] == []


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("# name: a\n# risk: A.1\n# zh: 甲\n## nasty prompt\nx\n", "4: no such section"),
        ("# nome: a\n", "1: expected"),
        ("# name: a\n# zh: 甲\n## harmful prompt\nx\n", "missing risk"),
    ],
)
def test_mistakes_are_told_with_their_line(source: str, problem: str) -> None:
    with pytest.raises(LinesInvalid, match=problem):
        parse(source, "a.txt")


def test_turns_and_line_breaks() -> None:
    tag = parse("# name: a\n# risk: A.1\n# zh: 甲\n## harmless conversation\n问 ⏎ 答\\n完 ⏎ 再问\n", "a.txt")
    assert tag.lines[0].turns == ("问", "答\n完", "再问") and tag.lines[0].text == "再问"
