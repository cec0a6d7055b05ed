"""Differences between versions."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from guiju.console.diff import difference


def test_the_same_text_has_no_difference() -> None:
    assert difference("a\nb\n", "a\nb") == []


def test_changes_stand_with_their_surroundings_and_numbers() -> None:
    before = "\n".join(f"line {n}" for n in range(1, 21))
    after = before.replace("line 10", "line ten") + "\nlast"
    found = difference(before, after)
    assert [(line.kind, line.text) for line in found if line.kind in ("plus", "minus")] == [
        ("minus", "line 10"),
        ("plus", "line ten"),
        ("plus", "last"),
    ]
    assert [line.kind for line in found].count("gap") == 2
    changed = next(line for line in found if line.text == "line ten")
    assert (changed.before, changed.after) == ("", "10")


lines = st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=12)


@given(lines, lines)
def test_taking_away_and_adding_gives_the_new_text(old: list[str], new: list[str]) -> None:
    found = difference("\n".join(old), "\n".join(new))
    kept = {int(line.after) for line in found if line.after}
    assert [line.text for line in found if line.after] == [new[n - 1] for n in sorted(kept)]
    assert sum(line.kind == "plus" for line in found) - sum(line.kind == "minus" for line in found) == len(new) - len(
        old
    )
