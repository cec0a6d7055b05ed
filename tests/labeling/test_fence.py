"""Only the CommonMark rule for fences decides what is inside a block."""

from __future__ import annotations

import pytest

from guiju.labeling.fence import FenceTracker


@pytest.mark.parametrize(
    ("text", "closing"),
    [
        ("", ""),
        ("text", ""),
        ("```", "\n```"),
        ("```py\n", "\n```"),
        ("```py\nx\n```", ""),
        ("```py\nx\n```\n", ""),
        ("```py\nx\n``` no", "\n```"),
        ("~~~\n```\n", "\n~~~"),
        ("~~~ a`b\n", "\n~~~"),
        ("a ```\n", ""),
        ("``\n", ""),
        ("  ```\nx", "\n  ```"),
        ("```\n" + "x" * 5000, "\n```"),
        ("> ```\n> a\nb", ""),
    ],
)
def test_what_would_close_the_text(text: str, closing: str) -> None:
    at_once, by_character = FenceTracker(), FenceTracker()
    at_once.feed(text)
    for character in text:
        by_character.feed(character)
    assert at_once.closing() == by_character.closing() == closing
