"""The shipped table is what the installed OpenCC would give, one character to one."""

from __future__ import annotations

from guiju.text import simplified


def test_the_table_is_one_to_one_and_closed() -> None:
    table = simplified.load()
    assert len(table) > 3500
    assert all(len(a) == len(b) == 1 for a, b in table.items())
    assert table["賭"] == "赌"


def test_the_table_is_what_opencc_gives_for_common_characters() -> None:
    shipped, derived = simplified.load(), simplified.derive()
    common = [c for c in derived if "\u4e00" <= c <= "\u9fff"]
    differing = [c for c in common if shipped.get(c) != derived[c]]
    assert len(differing) <= len(common) // 100
    assert simplified.format_table(shipped) == simplified.TABLE.read_text("utf-8")
