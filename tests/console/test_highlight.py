"""Findings in their text: spans of code points, overlaps, edges."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from guiju.console.highlight import Segment, segments
from guiju.nouns import Finding


def finding(*spans: tuple[int, int], where: str = "m", severity: str = "medium") -> Finding:
    return Finding("A.1", "words", "w", 1.0, where, spans, "", severity)


def test_text_without_findings_is_one_segment() -> None:
    assert segments("你好", "m", []) == [Segment("你好")]
    assert segments("", "m", [finding((0, 1))]) == [Segment("")]


def test_spans_cut_the_text_and_overlaps_share_a_segment() -> None:
    found = segments("ab𠮷好吗", "m", [finding((1, 3)), finding((2, 4), severity="high")])
    assert found == [
        Segment("a"),
        Segment("b", (1,), "medium"),
        Segment("𠮷", (1, 2), "high"),
        Segment("好", (2,), "high"),
        Segment("吗"),
    ]
    assert found[2].marks == "1,2"


def test_findings_elsewhere_do_not_mark() -> None:
    assert segments("abc", "m", [finding((0, 3), where="n")]) == [Segment("abc")]


spans = st.tuples(st.integers(0, 40), st.integers(0, 40))


@given(st.text(max_size=30), st.lists(st.lists(spans, max_size=3), max_size=4))
def test_no_character_is_lost_whatever_the_spans(text: str, rows: list[list[tuple[int, int]]]) -> None:
    found = segments(text, "m", [finding(*row) for row in rows])
    assert "".join(segment.text for segment in found) == text
    at = 0
    for segment in found:
        for place in range(at, at + len(segment.text)):
            over = tuple(n for n, row in enumerate(rows, 1) if any(a <= place < b for a, b in row))
            assert segment.numbers == over
        at += len(segment.text)
