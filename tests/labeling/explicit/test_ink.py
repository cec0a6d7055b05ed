"""Words as ink: never lower than asked for, wrapped, and refused where the font cannot draw them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guiju.errors import FileUnusable, GlyphMissing
from guiju.labeling.explicit import font, ink
from guiju.labeling.explicit.mark import presets
from guiju.labeling.words import wording

WORDS = st.sampled_from([*presets().words.values(), *(one.text for one in wording().words)])


@settings(max_examples=40, deadline=None)
@given(words=WORDS, height=st.integers(8, 90))
def test_every_run_of_letters_is_as_high_as_asked(words: str, height: int) -> None:
    drawn = ink.render(words, height, height, 100_000)
    assert drawn is not None and drawn.lines == (words,)
    _, top, _, bottom = ink.measured(drawn.coverage)
    assert bottom - top >= drawn.height >= drawn.smallest >= height
    assert drawn.smallest <= 1.5 * height + 3, "and not much higher"


@settings(max_examples=30, deadline=None)
@given(words=WORDS, width=st.integers(60, 400))
def test_lines_stay_within_the_width_and_lose_nothing(words: str, width: int) -> None:
    drawn = ink.render(words, 16, 12, width)
    if drawn is None:
        return
    assert "".join(drawn.lines).replace(" ", "") == words.replace(" ", "")
    assert drawn.width <= width + 4


def test_words_wider_than_the_room_are_none() -> None:
    assert ink.render("AI生成", 40, 30, 20) is None


def test_measuring_finds_the_ink() -> None:
    coverage = np.zeros((10, 12), np.uint8)
    coverage[3:7, 2:9] = 255
    coverage[2, 2:9] = 100  # an antialiased border is no ink
    assert ink.measured(coverage) == (2, 3, 9, 7)
    assert ink.measured(np.zeros((4, 4), np.uint8)) == (0, 0, 0, 0)


def test_every_shipped_word_can_be_drawn() -> None:
    for words in (*presets().words.values(), *(one.text for one in wording().words)):
        font.require(words)


@pytest.mark.parametrize("words", ["豆包AI生成", "鑫淼科技AI合成", "本图由某某公司人工智能生成★"])
def test_own_words_can_be_drawn(words: str) -> None:
    font.require(words)


def test_missing_characters_are_named() -> None:
    with pytest.raises(GlyphMissing) as raised:
        ink.render("AI生成𰻝", 20, 16, 500)
    assert "𰻝" in raised.value.message("zh")


def test_a_font_that_is_none(tmp_path: Path) -> None:
    path = tmp_path / "a.ttf"
    path.write_bytes(b"no font")
    with pytest.raises(FileUnusable):
        font.require("AI", path)
    with pytest.raises(FileUnusable):
        font.require("AI", tmp_path / "missing.ttf")
