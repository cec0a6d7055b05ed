"""Following a stream by the screen alone leads to the same places as asking every detector."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from guiju import native
from guiju.moderation.checker import Checker
from guiju.moderation.screening.following import following_of
from guiju.moderation.stream import StreamGuard

pytestmark = pytest.mark.skipif(native.module is None, reason=f"not built: {native.why_not}")

CHECKER = Checker.default(clock=lambda: 0.0)
ASKING = Checker(CHECKER.lexicon, CHECKER.policy, CHECKER.detectors, clock=lambda: 0.0)
ASKING.following = None  # asks everybody

TEXTS = st.lists(
    st.one_of(
        st.sampled_from(
            ["今天", "天气", "，", "赌", "博", "赌场", "微信", "vx", "号", "1391234", "5678", "@", "zhang.san", "du", "bo", " ",
             "加我", "身份证", "时时", "木", "土", "口", "王八", "\u200b", "A", "。", "如何", "2024", "%E4", "sk-", "x", "🔫"]
        ),
        st.characters(),
    ),
    max_size=25,
).map("".join)  # fmt: skip


@given(text=TEXTS, sizes=st.lists(st.integers(1, 7), min_size=1, max_size=6))
@settings(max_examples=500, deadline=None)
@example(text="加我微信vx13912345678聊", sizes=[1])
@example(text="时时时时时时赌博", sizes=[2, 1])
def test_the_same_goes_out_at_each_step(text: str, sizes: list[int]) -> None:
    guards = StreamGuard(CHECKER, "a"), StreamGuard(ASKING, "a")
    place = step = 0
    while place < len(text):
        piece = text[place : place + sizes[step % len(sizes)]]
        place, step = place + len(piece), step + 1
        one, other = (guard.feed(piece) for guard in guards)
        assert one == other
        assert guards[0]._fresh == guards[1]._fresh and guards[0]._window == guards[1]._window
    assert guards[0].finish() == guards[1].finish()
    assert guards[0].decision() == guards[1].decision()


def test_it_follows_the_shipped_detectors_and_no_others() -> None:
    assert CHECKER.following is not None
    assert following_of(CHECKER.detectors[1:]) is None and following_of(()) is None


def test_ordinary_windows_are_followed() -> None:
    assert CHECKER.following is not None
    window = "这道题先求导数，再令导数等于零"
    fresh = [0] * len(CHECKER.detectors)
    assert CHECKER.following.step(window, 0, fresh, faint_holds=False) is not None
    assert fresh != [0] * len(CHECKER.detectors)
